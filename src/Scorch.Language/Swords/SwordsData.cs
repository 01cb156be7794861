using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>What the reproduction reads: the benchmark's files, or at smoke scale the small sample that ships with the library.</summary>
internal sealed record SwordsData
{
    public const string Name = "swords";
    public const string Text = "wikitext-2";

    private const string Parsed = "assets/parsed/swords-v1.1_";

    public required LexSubDataset Development { get; init; }

    public required LexSubDataset Test { get; init; }

    /// <summary>The part of the test set that people judged again.</summary>
    public required LexSubDataset Subset { get; init; }

    public required LexSubDataset Reannotated { get; init; }

    public required RogetThesaurus Thesaurus { get; init; }

    public required LexSubResult Wordtune { get; init; }

    public required WordNetDictionary Dictionary { get; init; }

    /// <summary>Lines to learn vectors, counts and the masked language model from.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    public FlyCorpus Corpus => FlyCorpus.FromTexts(Lines, ChunkUnit.Line);

    public static SwordsData Load(RunContext context)
    {
        if (context.Scale == Scale.Smoke) return Sample(context);
        string Find(string file) => context.Data.Find(Name, file);
        return new()
        {
            Development = LexSubDataset.Load(Find(Parsed + "dev.json.gz")),
            Test = LexSubDataset.Load(Find(Parsed + "test.json.gz")),
            Subset = LexSubDataset.Load(Find(Parsed + "test-subset.json.gz")),
            Reannotated = LexSubDataset.Load(Find(Parsed + "test-subset_reannotated.json.gz")),
            Thesaurus = RogetThesaurus.Load(Find("assets/public/raw/methods/thesaurus/rogets.pkl")),
            Wordtune = WordtuneAnswers.Load(Find("assets/public/raw/methods/wordtune/swords-v0.8_test_wordtuneclues.out.json.gz")),
            Dictionary = SwordsLemmatizer.LoadDictionary(context.Data),
            Lines = Clean(TextCorpus.FromFiles([context.Data.Find(Text, "valid.txt"), context.Data.Find(Text, "test.txt")])),
        };
    }

    /// <summary>A file of the small sample.</summary>
    public static Stream OpenSample(string name) => typeof(SwordsData).Assembly.GetManifestResourceStream("swords/" + name)
        ?? throw new InvalidOperationException($"The library lacks its sample file {name}.");

    public static WordNetDictionary SampleDictionary() => WordNetDictionary.Read(name => OpenSample("wordnet/" + name), "sample");

    private static SwordsData Sample(RunContext context)
    {
        Stream Open(string name)
        {
            context.UseData("scorch-swords-sample", name, () => OpenSample(name));
            return OpenSample(name);
        }

        var benchmark = LexSubDataset.Read(Open("benchmark.json"), "benchmark.json");
        return new()
        {
            Development = benchmark,
            Test = benchmark,
            Subset = benchmark,
            Reannotated = LexSubDataset.Read(Open("benchmark-again.json"), "benchmark-again.json"),
            Thesaurus = RogetThesaurus.Read(Open("thesaurus.jsonl"), "thesaurus.jsonl"),
            Wordtune = WordtuneAnswers.Read(Open("answers.json"), "answers.json"),
            Dictionary = SampleDictionary(),
            // The benchmark's own sentences, many times over: enough to turn every wheel, not to learn anything.
            Lines = [.. Enumerable.Repeat(benchmark.Contexts.Select(item => item.Text), 12).SelectMany(texts => texts)],
        };
    }

    // WikiText writes rare words as <unk> and joins numbers with @.
    private static string[] Clean(IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Replace("<unk>", " ", StringComparison.Ordinal).Replace(" @", "", StringComparison.Ordinal).Replace("@ ", "", StringComparison.Ordinal).Trim()).Where(line => line.Length > 40)];
}
