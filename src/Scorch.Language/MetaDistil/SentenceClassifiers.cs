using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>Mean of a sentence's word vectors, then a linear map: int64 tokens [batch, time], 0 where there is none, to logits.</summary>
public sealed class BagOfEmbeddings : Module, IForward
{
    /// <summary>A classifier with random weights.</summary>
    /// <param name="vocabulary">Tokens known; 0 is padding.</param>
    /// <param name="features">Features of a word vector.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="random">Draws the weights.</param>
    public BagOfEmbeddings(int vocabulary, int features, int classes, RandomSource random) => (Embedding, Head) = (new(vocabulary, features, random), new(features, classes, random));

    /// <summary>Word vectors.</summary>
    public Embedding Embedding { get; }

    /// <summary>The head.</summary>
    public Linear Head { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Head.Forward(Sentences.Mean(Embedding.Forward(x), x));
}

/// <summary>A Transformer encoder, the mean of its tokens' states, then a linear map: int64 tokens [batch, time], 0 where there is none, to logits.</summary>
public sealed class TransformerSentenceClassifier : Module, IForward
{
    /// <summary>A classifier with random weights.</summary>
    /// <param name="config">Shape of the encoder.</param>
    /// <param name="vocabulary">Tokens known; 0 is padding.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="random">Draws weights and dropout.</param>
    public TransformerSentenceClassifier(TransformerConfig config, int vocabulary, int classes, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (Encoder, Head) = (new(config, vocabulary, random), new(config.Features, classes, random));
    }

    /// <summary>The encoder.</summary>
    public TransformerTextEncoder Encoder { get; }

    /// <summary>The head.</summary>
    public Linear Head { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Head.Forward(Sentences.Mean(Encoder.Forward(x, x.NotEqual(0)), x));
    }
}

/// <summary>What sentence classifiers share.</summary>
internal static class Sentences
{
    /// <summary>The mean of the states [batch, time, features] whose token is not 0.</summary>
    public static Tensor Mean(Tensor states, Tensor tokens)
    {
        var real = tokens.NotEqual(0).To(states.DataType).Unsqueeze(-1);
        return (states * real).Sum(1) / real.Sum(1);
    }
}
