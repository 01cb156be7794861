using Scorch.Autograd;
using Scorch.Models.Transformers;

namespace Scorch.Language.SwitchTransformers;

/// <summary>A language model on held-out text.</summary>
/// <param name="Loss">Mean cross-entropy of a token in nats; the paper's negative log perplexity is its negative.</param>
/// <param name="Entropy">Mean over switch layers of the entropy of the load over all tokens, in nats; NaN for a dense model.</param>
/// <param name="DroppedFraction">Share of choices that found their expert full; 0 for a dense model.</param>
/// <param name="GreatestLogit">The greatest magnitude of a router's logit; NaN for a dense model.</param>
public sealed record LmEvaluation(double Loss, double Entropy, double DroppedFraction, double GreatestLogit)
{
    /// <summary>Evaluates a model, in evaluation mode, on windows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">Windows of context + 1 tokens.</param>
    /// <param name="batchSize">Windows of a batch; capacities are counted within it.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    public static LmEvaluation Of(ITrainedLanguageModel model, IReadOnlyList<int[]> windows, int batchSize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (windows.Count == 0) throw new ArgumentException("LmEvaluation: there are no windows; give one at least.", nameof(windows));
        using var mode = GradientMode.Disable();
        var (loss, counted) = (0.0, 0);
        var telemetry = new RouterTelemetry();
        foreach (var chunk in Enumerable.Range(0, windows.Count).Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var context = new TransformerContext();
            loss += model.CrossEntropy(LmCorpus.Batch(windows, chunk), context).Item() * chunk.Length;
            counted += chunk.Length;
            telemetry.Add(context);
        }
        return new(loss / counted, telemetry.MeanEntropy, telemetry.DroppedFraction, telemetry.GreatestLogit);
    }
}

/// <summary>Gathers the statistics of switch layers over several passes.</summary>
public sealed class RouterTelemetry
{
    private readonly SortedDictionary<int, long[]> counts = [];
    private double dropped;
    private long passes;

    /// <summary>Mean share of choices that found their expert full; 0 where nothing was gathered.</summary>
    public double DroppedFraction => passes == 0 ? 0 : dropped / passes;

    /// <summary>The greatest magnitude of a router's logit; NaN where nothing was gathered.</summary>
    public double GreatestLogit { get; private set; } = double.NaN;

    /// <summary>Mean over layers of the entropy of the load, in nats; NaN where nothing was gathered.</summary>
    public double MeanEntropy => counts.Count == 0 ? double.NaN : counts.Keys.Average(layer => SwitchStats.EntropyOf(LoadOf(layer)));

    /// <summary>The layers seen.</summary>
    public IReadOnlyCollection<int> Layers => counts.Keys;

    /// <summary>Each expert's share of all tokens.</summary>
    /// <param name="layer">One of <see cref="Layers"/>.</param>
    public IReadOnlyList<double> LoadOf(int layer)
    {
        var total = Math.Max(1, counts[layer].Sum());
        return [.. counts[layer].Select(count => (double)count / total)];
    }

    /// <summary>Takes in the statistics of one pass.</summary>
    /// <param name="context">The pass.</param>
    public void Add(TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var stats in context.Records.OfType<SwitchStats>())
        {
            if (!counts.TryGetValue(stats.Layer, out var sums)) counts[stats.Layer] = sums = new long[stats.Counts.Count];
            for (var expert = 0; expert < sums.Length; expert++) sums[expert] += stats.Counts[expert];
            dropped += stats.DroppedFraction;
            passes++;
            GreatestLogit = double.IsNaN(GreatestLogit) ? stats.GreatestLogit : Math.Max(GreatestLogit, stats.GreatestLogit);
        }
    }
}
