namespace Scorch.Language.Pqrnn;

/// <summary>The mean of an utterance's states, weighted by the softmax of one logit a token.</summary>
public static class AttentionPooling
{
    private const double PaddingLogit = -1e6;

    /// <summary>Pools.</summary>
    /// <param name="x">States [batch, time, features].</param>
    /// <param name="logits">[batch, time].</param>
    /// <param name="mask">1 for a token, 0 for padding, [batch, time]; float or bool.</param>
    /// <returns>[batch, features], and the weights [batch, time].</returns>
    public static (Tensor Output, Tensor Weights) Pool(Tensor x, Tensor logits, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(mask);
        if (x.Rank != 3 || logits.Rank != 2 || logits.Shape != mask.Shape || logits.Shape[0] != x.Shape[0] || logits.Shape[1] != x.Shape[1])
            throw new ArgumentException($"AttentionPooling: states {x.Shape}, logits {logits.Shape} and mask {mask.Shape}; give [batch, time, features] and twice [batch, time].", nameof(logits));
        var weights = logits.MaskedFill(mask.EqualTo(0), PaddingLogit).Softmax(1);
        return ((x * weights.Unsqueeze(-1)).Sum(1), weights);
    }
}
