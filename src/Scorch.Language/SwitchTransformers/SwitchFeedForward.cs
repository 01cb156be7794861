using Scorch.Autograd;
using Scorch.Models.Experts;
using Scorch.Models.Transformers;

namespace Scorch.Language.SwitchTransformers;

/// <summary>The switch layer: N feed-forward experts of which a token uses one, <c>y = p_i E_i(x)</c> with i the likeliest expert (section 2.1).</summary>
/// <remarks>
/// With <see cref="SwitchConfig.TopK"/> above 1 it is the mixture of experts that the paper compares with, gates normalised over the experts kept.
/// As a part of a Transformer it adds its balance loss to <see cref="TransformerContext.Losses"/> and its <see cref="SwitchStats"/> to
/// <see cref="TransformerContext.Records"/>.
/// </remarks>
/// <example><code>
/// var layer = new SwitchFeedForward(new SwitchConfig { ModelDim = 64, FfDim = 256, Experts = 8 }, seed: 1);
/// var output = layer.Forward(hidden, mask);      // output.Value, output.AuxLoss, output.Stats
/// </code></example>
public sealed class SwitchFeedForward : FeedForward
{
    private readonly IExpertPlacement placement;
    private readonly ExpertCapacity trainingCapacity;
    private readonly ExpertCapacity evaluationCapacity;

    /// <summary>A layer with random weights.</summary>
    /// <param name="config">Its shape and rules.</param>
    /// <param name="seed">Fixes weights, jitter and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public SwitchFeedForward(SwitchConfig config, long seed = 0)
        : this(config, new RandomSource(seed))
    {
    }

    /// <summary>A layer with random weights.</summary>
    /// <param name="config">Its shape and rules.</param>
    /// <param name="random">Draws weights, jitter and dropout.</param>
    /// <param name="layer">Its number, for messages and statistics.</param>
    /// <param name="placement">Where experts compute; by default on this device.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public SwitchFeedForward(SwitchConfig config, RandomSource random, int layer = 0, IExpertPlacement? placement = null)
        : this(config, random, layer, placement, Stacked)
    {
    }

