using Scorch.Modules;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Copying from the input: <c>p = g softmax(logits) + (1 - g) sum of attention over equal tokens</c>, with a learnt gate g.</summary>
/// <remarks>On final hidden states H of d features: g = sigmoid(H w + b), attention = softmax((H Wq) H^T / sqrt(d)) over what a token may see.
/// This is a departure from the paper, which has no copying and relies on pre-training.</remarks>
public sealed class CopyHead : Module
{
    /// <summary>What is no source of a copy has this score: finite, so that a target that stands nowhere has a gradient of 0 rather than none.</summary>
    internal const float Nowhere = -1e9f;

    private readonly int features;

    /// <summary>A head with random weights.</summary>
    /// <param name="features">Features of the hidden states.</param>
    /// <param name="random">Draws the weights.</param>
    public CopyHead(int features, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        this.features = features;
        Query = new(features, features, random, bias: false);
        Gate = new(features, 1, random);
    }

    /// <summary>Wq: what a token looks for.</summary>
    public Linear Query { get; }

    /// <summary>w and b: how much of the vocabulary's own probability counts.</summary>
    public Linear Gate { get; }

    /// <summary>Probabilities of the next token: each row sums to 1.</summary>
    /// <param name="hidden">Final hidden states [batch, time, features].</param>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="logits">The vocabulary's [batch, time, vocabulary].</param>
    /// <param name="visible">Bool [time, time] or [batch, time, time]: true where a token (row) may look; by default at itself and those before.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Probabilities(Tensor hidden, Tensor tokenIds, Tensor logits, Tensor? visible = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(logits);
        if (hidden.Rank != 3 || logits.Rank != 3 || tokenIds.Shape != hidden.Shape[..2] || logits.Shape[..2] != hidden.Shape[..2])
            throw new ArgumentException($"CopyHead: hidden states {hidden.Shape}, tokens {tokenIds.Shape} and logits {logits.Shape} do not belong together.", nameof(hidden));
        var time = hidden.Shape[1];
        visible ??= Tensor.Ones([time, time], DataType.Bool).LowerTriangle();
        var attention = Scores(hidden, hidden).MaskedFill(visible.LogicalNot(), double.NegativeInfinity).Softmax(-1);
        var copied = attention.MatMul(tokenIds.OneHot(logits.Shape[2], hidden.DataType));
        var gate = Gate.Forward(hidden).Sigmoid();
        return (gate * logits.Softmax(-1)) + ((1 - gate) * copied);
    }

    /// <summary>Log-probabilities of target tokens, without the probabilities of all others.</summary>
    /// <param name="queries">Hidden states at the places before the targets: [batch, targets, features].</param>
    /// <param name="keys">All hidden states of a row: [batch, time, features].</param>
    /// <param name="ownLogProbability">The vocabulary's log-probability of each target: [batch, targets].</param>
    /// <param name="visible">Added to scores: 0 where a place may be copied from, else <see cref="Nowhere"/>; [batch, targets, time].</param>
    /// <param name="same">The same, 0 only where also the target stands.</param>
    /// <returns>[batch, targets].</returns>
    internal Tensor LogProbability(Tensor queries, Tensor keys, Tensor ownLogProbability, Tensor visible, Tensor same)
    {
        var scores = Scores(queries, keys);
        // log sum of the attention over equal tokens = lse(scores where equal) - lse(scores).
        var copied = (scores + same).LogSumExp(-1) - (scores + visible).LogSumExp(-1);
        var gate = Gate.Forward(queries).Squeeze(-1);
        // log sigmoid(z) = -softplus(-z), log (1 - sigmoid(z)) = -softplus(z).
        var own = ownLogProbability - (-gate).Softplus();
        return own + (copied - gate.Softplus() - own).Softplus();
    }

    /// <summary>(queries Wq) keys^T / sqrt(d).</summary>
    internal Tensor Scores(Tensor queries, Tensor keys) => (Query.Forward(queries) * (1 / Math.Sqrt(features))).MatMul(keys.Transpose(-1, -2));
}
