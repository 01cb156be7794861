using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Model files.</summary>
internal static class FlyVecFile
{
    private const string Format = "scorch-flyvec-1";

    public static void Save(FlyVecModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeTensors.Save(
            path,
            new Dictionary<string, Tensor> { ["weight"] = model.Weights(), ["counts"] = Tensor.From(model.Vocabulary.Counts.ToArray()) },
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["config"] = JsonSerializer.Serialize(model.Config, FlyVecJson.Default.FlyVecConfig),
                ["vocabulary"] = JsonSerializer.Serialize([.. model.Vocabulary.Words], FlyVecJson.Default.StringArray),
                ["knows-unknown"] = model.KnowsUnknown ? "true" : "false",
            });
    }

    public static FlyVecModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var metadata = SafeTensors.LoadMetadata(path);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new CheckpointException($"{path}: not a model of fruit-fly-embeddings (its metadata lacks format {Format}). Write one with 'scorch fruit-fly-embeddings train'.");
        try
        {
            var config = JsonSerializer.Deserialize(metadata["config"], FlyVecJson.Default.FlyVecConfig);
            var words = JsonSerializer.Deserialize(metadata["vocabulary"], FlyVecJson.Default.StringArray);
            var tensors = SafeTensors.Load(path);
            var vocabulary = new FlyVocabulary(words ?? [], tensors["counts"].To(DataType.Float64).ToArray<double>());
            return FlyVecModel.FromWeights(tensors["weight"], vocabulary, config, metadata["knows-unknown"] == "true");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or ArgumentException)
        {
            throw new CheckpointException($"{path}: the model's parts do not fit together ({error.Message}). Train or save it again.", error);
        }
    }

    public static FlyVecModel Import(string weightsPath, string vocabularyPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(weightsPath);
        ArgumentException.ThrowIfNullOrEmpty(vocabularyPath);
        var text = File.ReadAllText(vocabularyPath);
        string[] words;
        try
        {
            words = text.TrimStart().StartsWith('[')
                ? JsonSerializer.Deserialize(text, FlyVecJson.Default.StringArray) ?? []
                : [.. text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{vocabularyPath}: not a JSON list of words ({error.Message}). Give a list of strings, or one word a line.", error);
        }
        return FlyVecModel.FromWeights(Npz.LoadArray(weightsPath), new FlyVocabulary(words, new double[words.Length]));
    }
}

[JsonSerializable(typeof(FlyVecConfig))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class FlyVecJson : JsonSerializerContext;