    internal SwitchFeedForward(SwitchConfig config, RandomSource random, int layer, IExpertPlacement? placement, Func<SwitchConfig, RandomSource, ExpertLayer> experts)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        (Config, Layer, this.placement) = (config, layer, placement ?? SingleDevicePlacement.Instance);
        (trainingCapacity, evaluationCapacity) = (new(config.CapacityFactor, config.GroupSize), new(config.EvalCapacityFactor, config.GroupSize));
        Router = new(config, random);
        Experts = experts(config, random);
    }

    /// <summary>Its shape and rules.</summary>
    public SwitchConfig Config { get; }

    /// <summary>Its number.</summary>
    public int Layer { get; }

    /// <summary>Sends tokens to experts.</summary>
    public SwitchRouter Router { get; }

    /// <summary>The experts.</summary>
    public ExpertLayer Experts { get; }

    /// <summary>A layer whose experts are all copies of a dense part; the router starts at random.</summary>
    /// <remarks>A copy's output is multiplied by its probability, near 1/N at first: fine-tune before use.</remarks>
    /// <param name="dense">A <see cref="PointwiseFeedForward"/> or <see cref="T5FeedForward"/> with a rectifier and no gate.</param>
    /// <param name="experts">Copies.</param>
    /// <param name="config">Further rules; sizes, experts and biases are those of the dense part.</param>
    /// <param name="seed">Fixes the router, jitter and dropout.</param>
    /// <exception cref="ArgumentException">The dense part is of another kind.</exception>
    public static SwitchFeedForward Upcycle(FeedForward dense, int experts, SwitchConfig? config = null, long seed = 0)
    {
        var (inward, outward) = dense switch
        {
            PointwiseFeedForward { Gate: null, Activation: Activation.Relu } part => (part.Inner, part.Outer),
            T5FeedForward { Wi: { } first } part => (first, part.Wo),
            null => throw new ArgumentNullException(nameof(dense)),
            _ => throw new ArgumentException($"Upcycle: {dense.GetType().Name} has a gate, another activation than relu, or is of another kind; give two maps with a rectifier between.", nameof(dense)),
        };
        var layer = new SwitchFeedForward(
            (config ?? new()) with { ModelDim = inward.Weight.Shape[1], FfDim = inward.Weight.Shape[0], Experts = experts, HasBiases = inward.Bias is not null }, seed);
        layer.ConvertTo(inward.Weight.DataType);
        using var mode = GradientMode.Disable();
        // Broadcast over the experts.
        var copies = layer.StackedExperts;
        copies.Inward.CopyFrom(inward.Weight);
        copies.Outward.CopyFrom(outward.Weight);
        if (inward.Bias is not null) copies.InwardBias!.CopyFrom(inward.Bias);
        if (outward.Bias is not null) copies.OutwardBias!.CopyFrom(outward.Bias);
        return layer;
    }

    /// <summary>A layer with only some of the experts, and their rows of the router.</summary>
    /// <param name="experts">Which, in their new order.</param>
    /// <exception cref="ArgumentException">None is kept, or there is no such expert.</exception>
    public SwitchFeedForward Prune(params IReadOnlyList<int> experts) =>
        Mixed([.. experts.Select(expert => (IReadOnlyList<(int, double)>)[(expert, 1)])]);

    /// <summary>A layer in which each group of experts is one: the mean of their weights, and of their rows of the router.</summary>
    /// <param name="groups">Which experts become one, for each new expert.</param>
    /// <param name="weights">What each old expert counts, such as its load; none for equal shares.</param>
    /// <exception cref="ArgumentException">A group is empty or has no weight, or there is no such expert.</exception>
    public SwitchFeedForward Merge(IReadOnlyList<IReadOnlyList<int>> groups, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (weights is not null && weights.Count != Config.Experts)
            throw new ArgumentException($"Merge: {weights.Count} weights for {Config.Experts} experts; give one for each.", nameof(weights));
        return Mixed([.. groups.Select(group =>
        {
            double Of(int expert) => expert < 0 || expert >= Config.Experts
                ? throw new ArgumentOutOfRangeException(nameof(groups), expert, $"Merge: there is no expert {expert} among {Config.Experts}.")
                : weights?[expert] ?? 1;
            var total = group.Sum(Of);
            if (!(total > 0)) throw new ArgumentException($"Merge: the group [{string.Join(", ", group)}] has the weight {total}; it must be above 0.", nameof(groups));
            return (IReadOnlyList<(int, double)>)[.. group.Select(expert => (expert, Of(expert) / total))];
        })]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var output = Forward(hidden, context.Mask);
        if (Config.AuxLossWeight > 0) context.AddLoss(output.AuxLoss);
        context.AddRecord(output.Stats);
        return output.Value;
    }

    /// <summary>Routes tokens, runs experts, and tells how it went.</summary>
    /// <param name="x">[batch, time, features]; tokens claim slots row after row.</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; none where all are. Padding takes no slot and enters no statistic.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="InvalidOperationException">A router's logit is not a number.</exception>
    public SwitchOutput Forward(Tensor x, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3 || x.Shape[2] != Config.ModelDim)
            throw new ArgumentException($"SwitchFeedForward: hidden states are {x.Shape}; give [batch, time, {Config.ModelDim}].", nameof(x));
        if (mask is not null && (mask.DataType != DataType.Bool || mask.Shape != x.Shape[..2]))
            throw new ArgumentException($"SwitchFeedForward: the mask is {mask.DataType} {mask.Shape}; give bool {x.Shape[..2]}, true where a token is real.", nameof(mask));
        var real = RealTokens(mask);
        var tokens = x.Reshape(-1, Config.ModelDim);
        if ((real?.Length ?? tokens.Shape[0]) == 0)
            return new(Tensor.ZerosLike(x), Tensor.Zeros([]), new(Layer, null, new double[Config.Experts], [], 0, Config));
        var decision = Router.Forward(real is null ? tokens : tokens.IndexSelect(0, Tensor.From(real)), Layer);
        var (experts, gates) = (decision.Experts, decision.Gates);
        if (real is not null) (experts, gates) = WithPadding(decision, real, tokens.Shape[0]);
        var dispatch = ExpertDispatch.Create(experts, Config.TopK, Config.Experts, IsTraining ? trainingCapacity : evaluationCapacity);
        var rows = placement.Run(Experts, dispatch.Gather(tokens), dispatch.Starts);
        // y = p_i E_i(x): gates return to the hidden states' precision before anything is combined.
        var value = dispatch.Combine(rows * dispatch.GatherChoices(gates.To(x.DataType)));
        // L_aux = alpha N sum_i f_i P_i, f counted before dropping and constant, P the mean probability (equation 4).
        var importance = decision.Probabilities.Mean(0);
        var counts = Tensor.From(dispatch.FirstChoiceCounts().Select(count => (double)count).ToArray());
        var share = (counts / (decision.Experts.Length / Config.TopK)).To(importance.DataType);
        var balance = (share * importance).Sum() * (Config.AuxLossWeight * Config.Experts);
        return new(value.Reshape(x.Shape), balance, new(
            Layer,
            dispatch,
            importance.Detach().To(DataType.Float64).ToArray<double>(),
            gates.Detach().To(DataType.Float64).ToArray<double>(),
            decision.GreatestLogit,
            Config));
    }

    private ExpertFeedForward StackedExperts => Experts as ExpertFeedForward
        ?? throw new InvalidOperationException($"SwitchFeedForward: its experts are {Experts.GetType().Name}; only those held as one pair of tensors can be mixed.");

    private static ExpertFeedForward Stacked(SwitchConfig config, RandomSource random)
    {
        var experts = new ExpertFeedForward(config.Experts, config.ModelDim, config.FfDim, Activation.Relu, config.HasBiases, config.ExpertDropout, random);
        experts.Initialize(config.InitScale, random);
        return experts;
    }

    private static long[]? RealTokens(Tensor? mask)
    {
        if (mask is null) return null;
        var flags = mask.ToArray<bool>();
        var real = new List<long>(flags.Length);
        for (var i = 0; i < flags.Length; i++)
            if (flags[i]) real.Add(i);
        return real.Count == flags.Length ? null : [.. real];
    }

    /// <summary>Choices and gates of all tokens; padding has no expert and the gate 0.</summary>
    private (int[] Experts, Tensor Gates) WithPadding(RouterDecision decision, long[] real, int tokens)
    {
        var experts = new int[tokens * Config.TopK];
        Array.Fill(experts, ExpertDispatch.NoExpert);
        var places = new long[tokens];
        Array.Fill(places, real.Length);
        for (var i = 0; i < real.Length; i++)
        {
            places[real[i]] = i;
            decision.Experts.AsSpan(i * Config.TopK, Config.TopK).CopyTo(experts.AsSpan((int)real[i] * Config.TopK));
        }
        var gates = Tensor.Concatenate([decision.Gates, Tensor.Zeros([1, Config.TopK], decision.Gates.DataType)]);
        return (experts, gates.IndexSelect(0, Tensor.From(places)));
    }

    private SwitchFeedForward Mixed(IReadOnlyList<IReadOnlyList<(int Expert, double Share)>> recipes)
    {
        var mixture = ExpertFeedForward.MixtureOf(recipes, Config.Experts).To(Router.Weight.DataType);
        var config = Config with { Experts = recipes.Count, TopK = Math.Min(Config.TopK, recipes.Count) };
        var result = new SwitchFeedForward(config, Router.Random.Fork(recipes.Count), Layer, placement);
        result.ConvertTo(StackedExperts.Inward.DataType);
        result.Experts.LoadState(StackedExperts.Mixed(recipes).State());
        using var mode = GradientMode.Disable();
        result.Router.ConvertTo(Router.Weight.DataType);
        result.Router.Weight.CopyFrom(mixture.MatMul(Router.Weight.Detach()));
        return result;
    }
}
