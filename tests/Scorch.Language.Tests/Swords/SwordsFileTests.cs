using System.IO.Compression;
using System.Text;
using Scorch.Checkpoints;
using Scorch.Language.Swords;
using Scorch.Text;

namespace Scorch.Language.Tests.Swords;

public sealed class SwordsFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-swords-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("again.json")]
    [InlineData("again.json.gz")]
    public void A_benchmark_is_the_same_again(string name)
    {
        var benchmark = Small.Benchmark;
        benchmark.SaveJson(In(name));
        var again = LexSubDataset.Load(In(name));
        Assert.Equal(benchmark.Id, again.Id);
        Assert.Equal(benchmark.Targets.Select(target => (target.Id, target.Word, target.Offset, target.Lemma)), again.Targets.Select(target => (target.Id, target.Word, target.Offset, target.Lemma)));
        Assert.Equal(benchmark.Substitutes.SelectMany(substitute => substitute.Sources), again.Substitutes.SelectMany(substitute => substitute.Sources));
        Assert.Contains("big", benchmark.SubstitutesOf(benchmark.Targets.First().Id).Select(substitute => substitute.Text));
    }

    [Fact]
    public void Offsets_count_characters_beyond_the_basic_plane_once()
    {
        var benchmark = Small.Benchmark;
        var target = benchmark.Targets.Single(target => target.Word == "figure");
        var query = benchmark.Query(target);
        Assert.Equal("figure", query.Word);
        Assert.Equal(target.Offset + 1, query.Start);
        Assert.Equal("a", query.WordBefore);
    }

    [Fact]
    public void A_result_is_the_same_again_with_infinite_scores()
    {
        var id = Small.Benchmark.Targets.First().Id;
        var result = new LexSubResult(substitutesAreLemmas: false);
        result.Add(id, [new("b", 1), new("a", 0.1), new("last", double.NegativeInfinity), new("first", 3), new("tie", 1)]);
        result.SaveJson(In("out.lsr.json"));
        Assert.Contains("-Infinity", File.ReadAllText(In("out.lsr.json")), StringComparison.Ordinal);
        var again = LexSubResult.Load(In("out.lsr.json"));
        Assert.False(again.SubstitutesAreLemmas);
        Assert.Equal(result.Of(id), again.Of(id));
        Assert.Equal(["first", "b", "tie", "a", "last"], again.Of(id).Select(suggestion => suggestion.Text));
        // A list of texts alone is in order.
        File.WriteAllText(In("plain.json"), "{\"substitutes_lemmatized\": true, \"substitutes\": {\"" + id + "\": [\"x\", \"y\"]}}");
        Assert.Equal([new("x", 0), new("y", -1)], LexSubResult.Load(In("plain.json")).Of(id));
    }

    [Fact]
    public void Damaged_files_are_named_with_the_remedy()
    {
        Small.Benchmark.SaveJson(In("whole.json"));
        var text = File.ReadAllText(In("whole.json"));
        Refused(text[..(text.Length / 2)], "cut short");
        Refused(text.Replace("\"TRUE\"", "\"MAYBE\"", StringComparison.Ordinal), "'MAYBE' is no label; the five labels are");
        Refused(text.Replace("\"offset\": 17", "\"offset\": 18", StringComparison.Ordinal), "is not that of its content");
        Refused(text.Replace("\"pos\": \"ADV\"", "\"pos\": \"ADVERB\"", StringComparison.Ordinal), "no part of speech");
        Refused("{}", "has no 'contexts'");
        Refused("[1, 2]", "expected an object");
        using (var packed = new GZipStream(File.Create(In("cut.json.gz")), CompressionLevel.Optimal)) packed.Write(Encoding.UTF8.GetBytes(text));
        var bytes = File.ReadAllBytes(In("cut.json.gz"));
        File.WriteAllBytes(In("cut.json.gz"), bytes[..(bytes.Length / 2)]);
        Assert.Contains("cut short", Assert.Throws<TextFormatException>(() => LexSubDataset.Load(In("cut.json.gz"))).Message, StringComparison.Ordinal);

        void Refused(string content, string expected)
        {
            File.WriteAllText(In("bad.json"), content);
            Assert.Contains(expected, Assert.Throws<TextFormatException>(() => LexSubDataset.Load(In("bad.json"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var context = new LexSubContext("Tea\tis served at\nfive.");
        var target = new LexSubTarget(context.Id, "served", 7);
        Assert.Contains("Tea\tis |served at", Assert.Throws<ArgumentException>(() => new LexSubDataset([context], [new(context.Id, "cooked", 7)], [], true)).Message, StringComparison.Ordinal);
        Assert.Contains("not at offset 99", Assert.Throws<ArgumentException>(() => new LexSubDataset([context], [new(context.Id, "served", 99)], [], true)).Message, StringComparison.Ordinal);
        LexSubSubstitute[] twice = [new(target.Id, "offered", [SubstituteLabel.True]), new(target.Id, "Offered", [SubstituteLabel.False])];
        Assert.Contains("stands twice", Assert.Throws<ArgumentException>(() => new LexSubDataset([context], [target], twice, true)).Message, StringComparison.Ordinal);
        Assert.Contains("no label", Assert.Throws<ArgumentException>(() => new LexSubSubstitute(target.Id, "offered", [])).Message, StringComparison.Ordinal);
        var result = new LexSubResult(true);
        Assert.Contains("is NaN", Assert.Throws<ArgumentException>(() => result.Add(target.Id, [new("offered", double.NaN)])).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<ArgumentException>(() => LexSubEvaluator.Evaluate(Small.Benchmark, result, Small.Options)).Message, StringComparison.Ordinal);
        foreach (var i in Enumerable.Range(0, 5)) result.AddInOrder($"t:{i}", ["x"]);
        Assert.Contains("t:0, t:1, t:2, …", Assert.Throws<ArgumentException>(() => LexSubEvaluator.Evaluate(Small.Benchmark, result, Small.Options)).Message, StringComparison.Ordinal);
        File.WriteAllText(In("nan.json"), """{"substitutes_lemmatized": true, "substitutes": {"t:1": [["x", NaN]]}}""");
        Assert.Contains("is NaN", Assert.Throws<TextFormatException>(() => LexSubResult.Load(In("nan.json"))).Message, StringComparison.Ordinal);
        File.WriteAllText(In("empty.json"), """{"substitutes_lemmatized": true, "substitutes": {}}""");
        Assert.Contains("is empty", Assert.Throws<TextFormatException>(() => LexSubResult.Load(In("empty.json"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LexSubEvaluator.Evaluate(Small.Benchmark, result, Small.Options with { K = 0 }));
    }

    [Fact]
    public void A_thesaurus_is_read_from_a_pickle_of_containers_and_from_lines()
    {
        // {("way", "n1/v"): {"results": ["path", "road"]}}, protocol 2, as pickletools assembles it.
        byte[] pickle = [0x80, 2, (byte)'}', .. Text("way"), .. Text("n1/v"), 0x86, (byte)'}', .. Text("results"), (byte)']', (byte)'(', .. Text("path"), .. Text("road"), (byte)'e', (byte)'s', (byte)'s', (byte)'.'];
        File.WriteAllBytes(In("small.pkl"), pickle);
        var thesaurus = RogetThesaurus.Load(In("small.pkl"));
        var sense = Assert.Single(thesaurus.SensesOf("way"));
        Assert.Equal([PartOfSpeech.Noun, PartOfSpeech.Verb], sense.Parts);
        Assert.Equal(["path", "road"], sense.Synonyms);
        thesaurus.SaveJsonLines(In("small.jsonl"));
        Assert.Equal(["path", "road"], RogetThesaurus.Load(In("small.jsonl")).SensesOf("way")[0].Synonyms);
        // A class in the pickle is refused by name, not looked up.
        File.WriteAllBytes(In("evil.pkl"), [0x80, 2, .. "cos\nsystem\n"u8, .. Text("true"), 0x85, (byte)'R', (byte)'.']);
        Assert.Contains("os.system", Assert.Throws<CheckpointException>(() => RogetThesaurus.Load(In("evil.pkl"))).Message, StringComparison.Ordinal);
        File.WriteAllText(In("bad.jsonl"), "{\"lemma\": \"way\"}\n");
        Assert.Contains("synonyms", Assert.Throws<TextFormatException>(() => RogetThesaurus.Load(In("bad.jsonl"))).Message, StringComparison.Ordinal);

        static byte[] Text(string text) => [(byte)'X', (byte)text.Length, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];
    }

    [Fact]
    public void Word_vectors_are_read_with_and_without_a_first_line()
    {
        File.WriteAllText(In("v.txt"), "3 2\ncat 1 0\ndog 0.6 0.8\nhot_dog 0 2\n");
        var vectors = WordVectors.Load(In("v.txt"));
        Assert.Equal(0.6, vectors.Cosine("cat", "Dog")!.Value, 1e-6);
        Assert.Equal([0.8f, 0.4f], vectors.Mean("cat dog")!);
        Assert.Null(vectors.Cosine("cat", "submarine"));
        vectors.Save(In("w.txt"));
        Assert.Equal(vectors["dog"].ToArray(), WordVectors.Load(In("w.txt"))["dog"].ToArray());
        File.WriteAllText(In("v.txt"), "cat 1 0\ndog 0.6\n");
        Assert.Contains("line 2", Assert.Throws<TextFormatException>(() => WordVectors.Load(In("v.txt"))).Message, StringComparison.Ordinal);
        File.WriteAllText(In("v.txt"), "cat 1 0\ndog 0.6 NaN\n");
        Assert.Contains("no finite number", Assert.Throws<TextFormatException>(() => WordVectors.Load(In("v.txt"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_older_form_of_benchmarks_is_read()
    {
        File.WriteAllText(In("old.json"), """
            {"wprimes_lemmatized": true, "ss": [{"id": 1, "s": "On our side: aid.", "ws": [{"id": 0, "w": "side", "off": 7, "pos": ["NOUN"],
             "wprimes": [{"wprime": "part", "human_labels": ["TRUE_IMPLICIT", "TRUE_IMPLICIT"]}, {"wprime": "Part", "human_labels": ["FALSE_IMPLICIT"]}]}]}]}
            """);
        var benchmark = SemEvalJson.Load(In("old.json"));
        Assert.Equal((3, 2.0 / 3), (Assert.Single(benchmark.Substitutes).Labels.Count, benchmark.Substitutes.First().Score));
    }

    private string In(string name) => Path.Combine(folder, name);
}
