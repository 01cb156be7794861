using Scorch.Autograd;

namespace Scorch.Language.Softermax;

/// <summary>Softermax (Stevens et al. 2021, arXiv 2103.09301): softmax with base 2, an integer running maximum and fixed-point numbers.</summary>
public static class Softermax
{
    private static readonly double Ln2 = Math.Log(2);

    /// <summary>The bit-accurate result, with the derivative of the unquantised one.</summary>
    /// <param name="scores">Float [..., keys], finite where not masked; already scaled by 1/sqrt(d).</param>
    /// <param name="mask">Bool, broadcasting to the scores: true where a key counts; none where all do. A row without any gives zeros.</param>
    /// <param name="config">Formats and tables; <see cref="SoftermaxConfig.Paper"/> by default.</param>
    /// <param name="diagnostics">Told of saturation, rows without keys and the range of the scores; may be null.</param>
    /// <returns>Of the same shape and type; a row sums to 1 up to the rounding of its results.</returns>
    /// <remarks>
    /// Straight through: d y_i / d x_j = ln 2 (y_i [i = j] - y_i y_j) with y = 2^x / sum 2^x of the scores held in the input's range, and 0
    /// for scores outside it. Rows are independent, so that threads change nothing.
    /// </remarks>
    /// <exception cref="ArgumentException">Scores are no floats, a score is not finite, the mask does not fit, or the configuration is impossible.</exception>
    public static Tensor Apply(Tensor scores, Tensor? mask = null, SoftermaxConfig? config = null, SoftermaxDiagnostics? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        config ??= SoftermaxConfig.Paper;
        Require(scores, mask);
        var unit = new SoftermaxUnit(config);
        return Differentiation.Custom(
            [scores],
            inputs => Simulated(inputs[0], mask, unit, config, diagnostics),
            (inputs, _, gradient) =>
            {
                var x = inputs[0];
                var (least, greatest) = (config.InputFormat.Least, config.InputFormat.Greatest);
                var y = Exact(x.Clamp(least, greatest), mask);
                var slope = (y * gradient) - (y * (y * gradient).Sum(-1, keepDimensions: true));
                var inside = x.GreaterOrEqual(least).And(x.LessOrEqual(greatest));
                return [Tensor.Where(inside, slope * Ln2, Tensor.ZerosLike(x))];
            });
    }

    /// <summary>2^x / sum 2^x in floating point: an ordinary softmax of x ln 2.</summary>
    /// <param name="scores">Float [..., keys].</param>
    /// <param name="mask">Bool, broadcasting to the scores: true where a key counts. A row without any gives zeros.</param>
    /// <exception cref="ArgumentException">Scores are no floats, or the mask does not fit.</exception>
    public static Tensor Exact(Tensor scores, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Require(scores, mask);
        if (mask is null) return (scores * Ln2).Softmax(-1);
        // Masked keys are left out before the maximum is taken, and rows of masked keys alone come out as zeros.
        var real = mask.To(scores.DataType);
        var low = Tensor.Full([], scores.DataType == DataType.Float64 ? -1e300 : -1e30, scores.DataType);
        return Tensor.Where(mask, scores * Ln2, low).Softmax(-1) * real;
    }

