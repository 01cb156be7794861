using Scorch.Reproductions;

namespace Scorch.Cli.TestHost;

/// <summary>A paper small enough to reason about: the method's error is a known function of the seed.</summary>
public sealed class FakeReproduction : Reproduction
{
    public override string PaperSlug => "pinn-poisson";

    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new() { Id = "C1", Statement = "The method is better <b>&amp;</b> \"proud\".", Metric = "error", Comparison = Comparison.Difference, Threshold = Threshold.AtMost(0), Unit = "m", PaperFigure = 0.25, PaperFigureSource = "abstract" },
        new() { Id = "C2", Statement = "It is twice as fast.", Metric = "speed", Comparison = Comparison.Ratio, Threshold = Threshold.AtLeast(2) },
        new() { Id = "C3", Statement = "It has 12 parameters.", Metric = "parameters", Comparison = Comparison.Value, Threshold = Threshold.Within(12, 12), IsExact = true },
        new() { Id = "C4", Statement = "It needs a big machine.", Metric = "size", Comparison = Comparison.Value, Threshold = Threshold.AtLeast(1), MinimumScale = Scale.Paper },
        new() { Id = "C5", Statement = "It diverges.", Metric = "loss", Comparison = Comparison.Value, Threshold = Threshold.AtLeast(1) },
    ];

    public override IReadOnlyList<Setting> Settings(Scale scale) =>
    [
        Setting.Integer("steps", 10, "Training steps.", 1, 1000),
        Setting.Number("rate", 0.1, "Learning rate."),
        Setting.Flag("wait", false, "Wait to be stopped."),
        Setting.Flag("deaf", false, "Do not hear that one is stopped."),
        Setting.Flag("fail", false, "Fail."),
        Setting.Flag("data", false, "Read a data set."),
        Setting.Choice("kind", "a", "One of two.", "a", "b"),
    ];

    public override IReadOnlyList<PaperCommand> Commands { get; } =
    [
        new()
        {
            Name = "sum",
            Description = "Adds numbers of a file.",
            Arguments = [new("file", "A file with a number a line.", ValueKind.Path), new("extra", "A number to add.", ValueKind.Number, IsRequired: false)],
            Options =
            [
                new("times", "Multiply by.", ValueKind.Integer, "1"),
                new("unit", "Unit.", Choices: ["m", "km"], DefaultValue: "m"),
                new("shout", "End with a mark.", ValueKind.Flag),
            ],
            Handler = SumAsync,
        },
    ];

    public override async Task RunAsync(RunContext context)
    {
        context.Report("started");
        if (context.Settings.Flag("fail"))
        {
            throw new InvalidOperationException("It went wrong on purpose.");
        }

        if (context.Settings.Flag("data"))
        {
            context.Data.Find("dml", "penn_jae.dat");
        }

        if (context.Settings.Flag("wait"))
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        if (context.Settings.Flag("deaf"))
        {
            await Task.Delay(TimeSpan.FromSeconds(60), CancellationToken.None);
        }

        foreach (var seed in context.Seeds)
        {
            for (var step = 0; step < context.Settings.Integer("steps"); step++)
            {
                context.LogScalar($"loss/seed {seed} </script><script>alert(1)</script>", step, 1.0 / (step + seed));
            }

            context.Measure("C1", seed, method: 0.1 * seed, baseline: 0.1 * seed + 1 + 0.01 * seed);
            context.Measure("C2", seed, method: 1.9 + 0.1 * (seed % 2), baseline: 1);
            context.Measure("C3", seed, 12);
            context.Measure("C5", seed, seed == 2 ? double.NaN : double.PositiveInfinity);
        }

        context.Note("A note with <script>alert(2)</script>.");
    }

    public override Task<string> DryRunAsync(RunContext context) => Task.FromResult($"12 parameters, rate {context.Settings.Number("rate")}, one step taken");

    private static async Task SumAsync(CommandContext context)
    {
        var sum = context.Has("extra") ? context.Number("extra") : 0.0;
        foreach (var line in await File.ReadAllLinesAsync(context.Text("file"), context.CancellationToken))
        {
            sum += double.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
        }

        await context.Output.WriteLineAsync($"{sum * context.Integer("times")} {context.Text("unit")}{(context.Flag("shout") ? "!" : "")}");
    }
}
