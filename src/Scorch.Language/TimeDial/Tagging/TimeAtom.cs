namespace Scorch.Language.TimeDial;

/// <summary>A temporal expression in tokens, before its neighbours join.</summary>
/// <param name="From">Its first token.</param>
/// <param name="To">The token after its last.</param>
/// <param name="Kind">What it names.</param>
/// <param name="Unit">Its unit, if any.</param>
/// <param name="Magnitude">How many; NaN where no number is given.</param>
internal readonly record struct TimeAtom(int From, int To, TemporalKind Kind, TemporalUnit? Unit = null, double Magnitude = double.NaN)
{
    /// <summary>A clock time from hours and minutes.</summary>
    public static TimeAtom Clock(int from, int to, double hour, double minute = 0) => new(from, to, TemporalKind.Clock, TemporalUnit.Hour, hour + (minute / 60));

    public TemporalSpan ToSpan(TimeText text)
    {
        var (start, end) = (text[From].Start, text[To - 1].End);
        var magnitude = double.IsNaN(Magnitude) ? (double?)null : Magnitude;
        return new(start, end, text.Text[start..end], Kind, Unit, magnitude, magnitude * Unit?.Seconds());
    }
}
