using System.Globalization;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Sentences with classes, those to learn from and those to be told.</summary>
internal sealed record LabelledTexts(string Name, IReadOnlyList<(int Label, string Text)> Training, IReadOnlyList<(int Label, string Text)> Test);

/// <summary>The reproduction's texts and judgements.</summary>
internal static class FlyData
{
    public const string WikiText = "wikitext-2";
    public const string Pairs = "eval-word-vectors";
    public const string Sentences = "sent-conv";

    private static readonly string[] Sample = ["architecture.md", "digest.md", "doubleml.md", "gallery.md", "performance.md", "pinn-poisson.md", "reproductions.md", "repvgg.md"];

    /// <summary>The user's text where the setting names one, else WikiText-2, or at smoke scale the project's own documentation.</summary>
    public static FlyCorpus Corpus(RunContext context)
    {
        if (context.Settings.Text("text") is { Length: > 0 } path)
            return FlyCorpus.FromFiles(path.Split(','));
        if (context.Scale == Scale.Paper)
            throw new UsageException("The paper's own text, OpenWebText, is not shipped: give --set text=FOLDER with plain text files (several separated by commas).");
        return context.Scale == Scale.Smoke
            ? FlyCorpus.FromTexts(Sample.Select(name => string.Join('\n', SampleTexts.Lines(context, name))))
            : FlyCorpus.FromFiles([context.Data.Find(WikiText, "valid.txt"), context.Data.Find(WikiText, "test.txt")]);
    }

    public static IReadOnlyList<WordPair> ReadPairs(RunContext context, string name) =>
        WordSimilarity.ReadPairs(context.Data.Find(Pairs, $"data/word-sim/EN-{name}.txt"));

    public static IReadOnlyList<LabelledTexts> Documents(RunContext context, int seed)
    {
        var subjective = Read("subj.all");
        var order = new RandomSource(seed).Permutation(subjective.Count);
        return
        [
            new("TREC", Read("TREC.train.all"), Read("TREC.test.all")),
            new("SST-2", Read("stsa.binary.train"), Read("stsa.binary.test")),
            new("Subj", [.. order.Skip(1000).Select(i => subjective[i])], [.. order.Take(1000).Select(i => subjective[i])]),
        ];

        List<(int Label, string Text)> Read(string file)
        {
            var path = context.Data.Find(Sentences, "data/" + file);
            return [.. LabelledSentences.Read(path).Select(row => (int.TryParse(row.Label, NumberStyles.None, CultureInfo.InvariantCulture, out var label)
                ? label
                : throw new TextFormatException($"{path}: the class '{row.Label}' is no number; fetch the file again with 'scorch data get {Sentences}'."), row.Text))];
        }
    }
}
