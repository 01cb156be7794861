using Scorch.Language.Swords;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

public sealed class BenchmarkBuilderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-swords-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Three_judge_every_candidate_and_seven_more_what_one_found_fitting()
    {
        var builder = Builder(out var target);
        Assert.Equal(2, builder.CandidateCount);
        builder.AddCandidate(target, "Store", "people");
        Assert.Equal(2, builder.CandidateCount);
        Assert.Equal([3, 3], builder.OpenTasks().Select(task => task.Missing));
        var (store, sing) = (builder.OpenTasks()[0], builder.OpenTasks()[1]);
        Assert.Equal(("store", "sing", 5), (store.Substitute, sing.Substitute, store.Offset));
        foreach (var judge in (string[])["a", "b", "c"])
        {
            builder.Add(new(store.SubstituteId, judge, judge == "c" ? SubstituteLabel.True : SubstituteLabel.Unsure));
            builder.Add(new(sing.SubstituteId, judge, SubstituteLabel.False));
        }
        Assert.Contains("7 more judgements", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
        Assert.Equal(7, Assert.Single(builder.OpenTasks()).Missing);
        builder.ExportTasks(Path.Combine(folder, "tasks.jsonl"));
        Assert.Contains(store.SubstituteId, Assert.Single(File.ReadAllLines(Path.Combine(folder, "tasks.jsonl"))), StringComparison.Ordinal);
        File.WriteAllLines(Path.Combine(folder, "answers.jsonl"), Enumerable.Range(0, 7).Select(i => $$"""{"substitute_id": "{{store.SubstituteId}}", "annotator": "n{{i}}", "label": "TRUE"}"""));
        builder.ImportJudgements(Path.Combine(folder, "answers.jsonl"));
        var benchmark = builder.Build();
        Assert.Equal([0.8, 0], benchmark.SubstitutesOf(target).Select(substitute => substitute.Score));
        Assert.Equal(["roget", "people"], benchmark.SubstitutesOf(target)[0].Sources);
        benchmark.SaveJson(Path.Combine(folder, "made.json.gz"));
        Assert.Equal(benchmark.Id, LexSubDataset.Load(Path.Combine(folder, "made.json.gz")).Id);
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        var builder = Builder(out var target);
        Assert.Contains("does not stand in", Assert.Throws<ArgumentException>(() => builder.AddTarget("No such word.", "tree")).Message, StringComparison.Ordinal);
        Assert.Contains("several times", Assert.Throws<ArgumentException>(() => builder.AddTarget("one by one", "one")).Message, StringComparison.Ordinal);
        Assert.Contains("added before", Assert.Throws<ArgumentException>(() => builder.AddTarget("They kept it.", "kept", PartOfSpeech.Verb)).Message, StringComparison.Ordinal);
        Assert.Contains("no target", Assert.Throws<ArgumentException>(() => builder.AddCandidate("t:1", "x", "y")).Message, StringComparison.Ordinal);
        Assert.Contains("no candidate", Assert.Throws<ArgumentException>(() => builder.Add(new("s:1", "a", SubstituteLabel.True))).Message, StringComparison.Ordinal);
        var task = builder.OpenTasks()[0];
        builder.Add(new(task.SubstituteId, "a", SubstituteLabel.True));
        Assert.Contains("once", Assert.Throws<ArgumentException>(() => builder.Add(new(task.SubstituteId, "a", SubstituteLabel.True))).Message, StringComparison.Ordinal);
        Assert.Contains("TRUE_IMPLICIT", Assert.Throws<ArgumentException>(() => builder.Add(new(task.SubstituteId, "b", SubstituteLabel.TrueImplicit))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BenchmarkBuilder(new() { FirstLabels = 4, TotalLabels = 3 }));
        File.WriteAllText(Path.Combine(folder, "bad.jsonl"), "\n{\"substitute_id\": 3}\n");
        Assert.Contains("line 2", Assert.Throws<TextFormatException>(() => builder.ImportJudgements(Path.Combine(folder, "bad.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Agreement_is_that_of_the_textbooks()
    {
        // Fleiss' own table of ten subjects, fourteen raters, five categories: kappa = 0.210.
        int[][] table = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]];
        var fleiss = AgreementStatistics.Of<int>(table.Select(row => (IReadOnlyCollection<int>)[.. row.SelectMany((count, category) => Enumerable.Repeat(category, count))]));
        Assert.Equal(0.210, fleiss.FleissKappa, 0.0005);
        Assert.Equal(0.378, fleiss.PairwiseAgreement, 0.0005);
        // Krippendorff 2011, reliability data C (four observers, twelve units, values missing): nominal alpha = 0.743.
        int[][] units = [[1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [5, 5, 5], [1, 1], [3]];
        var alpha = AgreementStatistics.Of<int>(units);
        Assert.Equal(0.743, alpha.KrippendorffAlpha, 0.0005);
        Assert.Equal((11, 40), (alpha.Items, alpha.Labels));
        Assert.True(double.IsNaN(alpha.FleissKappa));
        Assert.Equal(1, AgreementStatistics.Of<int>([[1, 1], [2, 2]]).KrippendorffAlpha);
        Assert.True(double.IsNaN(AgreementStatistics.Of<int>([[1, 1]]).KrippendorffAlpha));
    }

    private static BenchmarkBuilder Builder(out string target)
    {
        var builder = new BenchmarkBuilder();
        target = builder.AddTarget("They kept it.", "kept", PartOfSpeech.Verb);
        var thesaurus = new RogetThesaurus([("keep", "v", ["store", "stores", "keep", "sing"]), ("keep", "n", ["city"])]);
        builder.AddCandidates(new ThesaurusGenerator(thesaurus, Small.Options.Lemmatizer), "roget", Small.Options.Lemmatizer);
        return builder;
    }
}
