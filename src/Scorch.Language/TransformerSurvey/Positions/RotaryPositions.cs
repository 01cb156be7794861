namespace Scorch.Language.TransformerSurvey;

/// <summary>Which features of a head are turned together.</summary>
public enum RotaryLayout
{
    /// <summary>Feature i with i + d/2, as GPT-NeoX and Llama's published weights in the Hugging Face form have them.</summary>
    HalfSplit,

    /// <summary>Feature 2i with 2i + 1, as in the paper.</summary>
    Interleaved,
}

/// <summary>
/// Rotary positions (Su et al. 2021, arXiv 2104.09864, equation 34): pairs of features of queries and keys are turned by the angle
/// <c>position / base^(2i / d)</c>, so that a product depends on the distance alone.
/// </summary>
public sealed class RotaryPositions : PositionScheme
{
    private readonly int turned;
    private readonly double wavelengthBase;

    internal RotaryPositions(ModuleSite site)
        : base(site)
    {
        var head = site.Features / site.Heads;
        turned = site.Options.Integer("features") is > 0 and var some ? some : head;
        wavelengthBase = site.Options.Number("base");
        Layout = site.Options.Integer("interleaved") == 1 ? RotaryLayout.Interleaved : RotaryLayout.HalfSplit;
        if (turned > head || turned % 2 != 0)
            throw new ArgumentException($"rotary: {turned} features of heads of {head} are turned in pairs; give an even number of at most {head}, such as by another number of heads.", nameof(site));
    }

    /// <summary>Which features are turned together.</summary>
    public RotaryLayout Layout { get; }

    /// <inheritdoc/>
    public override Tensor Turn(Tensor heads, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(heads);
        return Turned(heads, start, turned, Layout, wavelengthBase);
    }

    /// <summary>Turns the first features of heads.</summary>
    /// <param name="heads">[batch, heads, time, d].</param>
    /// <param name="start">Position of the first token.</param>
    /// <param name="features">How many are turned, an even number of at most d; the others stay.</param>
    /// <param name="layout">Which are turned together.</param>
    /// <param name="wavelengthBase">10000 in the paper.</param>
    public static Tensor Turned(Tensor heads, int start, int features, RotaryLayout layout, double wavelengthBase = 10_000)
    {
        ArgumentNullException.ThrowIfNull(heads);
        var (time, half, size) = (heads.Shape[2], features / 2, heads.Shape[3]);
        var angles = new double[time * half];
        for (var t = 0; t < time; t++)
            for (var i = 0; i < half; i++)
                angles[(t * half) + i] = (start + t) * Math.Pow(wavelengthBase, -2.0 * i / features);
        var angle = Tensor.From(angles, [time, half]);
        var (cosine, sine) = (angle.Cos().To(heads.DataType), angle.Sin().To(heads.DataType));
        var own = heads.Narrow(3, 0, features);
        Tensor result;
        if (layout == RotaryLayout.HalfSplit)
        {
            var (first, second) = (own.Narrow(3, 0, half), own.Narrow(3, half, half));
            result = Tensor.Concatenate([(first * cosine) - (second * sine), (second * cosine) + (first * sine)], 3);
        }
        else
        {
            var (first, second) = (own.Slice(3, 0, half, 2), own.Slice(3, 1, half, 2));
            result = Tensor.Stack([(first * cosine) - (second * sine), (second * cosine) + (first * sine)], 4).Reshape(own.Shape);
        }
        return features == size ? result : Tensor.Concatenate([result, heads.Narrow(3, features, size - features)], 3);
    }

    /// <summary>Rows of a map to queries or keys in another layout's order: both then give the same scores.</summary>
    /// <param name="weight">[heads * d, inputs], or a bias [heads * d].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="from">The layout that the rows have.</param>
    /// <param name="to">The layout wanted.</param>
    public static Tensor Convert(Tensor weight, int heads, RotaryLayout from, RotaryLayout to)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var rows = weight.Shape[0];
        if (heads < 1 || rows % (2 * heads) != 0) throw new ArgumentException($"Convert: {rows} rows are no pairs of {heads} heads.", nameof(heads));
        if (from == to) return weight;
        var (size, half) = (rows / heads, rows / heads / 2);
        var order = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            var (head, feature) = (row / size, row % size);
            var source = to == RotaryLayout.Interleaved ? (feature / 2) + (feature % 2 * half) : (feature % half * 2) + (feature / half);
            order[row] = (head * size) + source;
        }
        return weight.IndexSelect(0, Tensor.From(order));
    }
}