    /// <summary>The online pass in floating point, with every step: one maximum, one sum, each number read once.</summary>
    /// <param name="row">Finite scores.</param>
    /// <param name="sliceWidth">Numbers that are taken at once.</param>
    /// <param name="rounding">Of a slice's integer maximum.</param>
    /// <returns>Maximum and sum after each slice, powers against the slice's maximum, and the results.</returns>
    /// <exception cref="ArgumentException">The row is empty or a score is not finite.</exception>
    public static OnlineSoftermax Online(ReadOnlySpan<double> row, int sliceWidth = 1, IntMaxRounding rounding = IntMaxRounding.Ceil)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sliceWidth, 1);
        if (row.IsEmpty) throw new ArgumentException("Softermax: the row is empty; give at least one score.", nameof(row));
        for (var i = 0; i < row.Length; i++)
            if (!double.IsFinite(row[i])) throw new ArgumentException($"Softermax: score not finite at [{i}] ({row[i]}).", nameof(row));
        var (maximum, sum) = (double.NegativeInfinity, 0.0);
        var (maxima, sums) = (new List<double>(), new List<double>());
        var (powers, own) = (new double[row.Length], new double[row.Length]);
        for (var start = 0; start < row.Length; start += sliceWidth)
        {
            var slice = row.Slice(start, Math.Min(sliceWidth, row.Length - start));
            var greatest = slice[0];
            foreach (var score in slice) greatest = Math.Max(greatest, score);
            // m_new = max(m, ceil(x)), d = d 2^(m - m_new) + sum 2^(x - m_new).
            var merged = Math.Max(maximum, rounding == IntMaxRounding.Ceil ? Math.Ceiling(greatest) : Math.Floor(greatest));
            sum *= double.IsNegativeInfinity(maximum) ? 0 : Math.Pow(2, maximum - merged);
            for (var i = 0; i < slice.Length; i++)
            {
                (powers[start + i], own[start + i]) = (Math.Pow(2, slice[i] - merged), merged);
                sum += powers[start + i];
            }
            maximum = merged;
            maxima.Add(maximum);
            sums.Add(sum);
        }
        var values = new double[row.Length];
        for (var i = 0; i < row.Length; i++) values[i] = powers[i] * Math.Pow(2, own[i] - maximum) / sum;
        return new(maxima, sums, powers, values);
    }

    private static void Require(Tensor scores, Tensor? mask)
    {
        if (!scores.DataType.IsFloating() || scores.Rank == 0 || scores.Shape[-1] == 0)
            throw new ArgumentException($"Softermax: scores are {scores.DataType} {scores.Shape}; give floats [..., keys] with at least one key.", nameof(scores));
        if (mask is not null && mask.DataType != DataType.Bool)
            throw new ArgumentException($"Softermax: the mask is {mask.DataType}; give bool, true where a key counts.", nameof(mask));
    }

    private static Tensor Simulated(Tensor scores, Tensor? mask, SoftermaxUnit unit, SoftermaxConfig config, SoftermaxDiagnostics? diagnostics)
    {
        var values = scores.To(DataType.Float64).ToArray<double>();
        var masks = mask?.Expand(scores.Shape).ToArray<bool>();
        var keys = scores.Shape[-1];
        var rows = values.Length / keys;
        var results = new float[values.Length];
        var scale = config.OutputFormat.Resolution;
        var counts = diagnostics ?? new();
        Lock merging = new();
        Parallel.For(
            0,
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism.ThreadCount },
            () => new RowsDone(new(keys, config.SliceWidth) { Least = double.PositiveInfinity, Greatest = double.NegativeInfinity }),
            (row, _, done) =>
            {
                var own = values.AsSpan(row * keys, keys);
                var ownMask = masks is null ? default : masks.AsSpan(row * keys, keys);
                RequireFinite(own, ownMask, row, scores.Shape);
                unit.Run(own, ownMask, done.Work, null);
                if (done.Work.LeadingOne < 0) done.Empty++;
                for (var i = 0; i < keys; i++) results[(row * keys) + i] = (float)(done.Work.Outputs[i] * scale);
                return done;
            },
            done =>
            {
                lock (merging) counts.Add(done.Work, done.Empty);
            });
        counts.Add(values.Length, rows);
        return Tensor.From(results, [.. scores.Shape]).To(scores.DataType);
    }

    private static void RequireFinite(ReadOnlySpan<double> row, ReadOnlySpan<bool> mask, int number, Shape shape)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (double.IsFinite(row[i]) || (!mask.IsEmpty && !mask[i])) continue;
            var place = new int[shape.Rank];
            place[^1] = i;
            for (var d = shape.Rank - 2; d >= 0; d--) (number, place[d]) = Math.DivRem(number, shape[d]);
            throw new ArgumentException($"Softermax: score not finite at [{string.Join(",", place)}] ({row[i]}); mask a key instead of giving it minus infinity.", nameof(row));
        }
    }

    private sealed class RowsDone(SoftermaxWork work)
    {
        public SoftermaxWork Work { get; } = work;

        public long Empty { get; set; }
    }
}

/// <summary>The online pass in floating point.</summary>
/// <param name="Maxima">The running integer maximum after each slice.</param>
/// <param name="Sums">The running sum after each slice.</param>
/// <param name="Powers">2^(x - m), m the running maximum when the number passed.</param>
/// <param name="Values">The results.</param>
public sealed record OnlineSoftermax(IReadOnlyList<double> Maxima, IReadOnlyList<double> Sums, IReadOnlyList<double> Powers, IReadOnlyList<double> Values);
