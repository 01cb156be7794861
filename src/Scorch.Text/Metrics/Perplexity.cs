namespace Scorch.Text;

/// <summary>Perplexity of a language model.</summary>
public static class Perplexity
{
    /// <summary>exp(total negative log-likelihood / tokens).</summary>
    /// <param name="negativeLogLikelihood">The sum over tokens, in nats.</param>
    /// <param name="tokens">Their number.</param>
    /// <exception cref="ArgumentException">There are no tokens, or the sum is not a number.</exception>
    public static double Of(double negativeLogLikelihood, long tokens)
    {
        if (tokens < 1) throw new ArgumentException($"tokens: {tokens}; a perplexity needs at least one token.", nameof(tokens));
        if (double.IsNaN(negativeLogLikelihood)) throw new ArgumentException("negativeLogLikelihood: not a number; look for NaN in the model's logits.", nameof(negativeLogLikelihood));
        return Math.Exp(negativeLogLikelihood / tokens);
    }

    /// <summary>Bits a byte of the text: comparable between tokenisers.</summary>
    /// <param name="negativeLogLikelihood">The sum over tokens, in nats.</param>
    /// <param name="bytes">The UTF-8 bytes of the text.</param>
    public static double BitsPerByte(double negativeLogLikelihood, long bytes)
    {
        if (bytes < 1) throw new ArgumentException($"bytes: {bytes}; at least one.", nameof(bytes));
        return negativeLogLikelihood / Math.Log(2) / bytes;
    }
}
