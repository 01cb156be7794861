using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>A model with its tokeniser.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">Its tokeniser.</param>
public sealed record DialogModel<TModel>(TModel Model, ITokenizer Tokenizer)
    where TModel : Module;

/// <summary>Folders of models: <c>config.json</c>, weights, and <c>vocabulary.json</c> (words), <c>vocab.txt</c> (BERT) or <c>spiece.model</c> (T5).</summary>
public static class DialogModels
{
    private const string Words = "vocabulary.json";
    private const string WordPieces = "vocab.txt";
    private const string Pieces = "spiece.model";
    private const int Sentinels = 100;

    /// <summary>Reads a model of masked tokens, a published BERT too.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Checkpoints.CheckpointException">Weights are missing or damaged, or do not fit.</exception>
    /// <exception cref="TextFormatException">The vocabulary is damaged.</exception>
    public static DialogModel<BertMaskedLanguageModel> LoadMasked(string folder) => new(BertMaskedLanguageModel.Load(folder), Tokenizer(folder));

    /// <summary>Reads a classifier of filled gaps.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Checkpoints.CheckpointException">Weights are missing or damaged, or do not fit.</exception>
    /// <exception cref="TextFormatException">The vocabulary is damaged.</exception>
    public static DialogModel<BertClassifier> LoadClassifier(string folder) => new(BertClassifier.Load(folder), Tokenizer(folder));

    /// <summary>Reads a T5, a published one too.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Checkpoints.CheckpointException">Weights are missing or damaged, or do not fit.</exception>
    /// <exception cref="TextFormatException">The vocabulary is damaged.</exception>
    public static DialogModel<T5Model> LoadGeneration(string folder) => new(T5Model.Load(folder), Tokenizer(folder));

    /// <summary>Writes a model of masked tokens with a word or WordPiece vocabulary.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder, made when missing.</param>
    /// <exception cref="ArgumentException">The tokeniser is of another kind.</exception>
    public static void Save(this DialogModel<BertMaskedLanguageModel> model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        SaveTokenizer(model.Tokenizer, folder);
        model.Model.Save(folder);
    }

    /// <summary>Writes a classifier with a word or WordPiece vocabulary.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder, made when missing.</param>
    /// <exception cref="ArgumentException">The tokeniser is of another kind.</exception>
    public static void Save(this DialogModel<BertClassifier> model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        SaveTokenizer(model.Tokenizer, folder);
        model.Model.Save(folder);
    }

    /// <summary>Writes an encoder-decoder with a word vocabulary.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder, made when missing.</param>
    /// <exception cref="ArgumentException">The tokeniser is of another kind.</exception>
    public static void Save(this DialogModel<T5Model> model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        SaveTokenizer(model.Tokenizer, folder);
        model.Model.Save(folder);
    }

    private static ITokenizer Tokenizer(string folder)
    {
        string In(string name) => Path.Combine(folder, name);
        if (File.Exists(In(Words))) return DialogVocabulary.Load(In(Words));
        if (File.Exists(In(WordPieces))) return WordPieceTokenizer.Load(In(WordPieces));
        return File.Exists(In(Pieces))
            ? UnigramTokenizer.Load(In(Pieces), Sentinels)
            : throw new TextFormatException($"{folder}: there is no vocabulary; expected {Words}, {WordPieces} or {Pieces} beside the weights.");
    }

    private static void SaveTokenizer(ITokenizer tokenizer, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        switch (tokenizer)
        {
            case WordTokenizer words:
                words.Save(Path.Combine(folder, Words));
                break;
            case WordPieceTokenizer pieces:
                pieces.Save(Path.Combine(folder, WordPieces));
                break;
            default:
                throw new ArgumentException($"DialogModels: a tokeniser of type {tokenizer.GetType().Name} cannot be written; copy its file and save the model alone.", nameof(tokenizer));
        }
    }
}
