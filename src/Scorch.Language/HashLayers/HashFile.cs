using System.Globalization;
using Scorch.Checkpoints;

namespace Scorch.Language.HashLayers;

/// <summary>Hashes in a safetensors file: tables as tensors, the rest as text beside them, and a checksum over all.</summary>
internal static class HashFile
{
    private const string Format = "scorch-token-hash-1";
    private const int MaximumFunctions = 4096;

    public static void Save(string path, IReadOnlyList<TokenHash> parts, bool isMulti = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var text = new Dictionary<string, string> { ["format"] = Format, ["functions"] = Number(parts.Count), ["multi"] = isMulti ? "true" : "false" };
        var tensors = new Dictionary<string, Tensor>();
        for (var m = 0; m < parts.Count; m++)
        {
            var part = parts[m];
            text[$"{m}.kind"] = part.Kind.ToString();
            text[$"{m}.buckets"] = Number(part.Buckets);
            text[$"{m}.salt"] = Number(part.Salt);
            text[$"{m}.checksum"] = part.Checksum;
            if (part.Beginning is { } beginning) text[$"{m}.beginning"] = Number(beginning);
            tensors[$"{m}.table"] = Tensor.From(part.Table.ToArray());
            if (part.Predictor is BigramPredictor pairs) tensors[$"{m}.next"] = Tensor.From(pairs.Next.ToArray());
        }
        SafeTensors.Save(path, tensors, text);
    }

    public static ITokenHash Load(string path, INextTokenPredictor? predictor)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new CheckpointException($"{path}: there is no such file; give one that a hash's Save wrote.");
        var text = SafeTensors.LoadMetadata(path);
        if (!text.TryGetValue("format", out var format) || format != Format) throw new CheckpointException($"{path}: not a file of token hashes; give one that a hash's Save wrote.");
        var tensors = SafeTensors.Load(path, 16L * TokenHash.MaximumSize);
        var count = (int)Number(path, text, "functions", 1, MaximumFunctions);
        TokenHash[] parts;
        try
        {
            parts = [.. Enumerable.Range(0, count).Select(m => Part(path, text, tensors, m, predictor))];
            return text.GetValueOrDefault("multi") == "true" ? new MultiHash(parts) : parts[0];
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{path}: {error.Message} The file is damaged; save the hash again.", error);
        }
    }

    private static TokenHash Part(string path, IReadOnlyDictionary<string, string> text, IReadOnlyDictionary<string, Tensor> tensors, int m, INextTokenPredictor? predictor)
    {
        if (!Enum.TryParse<TokenHashKind>(text.GetValueOrDefault($"{m}.kind"), out var kind) || !Enum.IsDefined(kind) || kind == TokenHashKind.Multi)
            throw new CheckpointException($"{path}: the kind of function {m} is '{text.GetValueOrDefault($"{m}.kind")}', which is none of the named ones; save the hash again.");
        var buckets = (int)Number(path, text, $"{m}.buckets", 1, TokenHash.MaximumSize);
        long? beginning = text.ContainsKey($"{m}.beginning") ? Number(path, text, $"{m}.beginning", 0, TokenHash.MaximumSize) : null;
        if (kind is TokenHashKind.Bigram or TokenHashKind.Previous && beginning is null) throw new CheckpointException($"{path}: function {m} lacks the token before a sequence; save the hash again.");
        var expects = kind != TokenHashKind.PredictedFuture ? null : tensors.ContainsKey($"{m}.next") ? new BigramPredictor(Entries(path, tensors, $"{m}.next")) : predictor;
        if (kind == TokenHashKind.PredictedFuture && expects is null) throw new CheckpointException($"{path}: function {m} needs the model that expects tokens; load it and give it as the predictor.");
        var part = new TokenHash(kind, buckets, Entries(path, tensors, $"{m}.table"), beginning, Number(path, text, $"{m}.salt", long.MinValue, long.MaxValue), expects);
        var wanted = text.GetValueOrDefault($"{m}.checksum");
        return part.Checksum == wanted
            ? part
            : throw new CheckpointException($"{path}: function {m} has the checksum {part.Checksum}, the file says {wanted}; it is damaged, or the predictor is another model.");
    }

    private static int[] Entries(string path, IReadOnlyDictionary<string, Tensor> tensors, string name) =>
        tensors.TryGetValue(name, out var table) && table.DataType == DataType.Int32 && table.Rank == 1
            ? table.ToArray<int>()
            : throw new CheckpointException($"{path}: {name} is missing or no row of int32; save the hash again.");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(string path, IReadOnlyDictionary<string, string> text, string name, long least, long most) =>
        long.TryParse(text.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new CheckpointException($"{path}: {name} is '{text.GetValueOrDefault(name)}'; expected a whole number from {least} to {most}. Save the hash again.");
}
