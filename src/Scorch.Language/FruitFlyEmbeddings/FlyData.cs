using System.Text;
using Scorch.Reproductions;

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
            ? FlyCorpus.FromTexts(Sample.Select(name => ReadSample(context, name)))
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
            // The files are Latin-1; only ASCII letters count.
            var path = context.Data.Find(Sentences, "data/" + file);
            var rows = new List<(int, string)>();
            foreach (var line in File.ReadAllText(path, Encoding.Latin1).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var blank = line.IndexOf(' ', StringComparison.Ordinal);
                if (blank < 1 || !int.TryParse(line[..blank], out var label))
                    throw new FormatException($"{path}: '{line}' does not begin with a class.");
                rows.Add((label, line[(blank + 1)..]));
            }
            return rows;
        }
    }

    private static string ReadSample(RunContext context, string name)
    {
        Stream Open() => typeof(FlyData).Assembly.GetManifestResourceStream("sample/" + name)!;
        context.UseData("scorch-documentation", name, Open);
        using var reader = new StreamReader(Open());
        return reader.ReadToEnd();
    }
}
