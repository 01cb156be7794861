using System.Globalization;

namespace Scorch.Language.Softermax;

/// <summary>What the fixed-point units met: saturation, rows without keys, the range of the scores.</summary>
/// <remarks>Counts grow over calls; a call whose rows run on several threads adds each thread's counts once.</remarks>
public sealed class SoftermaxDiagnostics
{
    /// <summary>Scores that passed, masked ones too.</summary>
    public long Scores { get; private set; }

    /// <summary>Rows that passed.</summary>
    public long Rows { get; private set; }

    /// <summary>Scores outside the input format, masked ones too.</summary>
    public long SaturatedInputs { get; private set; }

    /// <summary>Times that a sum was held at its format's greatest value, as in long rows.</summary>
    public long SaturatedSums { get; private set; }

    /// <summary>Rows whose sum was 0: every key was masked.</summary>
    public long EmptyRows { get; private set; }

    /// <summary>The least score that was not masked; infinite where none passed.</summary>
    public double Least { get; private set; } = double.PositiveInfinity;

    /// <summary>The greatest score that was not masked.</summary>
    public double Greatest { get; private set; } = double.NegativeInfinity;

    /// <summary>What a reader should know, with a format that would hold the scores; none where nothing was lost.</summary>
    /// <param name="config">What they ran with.</param>
    public string? Warning(SoftermaxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var parts = new List<string>();
        if (SaturatedInputs > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{SaturatedInputs} of {Scores} scores ({(double)SaturatedInputs / Scores:P3}) lie outside {config.InputFormat}; seen were {Least:G4} to {Greatest:G4}, which {Suggested(config)} holds"));
        if (SaturatedSums > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{SaturatedSums} sums were held at {config.PowerSumFormat.Greatest:G6}; give the sum more integer bits than {config.PowerSumFormat} has"));
        if (EmptyRows > 0) parts.Add($"{EmptyRows} of {Rows} rows have no key that counts; their results are 0");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>The narrowest input format with as many fraction bits that holds the scores seen.</summary>
    /// <param name="config">What they ran with.</param>
    public FixedPointFormat Suggested(SoftermaxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var fraction = config.InputFormat.FractionBits;
        for (var bits = 1; bits + fraction <= FixedPointFormat.MostBits; bits++)
        {
            var format = FixedPointFormat.Signed(bits, fraction);
            if (format.Least <= Math.Min(Least, 0) && format.Greatest >= Math.Max(Greatest, 0)) return format;
        }
        return FixedPointFormat.Signed(FixedPointFormat.MostBits - fraction, fraction);
    }

    internal void Add(SoftermaxWork work, long empty)
    {
        SaturatedInputs += work.SaturatedInputs;
        SaturatedSums += work.SaturatedSums;
        EmptyRows += empty;
        (Least, Greatest) = (Math.Min(Least, work.Least), Math.Max(Greatest, work.Greatest));
    }

    internal void Add(long scores, long rows)
    {
        Scores += scores;
        Rows += rows;
    }
}
