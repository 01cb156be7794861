using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.Swords;

/// <summary>Sizes and training of a small masked language model.</summary>
public sealed record MaskedModelConfig
{
    /// <summary>Tokens of the vocabulary: special ones, single characters, then the most frequent words.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>Features of the hidden states.</summary>
    public int Features { get; init; } = 128;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Features inside the feed-forward parts.</summary>
    public int Inner { get; init; } = 512;

    /// <summary>Tokens of a window, both ends included; the model reads no more at once.</summary>
    public int Length { get; init; } = 48;

    /// <summary>Windows of a step.</summary>
    public int BatchSize { get; init; } = 24;

    /// <summary>Training steps.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>The greatest learning rate; reached after a tenth of the steps, then falling to 0.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Fixes every bit of the result.</summary>
    public long Seed { get; init; } = 1;

    internal void Validate()
    {
        if (VocabularySize < 300 || Length < 4 || BatchSize < 1 || Steps < 1 || !(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new ArgumentException($"MaskedModelConfig: VocabularySize is at least 300, Length 4, BatchSize and Steps 1, LearningRate above 0 ({this}).");
    }
}

/// <summary>A masked language model and its tokeniser; in files BERT's <c>config.json</c>, <c>model.safetensors</c> and <c>vocab.txt</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">Its tokeniser.</param>
public sealed record MaskedModel(BertMaskedLanguageModel Model, WordPieceTokenizer Tokenizer)
{
    /// <summary>Reads a folder, a published BERT too.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing or damaged, or the weights do not fit.</exception>
    /// <exception cref="TextFormatException">The vocabulary is damaged.</exception>
    public static MaskedModel Load(string folder) => new(BertMaskedLanguageModel.Load(folder), WordPieceTokenizer.Load(Path.Combine(folder, "vocab.txt")));

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder)
    {
        Model.Save(folder);
        Tokenizer.Save(Path.Combine(folder, "vocab.txt"));
    }
}

/// <summary>Trains a small masked language model (Devlin and others 2019) on plain texts.</summary>
public static class MaskedModelTraining
{
    private static readonly string[] Specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Trains.</summary>
    /// <param name="texts">The texts; read twice.</param>
    /// <param name="config">Sizes and training.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the texts are too short for one batch.</exception>
    public static MaskedModel Train(IEnumerable<string> texts, MaskedModelConfig config, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        var tokenizer = Vocabulary(texts, config.VocabularySize);
        var special = tokenizer.SpecialTokens;
        int[][] windows =
        [
            .. TokenStream.Pack(texts.Select(text => tokenizer.Encode(text)), new PackingConfig { Length = config.Length - 2, DropIncomplete = true })
                .Select(window => (int[])[special["[CLS]"], .. window.Ids, special["[SEP]"]]),
        ];
        cancellationToken.ThrowIfCancellationRequested();
        if (windows.Length < config.BatchSize)
            throw new ArgumentException($"MaskedModelTraining: the texts make {windows.Length} windows of {config.Length} tokens, a batch has {config.BatchSize}; give more text or smaller batches.", nameof(texts));
        var model = new BertMaskedLanguageModel(
            new BertConfig
            {
                VocabularySize = tokenizer.Count,
                Features = config.Features,
                Layers = config.Layers,
                Heads = config.Heads,
                Inner = config.Inner,
                Positions = config.Length,
                // So short a training sees little text twice.
                HiddenDropout = 0,
                AttentionDropout = 0,
            },
            new RandomSource(config.Seed));
        var masking = new MaskingConfig { MaskToken = special["[MASK]"], VocabularySize = tokenizer.Count, Untouched = special.Values.ToHashSet() };
        MaskedTokenTraining.Run(
            model,
            windows.Length,
            (index, random) =>
            {
                var masked = TokenMasking.Mask(windows[index], masking, random);
                return new MaskedExample(masked.Inputs, masked.Labels);
            },
            new ShortTrainingConfig { Steps = config.Steps, BatchSize = config.BatchSize, LearningRate = config.LearningRate, Seed = config.Seed },
            progress: progress,
            cancellationToken: cancellationToken);
        return new(model, tokenizer);
    }

    /// <summary>A WordPiece vocabulary of special tokens, single characters, and the most frequent words of texts, ties in ordinal order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="size">The most tokens.</param>
    public static WordPieceTokenizer Vocabulary(IEnumerable<string> texts, int size)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var characters = Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(letter => !char.IsAsciiLetterUpper(letter)).ToList();
        List<string> tokens = [.. Specials, .. characters.Select(letter => letter.ToString()), .. characters.Where(char.IsLetterOrDigit).Select(letter => "##" + letter)];
        if (size < tokens.Count) throw new ArgumentOutOfRangeException(nameof(size), size, $"Vocabulary: special tokens and characters alone are {tokens.Count}.");
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in texts.SelectMany(WordRuns.Of).SelectMany(word => word.Split('\'')).Where(word => word.Length > 1 && word.All(char.IsAsciiLetter)))
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        tokens.AddRange(counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(size - tokens.Count).Select(entry => entry.Key));
        return new(tokens);
    }
}
