using System.Globalization;
using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Softermax;

/// <summary>A task in its parts.</summary>
internal sealed record SoftermaxTask(string Name, TensorDataSet Train, TensorDataSet Validation, TensorDataSet Test, int Vocabulary, int Classes, int Length);

/// <summary>The reproduction's sentences.</summary>
internal static class SoftermaxData
{
    public const string Sentences = "sent-conv";
    private const int SmokeLength = 12;

    /// <summary>Questions and their types, six classes.</summary>
    public static SoftermaxTask Trec(RunContext context, int seed) => Read(context, "TREC", "data/TREC.train.all", "data/TREC.test.all", 6, context.Settings.Integer("trec-length"), seed);

    /// <summary>Films' reviews, good or bad.</summary>
    public static SoftermaxTask Sst2(RunContext context, int seed) => Read(context, "SST-2", "data/stsa.binary.train", "data/stsa.binary.test", 2, context.Settings.Integer("sst-length"), seed);

    /// <summary>Which of two documents a line of the project's own documentation is from.</summary>
    public static SoftermaxTask Smoke(RunContext context, int seed)
    {
        var rows = new List<(string Label, string Text)>();
        foreach (var (name, label) in new[] { ("performance.md", "0"), ("reproductions.md", "1") })
            rows.AddRange(SampleTexts.Lines(context, name).Where(line => line.Length > 20).Take(40).Select(line => (label, line)));
        var test = rows.Where((_, i) => i % 4 == 0).ToList();
        return Of("documentation", [.. rows.Where((_, i) => i % 4 != 0)], test, 2, SmokeLength, seed);
    }

    /// <summary>Holds a share of rows out, drawn by a seed.</summary>
    public static (TensorDataSet Train, TensorDataSet Validation) Split(TensorDataSet data, double share, long seed)
    {
        var order = new RandomSource(RandomSource.Derive(seed, 7)).Permutation(data.Count);
        var held = Math.Max(1, (int)(share * data.Count));
        if (held >= data.Count) throw new ArgumentException($"There are {data.Count} sentences; at least two are needed, one to train on and one to validate.", nameof(data));
        return (new([.. data.Batch(order[held..])]), new([.. data.Batch(order[..held])]));
    }

    private static SoftermaxTask Read(RunContext context, string name, string training, string test, int classes, int length, int seed) =>
        Of(name, LabelledSentences.Read(context.Data.Find(Sentences, training)), LabelledSentences.Read(context.Data.Find(Sentences, test)), classes, length, seed);

    private static SoftermaxTask Of(string name, IReadOnlyList<(string Label, string Text)> training, IReadOnlyList<(string Label, string Text)> test, int classes, int length, int seed)
    {
        var tokenizer = SentenceTensors.Tokenizer(training.Select(row => row.Text));
        TensorDataSet Encoded(IReadOnlyList<(string Label, string Text)> rows) => SentenceTensors.Rows(
            SentenceTensors.Encode(tokenizer, [.. rows.Select(row => row.Text)], length),
            [.. rows.Select(row => int.TryParse(row.Label, NumberStyles.None, CultureInfo.InvariantCulture, out var label) && label < classes
                ? label
                : throw new InvalidDataException($"{name}: the class '{row.Label}' is none of 0 to {classes - 1}; fetch the data again."))]);
        var (train, validation) = Split(Encoded(training), 0.1, seed);
        return new(name, train, validation, Encoded(test), tokenizer.Count, classes, length);
    }
}
