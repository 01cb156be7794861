namespace Scorch.Reproductions.Tests;

public class ReadinessTests
{
    private static EvidenceRecord Run(Scale scale, int seeds, Verdict[] verdicts, int day = 1, string processor = "p", string steps = "1")
    {
        return new EvidenceRecord
        {
            Format = 1,
            Paper = "repvgg",
            Scale = scale,
            Seeds = [.. Enumerable.Range(1, seeds)],
            StartedAt = new DateTimeOffset(2026, 1, day, 12, 0, 0, TimeSpan.Zero),
            DurationSeconds = 1,
            Version = "1",
            Commit = null,
            Machine = MachineRecord.Current() with { Processor = processor },
            Settings = new Dictionary<string, string> { ["steps"] = steps },
            Data = [],
            Claims = [.. verdicts.Select(Claim)],
            NotMeasurable = new Dictionary<string, string>(),
            Measurements = [],
            Notes = [],
        };

        static ClaimRecord Claim(Verdict verdict, int index) => ClaimRecord.Of(new ClaimResult(
            new Claim { Id = $"C{index}", Statement = "s", Metric = "m", Comparison = Comparison.Value, Threshold = Threshold.AtLeast(0) },
            new ArmSummary(1, 0, 3), null, null, null, verdict, "because"));
    }

    private static int Level(params EvidenceRecord[] runs) => Readiness.Of(runs).Level;

    private const Verdict Yes = Verdict.Confirmed, No = Verdict.NotConfirmed, Open = Verdict.NotMeasurable;

    [Fact]
    public void Levels_follow_from_what_is_recorded()
    {
        Assert.Equal(0, Level());
        Assert.Equal(1, Level(Run(Scale.Smoke, 3, [Open])));
        Assert.Equal(2, Level(Run(Scale.Smoke, 3, [Yes])));
        Assert.Equal(2, Level(Run(Scale.Laptop, 2, [Yes])));
        Assert.Equal(2, Level(Run(Scale.Laptop, 3, [Yes, Open])));
        Assert.Equal(3, Level(Run(Scale.Laptop, 3, [No, No])));
        Assert.Equal(4, Level(Run(Scale.Laptop, 3, [Yes, No])));
        Assert.Equal(4, Level(Run(Scale.Laptop, 3, [Yes, Yes])));
        Assert.Equal(4, Level(Run(Scale.Laptop, 3, [Yes]), Run(Scale.Laptop, 3, [Yes])));
        Assert.Equal(5, Level(Run(Scale.Laptop, 3, [Yes]), Run(Scale.Laptop, 3, [Yes], day: 2)));
        Assert.Equal(5, Level(Run(Scale.Laptop, 3, [Yes]), Run(Scale.Laptop, 3, [Yes], processor: "q")));
        Assert.Equal(4, Level(Run(Scale.Laptop, 3, [Yes]), Run(Scale.Laptop, 3, [Yes], day: 2, steps: "9")));
        Assert.Equal(4, Level(Run(Scale.Laptop, 3, [Yes, Yes]), Run(Scale.Laptop, 3, [Yes, No], day: 2)));
    }

    [Fact]
    public void The_next_level_names_the_claims_that_stand_in_the_way()
    {
        Assert.Contains("C1", Readiness.Of([Run(Scale.Laptop, 3, [Yes, No])]).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_confirming_run_never_lowers_the_level_and_order_does_not_matter()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var runs = Enumerable.Range(0, random.Next(5)).Select(_ => Run(
                (Scale)random.Next(3), random.Next(1, 5), [.. Enumerable.Range(0, 3).Select(_ => (Verdict)random.Next(3))], random.Next(1, 3), steps: random.Next(2).ToString())).ToArray();
            var more = Run((Scale)random.Next(3), random.Next(1, 5), [Yes, Yes, Yes], random.Next(1, 3));

            Assert.True(Level([.. runs, more]) >= Level(runs));
            Assert.Equal(Level(runs), Level([.. runs.Reverse()]));
        }
    }

    [Fact]
    public void Runs_of_two_papers_are_not_mixed()
    {
        Assert.Throws<ArgumentException>(() => Level(Run(Scale.Smoke, 3, [Yes]), Run(Scale.Smoke, 3, [Yes]) with { Paper = "doubleml" }));
    }
}
