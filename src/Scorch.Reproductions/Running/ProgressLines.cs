using System.Diagnostics;
using System.Globalization;

namespace Scorch.Reproductions;

/// <summary>Progress as plain lines, for what is no terminal.</summary>
/// <remarks>At most a line a second where a fraction is reported, so that a fast loop does not flood a log; the end is always told.</remarks>
/// <param name="writer">Where the lines go.</param>
public sealed class ProgressLines(TextWriter writer) : IProgress<RunProgress>
{
    private readonly Lock _gate = new();
    private long _last = long.MinValue;

    /// <inheritdoc/>
    public void Report(RunProgress value)
    {
        lock (_gate)
        {
            if (value.Fraction is { } fraction && fraction < 1 && _last != long.MinValue && Stopwatch.GetElapsedTime(_last).TotalSeconds < 1)
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            writer.WriteLine(value.Fraction is { } part ? string.Create(CultureInfo.InvariantCulture, $"[{100 * part,3:0}%] {value.Message}") : value.Message);
        }
    }
}
