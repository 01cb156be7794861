using System.Text.Json.Serialization;
using Scorch.Models;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>What a small classifier reads, and how it is built.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClassifierKind>))]
public enum ClassifierKind
{
    /// <summary>Numbers, by a multilayer perceptron.</summary>
    Perceptron,

    /// <summary>Words, by the mean of their vectors.</summary>
    BagOfEmbeddings,

    /// <summary>Words, by a Transformer encoder.</summary>
    Transformer,
}

/// <summary>Shape of a small teacher or student.</summary>
public sealed record ClassifierConfig
{
    /// <summary>How it is built.</summary>
    public required ClassifierKind Kind { get; init; }

    /// <summary>Numbers of an example, or words known (padding and the unknown word included).</summary>
    public required int Inputs { get; init; }

    /// <summary>Classes told.</summary>
    public required int Classes { get; init; }

    /// <summary>Hidden features of a perceptron's layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Features of a word vector.</summary>
    public int Features { get; init; } = 16;

    /// <summary>Blocks of a Transformer.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Attention heads of a Transformer.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Words of a sentence that are read.</summary>
    public int Length { get; init; } = 24;

    /// <summary>Dropout of a Transformer in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Builds it: an <see cref="IForward"/> module.</summary>
    /// <param name="random">Draws weights and dropout.</param>
    /// <exception cref="ArgumentException">A size is below 1, or heads do not divide the features.</exception>
    public Module Create(RandomSource random)
    {
        if (Inputs < 1 || Classes < 2) throw new ArgumentException($"ClassifierConfig: {Inputs} inputs and {Classes} classes; at least 1 and 2 are needed.", nameof(Inputs));
        return Kind switch
        {
            ClassifierKind.Perceptron => new MultilayerPerceptron([Inputs, .. Hidden, Classes], random),
            ClassifierKind.BagOfEmbeddings => new BagOfEmbeddings(Inputs, Features, Classes, random),
            ClassifierKind.Transformer => new TransformerSentenceClassifier(
                new()
                {
                    Features = Features,
                    Heads = Heads,
                    Inner = 2 * Features,
                    Layers = Layers,
                    Dropout = Dropout,
                    MaximumLength = Length,
                },
                Inputs,
                Classes,
                random),
            _ => throw new ArgumentException($"ClassifierConfig: {Kind} is none of the named kinds.", nameof(Kind)),
        };
    }
}
