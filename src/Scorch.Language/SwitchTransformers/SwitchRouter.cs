using Scorch.Modules;

namespace Scorch.Language.SwitchTransformers;

/// <summary>What a router decided.</summary>
/// <param name="Logits">h: [tokens, experts].</param>
/// <param name="Probabilities">p = softmax(h): [tokens, experts].</param>
/// <param name="Gates">What multiplies the experts' outputs: [tokens, choices].</param>
/// <param name="GreatestLogit">The greatest magnitude of an h.</param>
/// <param name="Experts">The experts chosen, token after token, the likeliest first; of equally likely ones the lower number.</param>
public sealed record RouterDecision(Tensor Logits, Tensor Probabilities, Tensor Gates, double GreatestLogit, int[] Experts);

/// <summary>Sends tokens to experts by <c>p = softmax(W_r x)</c>: no bias, in float32 also where hidden states are bfloat16 (section 2.4).</summary>
public sealed class SwitchRouter : Module
{
    private readonly SwitchConfig config;

    /// <summary>A router with random weights, truncated normal with variance s / inputs.</summary>
    /// <param name="config">Experts, choices, jitter and precision.</param>
    /// <param name="random">Draws weights and jitter.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public SwitchRouter(SwitchConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        (this.config, Random) = (config, random);
        Weight = Parameter.Full([config.Experts, config.ModelDim], 0);
        var deviation = Math.Sqrt(config.InitScale / config.ModelDim);
        Initialize.TruncatedNormal(Weight, random, 0, deviation, -2 * deviation, 2 * deviation);
    }

    /// <summary>W_r: [experts, features].</summary>
    public Parameter Weight { get; }

    /// <summary>Draws the jitter of training.</summary>
    public RandomSource Random { get; }

    /// <summary>In which precision it computes where hidden states are bfloat16.</summary>
    public RouterPrecision Precision => config.RouterPrecision;

    /// <summary>Decides for every token.</summary>
    /// <param name="tokens">[tokens, features], padding left out.</param>
    /// <param name="layer">The layer's number, for messages.</param>
    /// <exception cref="InvalidOperationException">A logit is not a number.</exception>
    public RouterDecision Forward(Tensor tokens, int layer = 0)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Rank != 2 || tokens.Shape[1] != config.ModelDim)
            throw new ArgumentException($"SwitchRouter: tokens are {tokens.Shape}; give [tokens, {config.ModelDim}].", nameof(tokens));
        var type = config.RouterPrecision == RouterPrecision.BFloat16 ? DataType.BFloat16 : tokens.DataType == DataType.Float64 ? DataType.Float64 : DataType.Float32;
        var x = tokens.To(type);
        // x~ = x * U(1 - eps, 1 + eps)
        if (IsTraining && config.JitterEps > 0) x *= Random.Uniform(x.Shape, 1 - config.JitterEps, 1 + config.JitterEps, type);
        // h = W_r x~, p = softmax(h)
        var logits = x.Affine(Weight.To(type));
        var greatest = GreatestMagnitude(logits.Detach());
        if (double.IsNaN(greatest))
            throw new InvalidOperationException($"SwitchRouter: router logits contain NaN at layer {layer}: lower the learning rate or use RouterPrecision.Float32.");
        var probabilities = logits.Softmax(-1);
        var chosen = config.TopK == 1 ? probabilities.Detach().ArgMax(-1, true) : probabilities.Detach().TopK(config.TopK).Indices;
        var gates = probabilities.Gather(1, chosen);
        // The one gate of a switch is not renormalised: it would be 1, and the router would learn nothing.
        if (config.TopK > 1) gates /= gates.Sum(1, true);
        return new(logits, probabilities, gates, greatest, Array.ConvertAll(chosen.ToArray<long>(), expert => (int)expert));
    }

    /// <summary>NaN where any element is, without a table of truths or magnitudes.</summary>
    private static double GreatestMagnitude(Tensor x) => x.ElementCount == 0 ? 0 : Math.Max(x.Maximum().Item(), -x.Minimum().Item());
}
