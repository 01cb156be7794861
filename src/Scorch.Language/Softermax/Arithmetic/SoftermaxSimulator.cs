using System.Numerics;

namespace Scorch.Language.Softermax;

/// <summary>Softermax in the integers that the hardware holds, bit for bit.</summary>
/// <remarks>
/// A row passes in slices. Each slice finds its integer maximum and the powers of two below it; the running pair of maximum and sum is merged
/// with shifts alone. After the row every power is shifted to the row's maximum and multiplied by the sum's reciprocal.
/// </remarks>
public static class SoftermaxSimulator
{
    /// <summary>Runs one row and tells every step.</summary>
    /// <param name="row">Scores, finite where not masked.</param>
    /// <param name="config">Formats and tables.</param>
    /// <param name="mask">True where a key counts; none where all do.</param>
    /// <exception cref="ArgumentException">The row is empty, the mask has another length, a score is not finite, or the configuration is impossible.</exception>
    public static SoftermaxTrace Run(ReadOnlySpan<double> row, SoftermaxConfig config, bool[]? mask = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (row.IsEmpty) throw new ArgumentException("SoftermaxSimulator: the row is empty; give at least one score.", nameof(row));
        if (mask is not null && mask.Length != row.Length)
            throw new ArgumentException($"SoftermaxSimulator: the mask has {mask.Length} entries for {row.Length} scores.", nameof(mask));
        for (var i = 0; i < row.Length; i++)
            if (!double.IsFinite(row[i]) && mask?[i] != false)
                throw new ArgumentException($"SoftermaxSimulator: score not finite at [{i}] ({row[i]}); mask a key instead of giving it minus infinity.", nameof(row));
        var unit = new SoftermaxUnit(config);
        var work = new SoftermaxWork(row.Length, config.SliceWidth);
        var steps = new List<SoftermaxStep>();
        unit.Run(row, mask, work, steps);
        return new()
        {
            Inputs = [.. work.Inputs],
            Powers = [.. work.Powers],
            Shifts = [.. Enumerable.Range(0, row.Length).Select(i => mask?[i] == false ? 0 : work.Maximum - work.SliceMaxima[i / config.SliceWidth])],
            Renormalized = [.. work.Renormalized],
            Steps = steps,
            LeadingOne = work.LeadingOne,
            Reciprocal = work.Reciprocal,
            Outputs = [.. work.Outputs],
            Values = [.. work.Outputs.Select(config.OutputFormat.ValueOf)],
            SaturatedInputs = work.SaturatedInputs,
            SaturatedSums = work.SaturatedSums,
        };
    }
}

/// <summary>What a row leaves behind; one a thread, used again for every row.</summary>
internal sealed class SoftermaxWork(int length, int sliceWidth)
{
    public long[] Inputs { get; } = new long[length];

    public long[] Powers { get; } = new long[length];

    public long[] Renormalized { get; } = new long[length];

    public long[] Outputs { get; } = new long[length];

    public int[] SliceMaxima { get; } = new int[((length - 1) / sliceWidth) + 1];

    public int Maximum { get; set; }

    public long Sum { get; set; }

    public int LeadingOne { get; set; }

    public long Reciprocal { get; set; }

    public long SaturatedInputs { get; set; }

    public long SaturatedSums { get; set; }

    public double Least { get; set; }

    public double Greatest { get; set; }
}

/// <summary>Both units of a configuration: the unnormalised softmax and the normalisation.</summary>
internal sealed class SoftermaxUnit
{
    private readonly SoftermaxConfig config;
    private readonly LinearPiecewiseTable powers, reciprocals;
    private readonly int fractionBits;
    private readonly bool roundsShifts;

    public SoftermaxUnit(SoftermaxConfig config)
    {
        config.Validate();
        this.config = config;
        (powers, reciprocals) = (LinearPiecewiseTable.PowerOfTwo(config), LinearPiecewiseTable.Reciprocal(config));
        (fractionBits, roundsShifts) = (config.InputFormat.FractionBits, config.ShiftRounding == FixedPointRounding.HalfUp);
    }

