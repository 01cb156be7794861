using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>What <c>config.json</c> of a saved tracker holds.</summary>
/// <param name="Tracker">The tracker's settings.</param>
/// <param name="Language">The language model's shape.</param>
/// <param name="SpecialTokens">Marks and identifiers, which no text becomes.</param>
/// <param name="TrainedOn">Services that training dialogs were about.</param>
internal sealed record TrackerFile(TrackerConfig Tracker, Gpt2Config Language, string[] SpecialTokens, string[] TrainedOn);

[JsonSourceGenerationOptions(WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrackerFile))]
internal sealed partial class TrackerJson : JsonSerializerContext;

public sealed partial class GenerativeTracker
{
    /// <summary>Writes <c>config.json</c>, <c>model.safetensors</c>, <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Tokens.Tokenizer.Save(folder);
        var file = new TrackerFile(Config, Network.Language.Config, [.. Tokens.Tokenizer.SpecialTokens.Keys], [.. trainedOn]);
        ModelFolder.Save(folder, file, TrackerJson.Default.TrackerFile, Network);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the weights do not fit.</exception>
    /// <exception cref="TextFormatException">The vocabulary is damaged.</exception>
    public static GenerativeTracker Load(string folder)
    {
        var file = ModelFolder.LoadConfig(folder, TrackerJson.Default.TrackerFile);
        var tokenizer = ByteLevelBpeTokenizer.Load(Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"), file.SpecialTokens);
        if (tokenizer.Count != file.Language.VocabularySize)
            throw new CheckpointException($"{folder}: vocab.json has {tokenizer.Count} tokens, the model {file.Language.VocabularySize}; both must come from one save.");
        try
        {
            file.Tracker.Validate();
            var network = ModelFolder.Load(folder, TrackerJson.Default.TrackerFile, config =>
            {
                var random = new RandomSource(0);
                return new QuestionAnswerNetwork(new Gpt2LanguageModel(config.Language, random), config.Tracker.CopyHead ? new(config.Language.Features, random) : null);
            });
            if (file.Tracker.Positions > file.Language.Positions) throw new ArgumentException($"{file.Tracker.Positions} positions are needed, the model has {file.Language.Positions}.");
            return new(file.Tracker, new(tokenizer, file.Tracker.LowersCase), network, file.TrainedOn);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: config.json is damaged ({error.Message}); save the tracker again.", error);
        }
    }
}
