using System.Text.Json.Serialization;
using Scorch.Models.Transformers;

namespace Scorch.Language.ZeroShotDst;

/// <summary>How a tracker is told which slot is meant.</summary>
public enum SlotConditioning
{
    /// <summary>By a question in words: the paper's way, which slots never seen can use.</summary>
    [JsonStringEnumMemberName("question")]
    Question,

    /// <summary>By learnt tokens for domain and slot name: what is left of the method without the question's words.</summary>
    [JsonStringEnumMemberName("identifier")]
    Identifier,
}

/// <summary>Shape of a <see cref="GenerativeTracker"/>; defaults are those for training from nothing.</summary>
public sealed record TrackerConfig
{
    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Features of the hidden states.</summary>
    public int Dim { get; init; } = 128;

    /// <summary>Attention heads; they divide the features.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Tokens of the dialog that are seen; of a longer one the oldest turns are cut.</summary>
    public int MaxHistory { get; init; } = 256;

    /// <summary>Tokens of a question with its marks at most.</summary>
    public int MaxQuestion { get; init; } = 64;

    /// <summary>Tokens of an answer at most, its end among them.</summary>
    public int MaxAnswer { get; init; } = 12;

    /// <summary>Mix the vocabulary's probabilities with copying from the input. A departure: the paper relies on pre-training instead.</summary>
    public bool CopyHead { get; init; } = true;

    /// <summary>Put dialogs and questions in lower case, as answers are.</summary>
    public bool LowersCase { get; init; } = true;

    /// <summary>Dropout in training.</summary>
    public double Dropout { get; init; }

    /// <summary>How the tracker is told which slot is meant.</summary>
    public SlotConditioning Conditioning { get; init; } = SlotConditioning.Question;

    /// <summary>Positions that the model needs.</summary>
    [JsonIgnore]
    public int Positions => MaxHistory + MaxQuestion + MaxAnswer;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is impossible.</exception>
    public void Validate()
    {
        Require(nameof(Layers), Layers, 1, 1000);
        Require(nameof(Dim), Dim, 1, 1 << 16);
        Require(nameof(Heads), Heads, 1, Dim);
        Require(nameof(MaxHistory), MaxHistory, 8, 1 << 16);
        Require(nameof(MaxQuestion), MaxQuestion, 4, 1 << 14);
        Require(nameof(MaxAnswer), MaxAnswer, 2, 1 << 10);
        if (Dim % Heads != 0) throw new ArgumentException($"TrackerConfig: {Heads} heads do not divide {Dim} features; choose a divisor.", nameof(Heads));
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentException($"TrackerConfig: the dropout is {Dropout}; it lies in [0, 1).", nameof(Dropout));
        if (!Enum.IsDefined(Conditioning)) throw new ArgumentException($"TrackerConfig: {Conditioning} is no way to name a slot.", nameof(Conditioning));
    }

    internal Gpt2Config Shape(int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        Positions = Positions,
        Features = Dim,
        Layers = Layers,
        Heads = Heads,
        ResidualDropout = Dropout,
        EmbeddingDropout = Dropout,
        AttentionDropout = Dropout,
        // GPT-2's 0.02 is for 768 features; the same variance of a product for fewer.
        InitialDeviation = 0.02 * Math.Sqrt(768.0 / Dim),
    };

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most) throw new ArgumentException($"TrackerConfig: {name} is {value}; give {least} to {most}.", name);
    }
}
