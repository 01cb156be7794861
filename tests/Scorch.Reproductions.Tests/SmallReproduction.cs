namespace Scorch.Reproductions.Tests;

/// <summary>C1 is confirmed, C2 is not, C3 diverges.</summary>
internal sealed class SmallReproduction : Reproduction
{
    public override string PaperSlug => "repvgg";

    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new() { Id = "C1", Statement = "a", Metric = "m", Comparison = Comparison.Difference, Threshold = Threshold.AtLeast(0.5) },
        new() { Id = "C2", Statement = "b", Metric = "m", Comparison = Comparison.Value, Threshold = Threshold.Within(0, 1) },
        new() { Id = "C3", Statement = "c", Metric = "m", Comparison = Comparison.Value, Threshold = Threshold.AtLeast(1) },
    ];

    public override IReadOnlyList<Setting> Settings(Scale scale) => [Setting.Integer("steps", 3, "s")];

    public static Task<ReproductionResult> RunAsync(string folder, Scale scale = Scale.Smoke) =>
        ReproductionRunner.RunAsync(new SmallReproduction(), new RunRequest { OutputDirectory = folder, Scale = scale });

    public override Task RunAsync(RunContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        foreach (var seed in context.Seeds)
        {
            context.Measure("C1", seed, seed, baseline: seed - 1);
            context.Measure("C2", seed, 0.5 * seed);
            context.Measure("C3", seed, double.NaN);
            context.LogScalar("loss/a", seed, 1.0 / seed);
        }

        return Task.CompletedTask;
    }

    public override Task<string> DryRunAsync(RunContext context) => Task.FromResult("one step");
}
