using System.Diagnostics;

namespace Scorch.Reproductions;

/// <summary>What a run is asked to do.</summary>
public sealed record RunRequest
{
    /// <summary>How large the run is.</summary>
    public Scale Scale { get; init; } = Scale.Laptop;

    /// <summary>The first seed.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>How many consecutive seeds; null for the reproduction's default.</summary>
    public int? SeedCount { get; init; }

    /// <summary>The user's <c>--set name=value</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Overrides { get; init; } = [];

    /// <summary>An existing folder for files of the run.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Where data sets are found; null for the usual places.</summary>
    public DataLocator? Data { get; init; }

    /// <summary>Told what is going on; may be null.</summary>
    public IProgress<RunProgress>? Progress { get; init; }
}

/// <summary>What came of a run.</summary>
/// <param name="Evidence">The record to keep.</param>
/// <param name="Claims">The claims' results.</param>
/// <param name="Curves">The logged curves.</param>
public sealed record ReproductionResult(EvidenceRecord Evidence, IReadOnlyList<ClaimResult> Claims, IReadOnlyList<ScalarPoint> Curves);

/// <summary>Runs reproductions and judges what they measured.</summary>
public static class ReproductionRunner
{
    /// <summary>Most seeds that one run may have.</summary>
    public const int MaximumSeeds = 10_000;

    /// <summary>Runs a reproduction and computes its verdicts. Writes no file itself; see <see cref="RunFiles"/>.</summary>
    /// <exception cref="UsageException">A setting or the number of seeds is wrong.</exception>
    /// <exception cref="MissingDataException">A data set is not on this machine.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<ReproductionResult> RunAsync(Reproduction reproduction, RunRequest request, CancellationToken cancellationToken = default)
    {
        var context = Context(reproduction, request, isDryRun: false, cancellationToken);
        var started = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        await Task.Run(() => reproduction.RunAsync(context), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var duration = clock.Elapsed.TotalSeconds;

        var measurements = context.Measurements;
        var reasons = context.NotMeasurable;
        var results = reproduction.Claims
            .Select(claim => VerdictRule.Judge(claim, measurements, request.Scale, reasons.GetValueOrDefault(claim.Id)))
            .ToList();
        var (version, commit) = EvidenceRecord.BuildVersion();
        var evidence = new EvidenceRecord
        {
            Format = EvidenceRecord.CurrentFormat,
            Paper = reproduction.PaperSlug,
            Scale = request.Scale,
            Seeds = context.Seeds,
            StartedAt = started,
            DurationSeconds = Math.Round(duration, 3),
            Version = version,
            Commit = commit,
            Machine = MachineRecord.Current(),
            Settings = context.Settings.Values,
            Data = context.DataUsed,
            Claims = [.. results.Select(ClaimRecord.Of)],
            NotMeasurable = reasons,
            Measurements = [.. measurements.Select(m => new MeasurementRecord(m.ClaimId, m.Seed, m.Arm, Finite.OrNull(m.Value)))],
            Notes = context.Notes,
        };
        return new ReproductionResult(evidence, results, context.Scalars);
    }

    /// <summary>Builds the configuration in full, takes one step, and returns what <c>run --dry-run --json</c> prints: every claim not measurable.</summary>
    /// <exception cref="UsageException">A setting or the number of seeds is wrong.</exception>
    /// <exception cref="MissingDataException">A data set is not on this machine.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<RunOutput> DryRunAsync(Reproduction reproduction, RunRequest request, CancellationToken cancellationToken = default)
    {
        var context = Context(reproduction, request, isDryRun: true, cancellationToken);
        var clock = Stopwatch.StartNew();
        var description = await Task.Run(() => reproduction.DryRunAsync(context), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new RunOutput
        {
            Paper = reproduction.PaperSlug,
            Scale = request.Scale,
            Seeds = context.Seeds,
            DurationSeconds = Math.Round(clock.Elapsed.TotalSeconds, 3),
            Claims = [.. reproduction.Claims.Select(claim => ClaimRecord.Of(VerdictRule.Judge(claim, [], request.Scale, "dry run: one step, nothing measured")))],
            DryRun = description,
        };
    }

    private static RunContext Context(Reproduction reproduction, RunRequest request, bool isDryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reproduction);
        ArgumentNullException.ThrowIfNull(request);
        var count = request.SeedCount ?? reproduction.DefaultSeedCount(request.Scale);
        if (count is < 1 or > MaximumSeeds)
        {
            throw new UsageException($"--seeds {count}: expected between 1 and {MaximumSeeds}.");
        }

        if (request.FirstSeed < 0 || request.FirstSeed > int.MaxValue - count)
        {
            throw new UsageException($"--seed {request.FirstSeed}: expected between 0 and {int.MaxValue - count} for {count} seeds.");
        }

        return new RunContext(
            reproduction.Claims,
            request.Scale,
            [.. Enumerable.Range(request.FirstSeed, count)],
            new RunSettings(reproduction.Settings(request.Scale), request.Overrides),
            request.OutputDirectory,
            request.Data,
            request.Progress,
            isDryRun,
            cancellationToken);
    }
}
