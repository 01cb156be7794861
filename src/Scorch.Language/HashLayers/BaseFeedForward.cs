using Scorch.Models.Experts;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HashLayers;

/// <summary>The BASE layer (Lewis et al. 2021): <c>y = sigmoid(h . w_a) FFN_a(h)</c>, with tokens assigned to experts a so that loads are equal and the affinities <c>h . w</c> sum to the most.</summary>
/// <remarks>In training the tokens of a batch are assigned together (<see cref="BalancedAssignment"/>); in evaluation each goes to its own best expert.</remarks>
public sealed class BaseFeedForward : FeedForward
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="config">Its shape; one segment, no inner residual sum.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public BaseFeedForward(HashLayerConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        if (config.Segments != 1 || config.InnerResidualNorm)
            throw new ArgumentException("BaseFeedForward: segments and the inner residual sum belong to hash layers; leave Segments at 1 and InnerResidualNorm off.", nameof(config));
        Config = config;
        Centroids = Parameter.Full([config.Buckets, config.ModelDim], 0);
        Initialize.XavierUniform(Centroids, random);
        Experts = new(config.Buckets, config.ModelDim, config.FfDim, Activation.Relu, config.HasBiases, config.Dropout, random);
        HashFeedForward.Glorot(Experts, config, random);
    }

    /// <summary>Its shape.</summary>
    public HashLayerConfig Config { get; }

    /// <summary>w of every expert: [experts, features].</summary>
    public Parameter Centroids { get; }

    /// <summary>The experts.</summary>
    public ExpertFeedForward Experts { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Forward(hidden, context.Mask);
    }

    /// <summary>Assigns tokens and runs their experts.</summary>
    /// <param name="hidden">[batch, time, features].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding has no expert.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or an affinity is not finite.</exception>
    public Tensor Forward(Tensor hidden, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        if (hidden.Rank != 3 || hidden.Shape[2] != Config.ModelDim) throw new ArgumentException($"BaseFeedForward: hidden states are {hidden.Shape}; give [batch, time, {Config.ModelDim}].", nameof(hidden));
        if (mask is not null && (mask.DataType != DataType.Bool || mask.Shape != hidden.Shape[..2]))
            throw new ArgumentException($"BaseFeedForward: the mask is {mask.DataType} {mask.Shape}; give bool {hidden.Shape[..2]}, true where a token is real.", nameof(mask));
        var tokens = hidden.Reshape(-1, Config.ModelDim);
        var affinity = tokens.Affine(Centroids);
        var experts = Assign(affinity.Detach(), mask?.ToArray<bool>());
        var dispatch = ExpertDispatch.Create(experts, 1, Config.Buckets, ExpertCapacity.Unlimited);
        var chosen = Tensor.From(Array.ConvertAll(experts, expert => (long)Math.Max(0, expert)), [experts.Length, 1]);
        var rows = Experts.Forward(dispatch.Gather(tokens), dispatch.Starts);
        return dispatch.Combine(rows * dispatch.GatherChoices(affinity.Gather(1, chosen).Sigmoid())).Reshape(hidden.Shape);
    }

    private int[] Assign(Tensor affinity, bool[]? real)
    {
        var values = affinity.To(DataType.Float64).ToArray<double>();
        var count = Config.Buckets;
        int[] places = [.. Enumerable.Range(0, values.Length / count).Where(token => real?[token] ?? true)];
        double[] own = [.. places.SelectMany(token => values.AsSpan(token * count, count).ToArray())];
        var experts = new int[values.Length / count];
        Array.Fill(experts, ExpertDispatch.NoExpert);
        var assigned = IsTraining ? BalancedAssignment.Solve(own, count) : Best(own, count);
        for (var i = 0; i < places.Length; i++) experts[places[i]] = assigned[i];
        return experts;
    }

    private static int[] Best(double[] affinity, int experts)
    {
        var best = new int[affinity.Length / experts];
        for (var token = 0; token < best.Length; token++)
            for (var expert = 1; expert < experts; expert++)
                if (affinity[(token * experts) + expert] > affinity[(token * experts) + best[token]]) best[token] = expert;
        return best;
    }
}
