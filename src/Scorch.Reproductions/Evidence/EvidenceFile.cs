using System.Text.Json;
using Scorch.Checkpoints;

namespace Scorch.Reproductions;

/// <summary>Reads, checks and writes evidence files.</summary>
public static class EvidenceFile
{
    /// <summary>No evidence file is larger; a larger one is refused before it is read.</summary>
    public const long MaximumBytes = 64L << 20;

    /// <summary>Writes a record so that no reader ever meets half of it.</summary>
    public static void Write(string path, EvidenceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AtomicFile.WriteText(path, JsonSerializer.Serialize(record, EvidenceJson.Default.EvidenceRecord) + "\n");
    }

    /// <summary>Several records as one JSON array.</summary>
    public static string ToJson(IEnumerable<EvidenceRecord> records) => JsonSerializer.Serialize([.. records], EvidenceJson.Default.EvidenceRecordArray);

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="InvalidDataException">It is not an evidence file, or its verdicts do not follow from its measurements.</exception>
    public static EvidenceRecord Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads and checks a record.</summary>
    /// <param name="stream">The JSON text.</param>
    /// <param name="name">What to call it in error messages.</param>
    /// <exception cref="InvalidDataException">It is not an evidence record, or its verdicts do not follow from its measurements.</exception>
    public static EvidenceRecord Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek && stream.Length > MaximumBytes)
        {
            throw new InvalidDataException($"{name}: {stream.Length} bytes; an evidence file has at most {MaximumBytes}.");
        }

        EvidenceRecord record;
        try
        {
            record = JsonSerializer.Deserialize(stream, EvidenceJson.Default.EvidenceRecord)
                ?? throw new InvalidDataException($"{name}: holds null instead of an evidence record.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name}: not an evidence file: {error.Message}", error);
        }

        var problems = Check(record);
        return problems.Count == 0 ? record : throw new InvalidDataException($"{name}: {string.Join(" ", problems)}");
    }

    /// <summary>
    /// Recomputes every summary, interval and verdict from the measurements and says where the record differs; empty when it is sound.
    /// </summary>
    public static IReadOnlyList<string> Check(EvidenceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Format != EvidenceRecord.CurrentFormat)
        {
            return [$"Format {record.Format} is not known; this version reads format {EvidenceRecord.CurrentFormat}."];
        }

        if (record.Claims is null || record.Measurements is null || record.Seeds is null || record.NotMeasurable is null
            || record.Machine is null || record.Settings is null || record.Data is null || record.Notes is null
            || record.Claims.Contains(null!) || record.Measurements.Contains(null!))
        {
            return ["No part of the record may be null: claims, measurements, seeds, notMeasurable, machine, settings, data, notes."];
        }

        var problems = new List<string>();
        var known = record.Claims.Select(claim => claim.Id).ToHashSet(StringComparer.Ordinal);
        if (known.Count != record.Claims.Count)
        {
            problems.Add("Two claims share an identifier.");
        }

        if (record.Seeds.Distinct().Count() != record.Seeds.Count)
        {
            problems.Add("A seed is listed twice.");
        }

        if (record.Measurements.DistinctBy(m => (m.Claim, m.Seed, m.Arm)).Count() != record.Measurements.Count)
        {
            problems.Add("A claim was measured twice for one seed and arm.");
        }

        foreach (var stray in record.Measurements.Where(m => !known.Contains(m.Claim) || !record.Seeds.Contains(m.Seed)))
        {
            problems.Add($"Measurement of claim '{stray.Claim}', seed {stray.Seed}: unknown claim or seed.");
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var measurements = record.Measurements.Select(m => new Measurement(m.Claim, m.Seed, m.Arm, m.Value ?? double.NaN)).ToList();
        foreach (var claim in record.Claims)
        {
            try
            {
                var result = VerdictRule.Judge(claim.ToClaim(), measurements, record.Scale, record.NotMeasurable.GetValueOrDefault(claim.Id));
                Compare(claim, ClaimRecord.Of(result), problems);
            }
            catch (InvalidDataException error)
            {
                problems.Add(error.Message);
            }
        }

        return problems;
    }

    private static void Compare(ClaimRecord written, ClaimRecord computed, List<string> problems)
    {
        if (written.Verdict != computed.Verdict)
        {
            problems.Add($"Claim {written.Id}: the file says {written.Verdict.Name()}, its measurements say {computed.Verdict.Name()} ({computed.Reason}).");
        }

        if (!Same(written.Interval?[0], computed.Interval?[0]) || !Same(written.Interval?[^1], computed.Interval?[^1])
            || written.Interval is not (null or { Count: 2 }))
        {
            problems.Add($"Claim {written.Id}: the interval does not follow from the measurements.");
        }

        if (!Same(written.Method, computed.Method) || !Same(written.Baseline, computed.Baseline) || !Same(written.Quantity, computed.Quantity))
        {
            problems.Add($"Claim {written.Id}: a mean, deviation or count does not follow from the measurements.");
        }
    }

    private static bool Same(SummaryRecord? written, SummaryRecord computed) =>
        written is not null && written.N == computed.N && Same(written.Mean, computed.Mean) && Same(written.Std, computed.Std);

    // The file keeps round-trip digits; the slack is for runtimes whose logarithm or square root rounds differently.
    private static bool Same(double? a, double? b) =>
        a is null || b is null ? a is null && b is null : Math.Abs(a.Value - b.Value) <= 1e-9 * Math.Max(1e-300, Math.Max(Math.Abs(a.Value), Math.Abs(b.Value)));
}
