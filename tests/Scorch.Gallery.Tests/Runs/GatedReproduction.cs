using Scorch.Reproductions;

namespace Scorch.Gallery.Tests.Runs;

/// <summary>A paper whose run waits at a gate, so that a test decides when it goes on.</summary>
public sealed class GatedReproduction : Reproduction
{
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string PaperSlug => "pinn-poisson";

    public override IReadOnlyList<Claim> Claims { get; } =
        [new() { Id = "C1", Statement = "The method is better.", Metric = "error", Comparison = Comparison.Difference, Threshold = Threshold.AtMost(0) }];

    /// <summary>Ends when a run has come to the gate.</summary>
    public Task Began => _began.Task;

    /// <summary>How many runs began.</summary>
    public int Count { get; private set; }

    public override IReadOnlyList<Setting> Settings(Scale scale) => [Setting.Integer("steps", 3, "Training steps.", 1, 1000), Setting.Flag("fail", false, "Fail.")];

    /// <summary>Lets this run and all later ones go on.</summary>
    public void Open() => _gate.TrySetResult();

    public override async Task RunAsync(RunContext context)
    {
        Count++;
        context.Report("at the gate", 0);
        _began.TrySetResult();
        await _gate.Task.WaitAsync(context.CancellationToken);
        if (context.Settings.Flag("fail"))
        {
            throw new InvalidOperationException("It went wrong on purpose.");
        }

        foreach (var seed in context.Seeds)
        {
            context.Report($"seed {seed}", (double)seed / context.Seeds.Count);
            context.Measure("C1", seed, method: 0.1 * seed, baseline: 1 + (0.2 * seed));
        }
    }

    public override Task<string> DryRunAsync(RunContext context) => Task.FromResult("one step");

    /// <summary>A catalogue in which only this paper runs.</summary>
    public Catalog Catalog() => new(PaperList.All, [this], []);
}