    /// <summary>One row; counts of <paramref name="work"/> are added to, everything else is overwritten.</summary>
    public void Run(ReadOnlySpan<double> row, ReadOnlySpan<bool> mask, SoftermaxWork work, List<SoftermaxStep>? steps)
    {
        var (maximum, sum) = (int.MinValue, 0L);
        for (var start = 0; start < row.Length; start += config.SliceWidth)
        {
            var length = Math.Min(config.SliceWidth, row.Length - start);
            var sliceMask = mask.IsEmpty ? default : mask.Slice(start, length);
            var (sliceMaximum, sliceSum) = Slice(row.Slice(start, length), sliceMask, work, start);
            work.SliceMaxima[start / config.SliceWidth] = sliceMaximum;
            var (sumShift, sliceShift) = (0, 0);
            if (sliceMaximum != int.MinValue)
            {
                // m' = max(m, m_slice); d' = d >> (m' - m) + d_slice >> (m' - m_slice): differences of integers are shifts.
                var merged = Math.Max(maximum, sliceMaximum);
                sumShift = maximum == int.MinValue ? 0 : merged - maximum;
                sliceShift = merged - sliceMaximum;
                (maximum, sum) = (merged, Sum(ShiftRight(sum, sumShift) + ShiftRight(sliceSum, sliceShift), work));
            }
            steps?.Add(new(OrNone(sliceMaximum), OrNone(maximum), sliceSum, sum, sumShift, sliceShift));
        }
        (work.Maximum, work.Sum) = (maximum, sum);
        Normalize(row.Length, mask, work);
    }

    /// <summary>The unnormalised softmax unit: codes, their integer maximum, powers of two below it and their sum.</summary>
    private (int Maximum, long Sum) Slice(ReadOnlySpan<double> scores, ReadOnlySpan<bool> mask, SoftermaxWork work, int start)
    {
        var (maximum, saturated) = (int.MinValue, 0L);
        for (var i = 0; i < scores.Length; i++)
        {
            var isReal = mask.IsEmpty || mask[i];
            // A masked key may be anything, as in hardware that reads whatever the buffer holds.
            var isOutside = false;
            var code = double.IsNaN(scores[i]) ? 0 : config.InputFormat.CodeOf(scores[i], config.InputRounding, out isOutside);
            if (isOutside) saturated++;
            work.Inputs[start + i] = code;
            if (!isReal) continue;
            (work.Least, work.Greatest) = (Math.Min(work.Least, scores[i]), Math.Max(work.Greatest, scores[i]));
            var whole = config.IntMaxRounding == IntMaxRounding.Ceil ? code + (1L << fractionBits) - 1 : code;
            maximum = Math.Max(maximum, (int)(whole >> fractionBits));
        }
        work.SaturatedInputs += saturated;
        long sum = 0, ignored = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (!mask.IsEmpty && !mask[i])
            {
                work.Powers[start + i] = 0;
                continue;
            }
            // t = x - m = n + f; 2^t = 2^f >> -n.
            var t = work.Inputs[start + i] - ((long)maximum << fractionBits);
            var power = powers.At(t & ((1L << fractionBits) - 1), fractionBits);
            power = config.UnnormalizedFormat.Clamp(ShiftRight(power, (int)-(t >> fractionBits)), ref ignored);
            work.Powers[start + i] = power;
            sum += power;
        }
        var drop = config.UnnormalizedFormat.FractionBits - config.PowerSumFormat.FractionBits;
        return (maximum, Sum(drop >= 0 ? ShiftRight(sum, drop) : sum << -drop, work));
    }

    /// <summary>The normalisation unit: every power shifted to the row's maximum, times the sum's reciprocal.</summary>
    private void Normalize(int length, ReadOnlySpan<bool> mask, SoftermaxWork work)
    {
        var sum = work.Sum;
        work.LeadingOne = sum == 0 ? -1 : BitOperations.Log2((ulong)sum);
        work.Reciprocal = sum == 0 ? 0 : reciprocals.At(sum - (1L << work.LeadingOne), work.LeadingOne);
        var drop = config.UnnormalizedFormat.FractionBits + config.ReciprocalFormat.FractionBits + work.LeadingOne
            - config.PowerSumFormat.FractionBits - config.OutputFormat.FractionBits;
        long ignored = 0;
        for (var i = 0; i < length; i++)
        {
            if (!mask.IsEmpty && !mask[i])
            {
                (work.Renormalized[i], work.Outputs[i]) = (0, 0);
                continue;
            }
            var power = ShiftRight(work.Powers[i], work.Maximum - work.SliceMaxima[i / config.SliceWidth]);
            var product = power * work.Reciprocal;
            work.Renormalized[i] = power;
            work.Outputs[i] = config.OutputFormat.Clamp(drop >= 0 ? ShiftRight(product, drop) : product << -drop, ref ignored);
        }
    }

    private long Sum(long value, SoftermaxWork work)
    {
        long saturations = 0;
        var result = config.PowerSumFormat.Clamp(value, ref saturations);
        work.SaturatedSums += saturations;
        return result;
    }

    private long ShiftRight(long value, int bits)
    {
        if (bits == 0) return value;
        // A shift by all bits leaves nothing; the processor would shift by the remainder of 64.
        if (bits > FixedPointFormat.MostBits) return 0;
        return (roundsShifts ? value + (1L << (bits - 1)) : value) >> bits;
    }

    private static int? OrNone(int maximum) => maximum == int.MinValue ? null : maximum;
}
