using Scorch.Autograd;

namespace Scorch.Probability;

/// <summary>A family of independent distributions of one kind, one for each place of <see cref="BatchShape"/>.</summary>
public abstract class Distribution
{
    private protected Distribution(Shape batchShape, Shape eventShape, DataType dataType) => (BatchShape, EventShape, DataType) = (batchShape, eventShape, dataType);

    /// <summary>Whether parameters and values are checked (shapes, NaN, signs, support), as by PyTorch's <c>set_default_validate_args</c>; true by default.</summary>
    /// <remarks>Checks read the values once; switch them off for the whole process where that shows.</remarks>
    public static bool ValidatesArguments { get; set; } = true;

    /// <summary>The shape of the family: that to which the parameters broadcast.</summary>
    public Shape BatchShape { get; }

    /// <summary>The shape of one draw; empty for numbers.</summary>
    public Shape EventShape { get; }

    /// <summary>The type of samples.</summary>
    public DataType DataType { get; }

    /// <summary>Whether samples are differentiable functions of the parameters.</summary>
    public virtual bool IsReparameterized => false;

    /// <summary>The means, of shape [batch..., event...]; NaN where there is none.</summary>
    public abstract Tensor Mean { get; }

    /// <summary>The variances, of shape [batch..., event...]; NaN where there is none.</summary>
    public abstract Tensor Variance { get; }

    /// <summary>The logarithm of the density or probability of values that broadcast to [..., batch..., event...].</summary>
    public abstract Tensor LogProbability(Tensor value);

    /// <summary>The (differential) entropy in nats, of the batch's shape.</summary>
    public virtual Tensor Entropy() => throw new NotSupportedException($"{GetType().Name} has no entropy in closed form.");

    /// <summary>Draws [sample..., batch..., event...], without history.</summary>
    public Tensor Sample(RandomSource random, params int[] sampleShape)
    {
        using (GradientMode.Disable()) return Drawn(random, sampleShape);
    }

    /// <summary>Draws [sample..., batch..., event...] as differentiable functions of the parameters.</summary>
    /// <exception cref="NotSupportedException">The samples are no differentiable functions of the parameters.</exception>
    public Tensor ReparameterizedSample(RandomSource random, params int[] sampleShape) => IsReparameterized
        ? Drawn(random, sampleShape)
        : throw new NotSupportedException($"{GetType().Name} has no reparameterised samples; use Sample and the gradient of LogProbability.");

    private Tensor Drawn(RandomSource random, int[] sampleShape)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(sampleShape);
        return Draw(random, [.. sampleShape, .. BatchShape, .. EventShape]);
    }

    /// <summary>Draws a whole shape [sample..., batch..., event...].</summary>
    private protected abstract Tensor Draw(RandomSource random, Shape shape);

    /// <summary>The parameter in the batch's shape.</summary>
    private protected Tensor Batch(Tensor parameter) => parameter.Expand(BatchShape);

    private protected static Tensor Positive(Tensor parameter, string distribution, string name)
    {
        ArgumentNullException.ThrowIfNull(parameter, name);
        return Holds(Floating(parameter, distribution, name), x => x.GreaterThan(0), distribution, name, "positive; take Softplus() or Exp() of an unbounded parameter");
    }

    /// <summary>A parameter that may be any number but NaN.</summary>
    private protected static Tensor Number(Tensor parameter, string distribution, string name)
    {
        ArgumentNullException.ThrowIfNull(parameter, name);
        return Holds(Floating(parameter, distribution, name), x => x.EqualTo(x), distribution, name, "a number; find what made the NaN with GradientMode.DetectAnomaly()");
    }

    /// <summary>Logits over a last dimension of classes.</summary>
    private protected static Tensor Classes(Tensor logits, string distribution, string name)
    {
        Number(logits, distribution, name);
        return logits.Rank > 0 && logits.Shape[-1] > 0 ? logits : throw new ArgumentException($"{distribution}: {name} of shape {logits.Shape} have no classes; give [batch..., classes] with at least one class.", name);
    }

    private static Tensor Floating(Tensor parameter, string distribution, string name) => !ValidatesArguments || (parameter.DataType.IsDifferentiable() && !parameter.DataType.IsComplex())
        ? parameter
        : throw new ArgumentException($"{distribution}: {name} holds {parameter.DataType}; convert it with To(DataType.Float32).", name);

    private protected static Tensor Holds(Tensor parameter, Func<Tensor, Tensor> condition, string distribution, string name, string what)
    {
        if (!ValidatesArguments) return parameter;
        using var mode = GradientMode.Disable();
        var plain = parameter.Detach();
        var holds = condition(plain);
        if (holds.All().ItemInt64() != 0) return parameter;
        var at = Array.IndexOf(holds.ToArray<bool>(), false);
        var value = plain.Expand(holds.Shape).To(DataType.Float64).ToArray<double>()[at];
        throw new ArgumentException(FormattableString.Invariant($"{distribution}: {name} holds a value that is not {what} (element {at} of shape {holds.Shape} is {value})."), name);
    }

    /// <summary>A value whose density is asked for: of a shape that fits, without NaN, and where a condition is given inside the support.</summary>
    private protected Tensor Checked(Tensor value, Func<Tensor, Tensor>? support = null, string what = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!ValidatesArguments) return value;
        Shape whole = [.. BatchShape, .. EventShape];
        var name = GetType().Name;
        var fits = value.Rank >= EventShape.Rank && value.Shape[^EventShape.Rank..] == EventShape;
        for (var d = 1; fits && d <= Math.Min(value.Rank, whole.Rank); d++) fits = value.Shape[-d] == whole[-d] || value.Shape[-d] == 1 || whole[-d] == 1;
        if (!fits) throw new ArgumentException($"{name}: values of shape {value.Shape} do not fit draws of shape {whole} (batch {BatchShape}, event {EventShape}); give [..., batch..., event...].", nameof(value));
        Holds(value, x => x.EqualTo(x), name, nameof(value), "a number");
        return support is null ? value : Holds(value, support, name, nameof(value), what);
    }

    private protected static Shape Joined(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Shape.Broadcast(first.Shape, second.Shape);
    }
}

/// <summary>Draws that need rejection or counting, one element after the other, so that a seed fixes them.</summary>
internal static class Sampler
{
    public static Tensor Each(Tensor parameter, Shape shape, Func<double, double> draw)
    {
        var values = parameter.Detach().Expand(shape).To(DataType.Float64).ToArray<double>();
        for (var i = 0; i < values.Length; i++) values[i] = draw(values[i]);
        return Tensor.From(values, shape).To(parameter.DataType);
    }

    /// <summary>The logarithm of a gamma number of rate 1 (Marsaglia and Tsang 2000).</summary>
    public static double LogGamma(double concentration, RandomSource random) => concentration < 1
        ? Math.Log(Gamma(concentration + 1, random)) + (Math.Log(1 - random.NextDouble()) / concentration)
        : Math.Log(Gamma(concentration, random));

    private static double Gamma(double concentration, RandomSource random)
    {
        var d = concentration - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = 1 + (c * x);
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }

    /// <summary>Counts arrivals; large rates in parts, whose sum has the same distribution.</summary>
    public static double Poisson(double rate, RandomSource random)
    {
        var count = 0.0;
        for (; rate > 0; rate -= 500)
        {
            var limit = Math.Exp(-Math.Min(rate, 500));
            for (var product = 1 - random.NextDouble(); product > limit; product *= 1 - random.NextDouble()) count++;
        }
        return count;
    }
}
