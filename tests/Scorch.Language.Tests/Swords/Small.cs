using Scorch.Language.Swords;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

/// <summary>The sample that ships with the library, and a benchmark of one target whose scores are known.</summary>
internal static class Small
{
    public static WordNetDictionary Dictionary { get; } = SwordsData.SampleDictionary();

    public static EvalOptions Options { get; } = new() { Lemmatizer = new WordNetLemmatizer(Dictionary) };

    public static LexSubDataset Benchmark => LexSubDataset.Read(SwordsData.OpenSample("benchmark.json"), "benchmark.json");

    /// <summary>Words are left as they are: for hand-made lists.</summary>
    public static EvalOptions Plain { get; } = new() { Lemmatizer = new AsIs() };

    /// <summary>One target with candidates of so many TRUE labels of ten.</summary>
    public static LexSubDataset OneTarget(params (string Text, int Votes)[] candidates)
    {
        var context = new LexSubContext("A word here.");
        var target = new LexSubTarget(context.Id, "word", 2, PartOfSpeech.Noun);
        return new([context], [target], candidates.Select(entry => new LexSubSubstitute(target.Id, entry.Text, Labels(entry.Votes))), substitutesAreLemmas: true);
    }

    public static LexSubMetrics Score(LexSubDataset dataset, params string[] words)
    {
        var result = new LexSubResult(substitutesAreLemmas: true);
        result.AddInOrder(dataset.Targets.First().Id, words);
        return LexSubEvaluator.Evaluate(dataset, result, Plain);
    }

    public static SubstituteLabel[] Labels(int votes) => [.. Enumerable.Range(0, 10).Select(i => i < votes ? SubstituteLabel.True : SubstituteLabel.False)];

    /// <summary>Writes the sample's files into a folder.</summary>
    public static void Unpack(string folder)
    {
        foreach (var name in (string[])["benchmark.json", "benchmark-again.json", "answers.json", "thesaurus.jsonl", .. WordNetDictionary.FileNames.Select(name => "wordnet/" + name)])
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var source = SwordsData.OpenSample(name);
            using var target = File.Create(path);
            source.CopyTo(target);
        }
    }

    private sealed class AsIs : ILemmatizer
    {
        public string Lemmatize(string word, WordNetPart part) => word;
    }
}
