using Scorch.Language.Softermax;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.BaseTwo;

public sealed class SquadTests : IDisposable
{
    private const string Context = "The cat sat on the mat. A dog ran in the park.";
    private static readonly string[] Pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "on", "mat", ".", "a", "dog", "ran", "in", "park", "who", "where", "?"];

    private readonly string folder = Directory.CreateTempSubdirectory("scorch-squad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Windows_overlap_and_mark_answers_where_they_are_whole()
    {
        var tokenizer = new WordPieceTokenizer(Pieces, null, "[PAD]", "[UNK]", "[CLS]", "[SEP]");
        SquadExample[] examples = [new("1", Context, "Who ran?", [("A dog", 24)])];
        var windows = SquadWindows.Of(examples, tokenizer, 12, 4);
        // 13 tokens of context, 12 - 3 - 3 = 6 a window, 4 further on each time.
        Assert.Equal([0, 4, 8], windows.Select(window => window.Spans[0].Start == 0 ? 0 : tokenizer.EncodeWithOffsets(Context).Spans.ToList().FindIndex(span => span.Start == window.Spans[0].Start)));
        var last = windows[1];
        Assert.Equal("A dog", Context[last.Spans[last.Start - last.First].Start..last.Spans[last.End - last.First].End]);
        Assert.Equal((0, 0), (windows[0].Start, windows[0].End));
        Assert.All(windows, window => Assert.Equal(12, window.Ids.Length));
        Assert.Equal(1, windows[0].Segments[windows[0].First]);
        Assert.Equal(0, windows[0].Segments[windows[0].First - 1]);
        // The likeliest span of several windows is cut from the paragraph as it stands.
        var (starts, ends) = (new float[12], new float[12]);
        starts[last.Start] = 5;
        ends[last.End] = 5;
        // An end before its start is no answer, however likely.
        ends[last.Start - 1] = 9;
        Assert.Equal("A dog", SquadWindows.Answer(examples[0], [(windows[0], new float[12], new float[12]), (last, starts, ends)]));
    }

    [Fact]
    public void The_published_files_are_read_and_bad_ones_named()
    {
        var path = Write("""{"version":"1.1","data":[{"title":"t","paragraphs":[{"context":"A 𝒜 dog ran.","qas":[{"id":"q1","question":"Who?","answers":[{"text":"dog","answer_start":4}]}]}]}]}""");
        var example = Assert.Single(SquadFile.Read(path));
        // Places count characters, not UTF-16 units.
        Assert.Equal(("q1", "dog", 5), (example.Id, example.Answers[0].Text, example.Answers[0].Start));
        Assert.Contains("q1", Assert.Throws<TextFormatException>(() => SquadFile.Read(Write("""{"data":[{"paragraphs":[{"context":"A dog.","qas":[{"id":"q1","question":"Who?","answers":[{"text":"dog","answer_start":9}]}]}]}]}"""))).Message);
        Assert.Contains("no answer", Assert.Throws<TextFormatException>(() => SquadFile.Read(Write("""{"data":[{"paragraphs":[{"context":"A dog.","qas":[{"id":"q1","question":"Who?","answers":[]}]}]}]}"""))).Message);
        Assert.Contains("no JSON of SQuAD", Assert.Throws<TextFormatException>(() => SquadFile.Read(Write("[]"))).Message);
        Assert.Contains("no JSON of SQuAD", Assert.Throws<TextFormatException>(() => SquadFile.Read(Write("{"))).Message);
        Assert.Contains("no question", Assert.Throws<TextFormatException>(() => SquadFile.Read(Write("""{"data":[]}"""))).Message);
    }

    [Fact]
    public async Task A_small_BERT_runs_the_papers_way_through_SQuAD()
    {
        var bert = Path.Combine(folder, "bert");
        new BertClassifier(new() { VocabularySize = Pieces.Length, Features = 16, Layers = 1, Heads = 2, Inner = 32, Positions = 32 }, 2, new RandomSource(1)).Save(bert);
        File.WriteAllLines(Path.Combine(bert, "vocab.txt"), Pieces);
        var question = """{"id":"ID","question":"Who ran?","answers":[{"text":"A dog","answer_start":24}]}""";
        var json = "{\"data\":[{\"paragraphs\":[{\"context\":\"" + Context + "\",\"qas\":[" + string.Join(',', Enumerable.Range(0, 40).Select(i => question.Replace("ID", $"q{i}", StringComparison.Ordinal))) + "]}]}]}";
        File.WriteAllText(Path.Combine(folder, "train-v1.1.json"), json);
        File.WriteAllText(Path.Combine(folder, "dev-v1.1.json"), json);
        var reproduction = new SoftermaxReproduction();
        var settings = new RunSettings(reproduction.Settings(Scale.Paper), [new("task", "squad"), new("squad", folder), new("bert", bert), new("length", "24"), new("epochs", "20"), new("learning-rate", "0.01")]);
        var context = new RunContext(reproduction.Claims, Scale.Paper, [1], settings, folder, new DataLocator([folder]));
        await reproduction.RunAsync(context);
        // One question and its answer, learnt by heart in both ways.
        Assert.Equal([100, 100], context.Measurements.Select(measurement => measurement.Value));
        Assert.Contains(context.Notes, note => note.Contains("exact match 100", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Smoke_scale_measures_without_any_data_folder_and_twice_the_same()
    {
        var reproduction = new SoftermaxReproduction();
        async Task<IReadOnlyList<Measurement>> Run()
        {
            var context = new RunContext(reproduction.Claims, Scale.Smoke, [1, 2], new RunSettings(reproduction.Settings(Scale.Smoke), []), folder, new DataLocator([folder]));
            await reproduction.RunAsync(context);
            Assert.Contains(context.Notes, note => note.StartsWith("documentation, seed 2", StringComparison.Ordinal));
            return context.Measurements;
        }
        var first = await Run();
        Assert.Equal(["C1a", "C3a"], first.Select(measurement => measurement.ClaimId).Distinct().Order());
        Assert.Equal(first, await Run());
    }

    private string Write(string json)
    {
        var path = Path.Combine(folder, Guid.NewGuid() + ".json");
        File.WriteAllText(path, json);
        return path;
    }
}
