namespace Scorch.Reproductions;

/// <summary>A technology readiness level with what it rests on.</summary>
/// <param name="Level">0 to 9.</param>
/// <param name="Because">Why it is this level.</param>
/// <param name="Missing">What the next level still needs.</param>
public sealed record ReadinessLevel(int Level, string Because, string Missing);

/// <summary>Computes technology readiness levels (arXiv 2101.03989) from recorded runs; a level is never typed in.</summary>
/// <remarks>
/// A level asks for everything that the lower ones ask for.
/// <list type="bullet">
/// <item>0, first principles: the paper is in the catalogue.</item>
/// <item>1, goal-oriented research: a seeded run at any scale is recorded.</item>
/// <item>2, proof of principle: a run gave a verdict, confirmed or not, on at least one claim.</item>
/// <item>3, system development: a run at laptop scale or larger, with three paired seeds or more, gave every claim a verdict or a stated reason, and most claims a verdict.</item>
/// <item>4, proof of concept: such a run confirmed at least one claim.</item>
/// <item>5, capability: one such run was repeated, with the same settings and claims, on a second day or kind of machine, and every claim that any of them measured is confirmed in each.</item>
/// <item>6 to 9, product, integration, mission, deployment: ask for records of robustness, integration, clean installation and monitoring, which runs do not carry; no run alone reaches them.</item>
/// </list>
/// </remarks>
public static class Readiness
{
    /// <summary>The level of a paper's method.</summary>
    /// <param name="evidence">The recorded runs of this paper, checked; in any order.</param>
    /// <exception cref="ArgumentException">The runs are of different papers.</exception>
    public static ReadinessLevel Of(IReadOnlyCollection<EvidenceRecord> evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Select(run => run.Paper).Distinct().Count() > 1)
        {
            throw new ArgumentException("Readiness: the runs are of different papers; assess one paper at a time.", nameof(evidence));
        }

        if (evidence.Count == 0)
        {
            return new ReadinessLevel(0, "in the catalogue; no run is recorded", "a recorded run");
        }

        if (!evidence.Any(run => run.Claims.Any(IsMeasured)))
        {
            return new ReadinessLevel(1, "a seeded run is recorded", "a run that gives a verdict on a claim");
        }

        var full = evidence.Where(IsFull).ToList();
        if (full.Count == 0)
        {
            return new ReadinessLevel(2, "a run gave a verdict on a claim", "a run at laptop scale with three seeds or more that gives most claims a verdict");
        }

        if (!full.Any(run => run.Claims.Any(IsConfirmed)))
        {
            return new ReadinessLevel(3, "a full run with three seeds or more is recorded", "a confirmed claim");
        }

        var open = full.SelectMany(run => run.Claims).Where(claim => IsMeasured(claim) && !IsConfirmed(claim)).Select(claim => claim.Id).Distinct().Order(StringComparer.Ordinal).ToList();
        var repeated = full
            .GroupBy(run => (run.Scale, Settings: string.Join('\n', run.Settings.OrderBy(pair => pair.Key, StringComparer.Ordinal)), Claims: string.Join('\n', run.Claims.Select(claim => claim.Id))))
            .Any(group => group.DistinctBy(run => (run.StartedAt.UtcDateTime.Date, run.Machine.Processor, run.Machine.Cores, run.Machine.System)).Count() >= 2);
        return open.Count > 0
            ? new ReadinessLevel(4, "a full run confirmed a claim", $"every measured claim confirmed (not confirmed: {string.Join(", ", open)})")
            : !repeated
                ? new ReadinessLevel(4, "a full run confirmed every claim that it measured", "the same run on a second day or kind of machine")
                : new ReadinessLevel(5, "every measured claim is confirmed, on two days or kinds of machine", "records of robustness, which runs do not carry");
    }

    private static bool IsMeasured(ClaimRecord claim) => claim.Verdict != Verdict.NotMeasurable;

    private static bool IsConfirmed(ClaimRecord claim) => claim.Verdict == Verdict.Confirmed;

    private static bool IsFull(EvidenceRecord run) =>
        run.Scale >= Scale.Laptop
        && run.Seeds.Count >= VerdictRule.MinimumSeeds
        && 2 * run.Claims.Count(IsMeasured) > run.Claims.Count
        && run.Claims.All(claim => !string.IsNullOrEmpty(claim.Reason));
}
