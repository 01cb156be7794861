using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scorch.Language.Swords;
using Scorch.Reproductions;
using Scorch.Testing;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

/// <summary>Against the values under tests/oracles/swords, whose README says what made them.</summary>
public sealed class SwordsOracleTests
{
    [WordNetFact]
    public void Every_score_is_the_official_programs() => CompareScores("swords/evaluation.npz");

    [WordNetFact]
    public void Every_score_with_missing_answers_is_the_official_programs() => CompareScores("swords/evaluation_abstain.npz");

    [WordNetFact]
    public void Lemmas_are_NLTKs()
    {
        var golden = new OracleArchive("swords/lemmas.npz");
        var (words, lemmas) = (Texts(golden, "in.word"), Texts(golden, "out.lemma"));
        var parts = golden.Values("in.pos");
        Assert.Equal(1463, words.Length);
        for (var i = 0; i < words.Length; i++)
            Assert.Equal((words[i], lemmas[i]), (words[i], SwordsLemmatizer.Default.Lemmatize(words[i], (WordNetPart)(int)parts[i])));
    }

    [WordNetFact(needsBenchmark: true)]
    public void Lemmas_of_all_substitutes_of_the_benchmark_are_NLTKs()
    {
        // Each line: part, number of distinct (word, part of speech) pairs, SHA-256 of their lines in ordinal order.
        foreach (var line in File.ReadLines(OraclePath("nltk_lemmas.txt")).Where(line => !line.StartsWith('#')))
        {
            var fields = line.Split(' ');
            var benchmark = LexSubDataset.Load(DataLocator.Default.Find("swords", $"assets/parsed/swords-v1.1_{fields[0]}.json.gz"));
            var pairs = benchmark.Substitutes.Select(substitute => (substitute.Text, benchmark.Target(substitute.TargetId).PartOfSpeech))
                .Concat(benchmark.Targets.Select(target => (Text: target.Word, target.PartOfSpeech)))
                .Select(pair => (pair.Text, Part: pair.PartOfSpeech.ToWordNet())).Distinct()
                .Select(pair => $"{pair.Text}\t{"nvar"[(int)pair.Part]}\t{SwordsLemmatizer.Default.Lemmatize(pair.Text, pair.Part)}\n").Order(StringComparer.Ordinal).ToList();
            Assert.Equal(int.Parse(fields[1], CultureInfo.InvariantCulture), pairs.Count);
            Assert.Equal(fields[2], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(pairs)))));
        }
    }

    [Fact]
    public void Average_precision_of_ranked_candidates_is_the_published_scripts()
    {
        var golden = new OracleArchive("swords/gap.npz");
        var (weights, scores, expected) = (golden.Values("in.gold_weight").Chunk(12).ToArray(), golden.Values("in.system_score").Chunk(12).ToArray(), golden.Values("out.gap"));
        for (var row = 0; row < expected.Length; row++)
        {
            var target = new EvaluationTarget(
                "t:", "word", null,
                // Ten labels do for weights that are tenths; the share is the weight up to a factor, which GAP does not see.
                [.. Enumerable.Range(0, 12).Select(i => new EvaluationCandidate($"c{i}", (int)Math.Round(weights[row][i] * 1000), 100_000))],
                [.. Enumerable.Range(0, 12).OrderByDescending(i => scores[row][i]).Select(i => $"c{i}")]);
            var metrics = LexSubEvaluator.Evaluate([target]);
            Assert.Equal(100 * expected[row], metrics.Gap, 1e-9);
            Assert.Equal(100 * expected[row], metrics.GapByCount, 1e-9);
        }
    }

    [WordNetFact(needsBenchmark: true)]
    public void The_files_have_the_published_numbers()
    {
        foreach (var (part, targets, substitutes) in ((string, int, int)[])[("dev", 370, 22_978), ("test", 762, 45_705)])
        {
            var benchmark = LexSubDataset.Load(DataLocator.Default.Find("swords", $"assets/parsed/swords-v1.1_{part}.json.gz"));
            Assert.Equal((targets, substitutes), (benchmark.Targets.Count, benchmark.Substitutes.Count));
        }
    }

    [WordNetFact(needsBenchmark: true)]
    public async Task The_oracle_of_conceivable_substitutes_is_a_little_below_a_hundred()
    {
        var benchmark = LexSubDataset.Load(DataLocator.Default.Find("swords", "assets/parsed/swords-v1.1_test.json.gz"));
        var result = await LexSubRunner.RunAsync(benchmark, new OracleGenerator(benchmark, 0.1));
        // Putting labels together by dictionary form moves a few scores below the least one.
        Assert.Equal(99.97, LexSubEvaluator.Evaluate(benchmark, result).Lenient.Conceivable.F, 0.005);
    }

    private static void CompareScores(string file)
    {
        var golden = new OracleArchive(file);
        using var stream = new MemoryStream([.. golden.Values("in.dataset_json_utf8").Select(value => (byte)value)]);
        var dataset = LexSubDataset.Read(stream, file);
        Assert.Equal(Text(golden, "out.dataset_id_utf8"), dataset.Id);
        using var lists = new MemoryStream([.. golden.Values("in.result_json_utf8").Select(value => (byte)value)]);
        var metrics = LexSubEvaluator.Evaluate(dataset, LexSubResult.Read(lists, file));
        Assert.Equal(golden.Values("out.substitutes_after_preprocessing")[0], metrics.Targets.Sum(row => row.Target.Candidates.Count));
        var compared = 0;
        foreach (var (name, value) in metrics.ByName.Where(entry => golden.Contains("out." + entry.Key)))
        {
            Assert.Equal(golden.Values("out." + name)[0], value, 1e-9);
            compared++;
        }
        Assert.Equal(24, compared);
    }

    private static string Text(OracleArchive golden, string name) => Encoding.UTF8.GetString([.. golden.Values(name).Select(value => (byte)value)]);

    private static string[] Texts(OracleArchive golden, string name)
    {
        byte[] bytes = [.. golden.Values(name + "_utf8").Select(value => (byte)value)];
        var offsets = golden.Values(name + "_offsets");
        return [.. Enumerable.Range(0, offsets.Length - 1).Select(i => Encoding.UTF8.GetString(bytes.AsSpan((int)offsets[i], (int)(offsets[i + 1] - offsets[i]))))];
    }

    private static string OraclePath(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "oracles", "swords", name);
    }
}
