using System.Globalization;
using Scorch.Language.MetaDistil;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.MetaDistil;

public sealed class MetaCommandTests : IDisposable
{
    private static readonly string[] Animals = ["cat", "dog", "horse", "cow"], Colours = ["red", "blue", "green", "white"];

    private readonly string folder = Directory.CreateTempSubdirectory("scorch-metadistil-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_table_is_distilled_saved_and_told()
    {
        var table = Table(120);
        var output = await Call("distil", new() { ["csv"] = table, ["label"] = "kind", ["out"] = folder, ["epochs"] = "40", ["teacher-hidden"] = "24", ["learning-rate"] = "1e-2", ["student-hidden"] = "6", ["teacher-epochs"] = "150" });
        Assert.Contains("Student of", output);
        Assert.Contains("\"metaSteps\": ", File.ReadAllText(Path.Combine(folder, "report.json")));
        var told = (await Call("predict", new() { ["csv"] = table, ["model"] = Path.Combine(folder, "student") })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var kinds = File.ReadLines(table).Skip(1).Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]).ToArray();
        Assert.Equal(120, told.Length);
        Assert.InRange(told.Zip(kinds).Count(pair => pair.First.StartsWith(pair.Second + "\t", StringComparison.Ordinal)), 96, 120);
        Assert.Contains("There is no column 'sort'", (await Assert.ThrowsAnyAsync<Exception>(() => Call("distil", new() { ["csv"] = table, ["label"] = "sort", ["out"] = folder }))).Message);
        Assert.Contains("--label must name", (await Assert.ThrowsAsync<UsageException>(() => Call("distil", new() { ["csv"] = table, ["out"] = folder }))).Message);
        Assert.Contains("PilotRate is 0", (await Assert.ThrowsAnyAsync<Exception>(() => Call("distil", new() { ["csv"] = table, ["label"] = "kind", ["out"] = folder, ["pilot-rate"] = "0" }))).Message);
        Assert.Contains("either --csv", (await Assert.ThrowsAsync<UsageException>(() => Call("distil", new() { ["out"] = folder }))).Message);
    }

    [Theory]
    [InlineData("metadistil", "bag", "exact")]
    [InlineData("metadistil", "transformer", "finite-difference")]
    [InlineData("distillation", "bag", "exact")]
    [InlineData("alone", "bag", "exact")]
    public async Task Sentences_are_distilled_in_every_way(string method, string student, string solver)
    {
        var text = Sentences(80);
        await Call("distil", new()
        {
            ["text"] = text,
            ["out"] = folder,
            ["method"] = method,
            ["student"] = student,
            ["student-features"] = "8",
            ["teacher-features"] = "8",
            ["teacher-layers"] = "1",
            ["teacher-epochs"] = "3",
            ["epochs"] = "3",
            ["length"] = "4",
            ["solver"] = solver,
        });
        var plain = Path.Combine(folder, "plain.txt");
        File.WriteAllText(plain, "red blue\nzebra\n");
        var told = await Call("predict", new() { ["text"] = plain, ["model"] = Path.Combine(folder, "student") });
        Assert.Equal(2, told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("reads sentences", (await Assert.ThrowsAsync<ArgumentException>(() => Call("predict", new() { ["csv"] = Table(3), ["model"] = Path.Combine(folder, "student") }))).Message);
    }

    [Fact]
    public async Task Verify_prints_how_far_the_ways_lie_apart()
    {
        var output = await Call("verify", new() { ["text"] = Sentences(60), ["teacher-features"] = "8", ["teacher-layers"] = "1", ["teacher-epochs"] = "2", ["length"] = "4" });
        Assert.Contains("closed form", output);
    }

    [Fact]
    public async Task A_line_without_a_sentence_is_named()
    {
        var path = Path.Combine(folder, "bad.txt");
        File.WriteAllText(path, "a good sentence\nlonely\n");
        Assert.Contains("line 2", (await Assert.ThrowsAsync<TextFormatException>(() => Call("distil", new() { ["text"] = path, ["out"] = folder }))).Message);
    }

    [Fact]
    public async Task Smoke_scale_measures_without_any_data_folder()
    {
        var reproduction = new MetaDistilReproduction();
        var settings = new RunSettings(reproduction.Settings(Scale.Smoke), [new("sweep", "false"), new("epochs", "2"), new("teacher-epochs", "1")]);
        var context = new RunContext(reproduction.Claims, Scale.Smoke, [1, 2], settings, folder, new DataLocator([folder]));
        await reproduction.RunAsync(context);
        Assert.Equal(["C1a", "C1c", "C2a", "C2c"], context.Measurements.Select(measurement => measurement.ClaimId).Distinct());
        Assert.Equal(["C1b", "C1d", "C2b", "C2d", "C3"], context.NotMeasurable.Keys.Order());
        var again = new RunContext(reproduction.Claims, Scale.Smoke, [1, 2], settings, folder, new DataLocator([folder]));
        await reproduction.RunAsync(again);
        Assert.Equal(context.Measurements, again.Measurements);
        Assert.Contains("one round of 32 examples", await reproduction.DryRunAsync(context));
    }

    [Fact]
    public void Files_of_GLUE_are_read_as_distributed()
    {
        string Written(string name, string content)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, content);
            return path;
        }
        Assert.Equal([new("it 's \"fine", null, 1)], GlueFiles.Read(Written("sst.tsv", "sentence\tlabel\nit 's \"fine\t1\n"), GlueTask.Sst2));
        Assert.Equal([new("One.", "Two.", 0)], GlueFiles.Read(Written("mrpc.tsv", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\tOne.\tTwo.\n"), GlueTask.Mrpc));
        Assert.Equal([new("Fine.", null, 1)], GlueFiles.Read(Written("cola.tsv", "gj04\t1\t\tFine.\n"), GlueTask.Cola));
        Assert.Equal([new("a?", "b?", 1)], GlueFiles.Read(Written("qqp.tsv", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\ta?\tb?\t1\n2\tbroken\n"), GlueTask.Qqp));
        Assert.Equal([new("p", "h", 1)], GlueFiles.Read(Written("rte.tsv", "index\tsentence1\tsentence2\tlabel\n0\tp\th\tnot_entailment\n"), GlueTask.Rte));
        Assert.Contains("no column 'sentence'", Assert.Throws<TextFormatException>(() => GlueFiles.Read(Written("x.tsv", "a\tb\n1\t2\n"), GlueTask.Sst2)).Message);
        Assert.Contains("line 2", Assert.Throws<TextFormatException>(() => GlueFiles.Read(Written("y.tsv", "sentence\tlabel\ngood\t7\n"), GlueTask.Sst2)).Message);
    }

    [Fact]
    public void A_pair_of_texts_is_cut_to_the_length_with_its_segments()
    {
        var tokenizer = new WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c"], null, "[PAD]", "[UNK]", "[CLS]", "[SEP]");
        var data = FullGlue.Encode([new("a a a", "b c b", 1), new("a", null, 0)], tokenizer, 7);
        Assert.Equal([2, 4, 4, 3, 5, 6, 3, 2, 4, 3, 0, 0, 0, 0], data.Tensors[0].ToArray<long>());
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], data.Tensors[1].ToArray<long>());
    }

    private string Table(int rows)
    {
        var random = new RandomSource(1);
        var path = Path.Combine(folder, $"table{rows}.csv");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(_ =>
        {
            var (x, y) = (random.NextNormal(), random.NextNormal());
            return string.Create(CultureInfo.InvariantCulture, $"{(x + y > 0 ? "high" : "low")},{x},{y},text");
        }).Prepend("kind,x,y,remark"));
        return path;
    }

    private string Sentences(int count)
    {
        var path = Path.Combine(folder, "sentences.txt");
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(i =>
        {
            var words = i % 2 == 0 ? Animals : Colours;
            return $"{(i % 2 == 0 ? "animal" : "colour")} {words[i / 2 % 4]} {words[i / 8 % 4]} {words[i / 32 % 4]}";
        }));
        return path;
    }

    private async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new MetaDistilReproduction().Commands.Single(command => command.Name == name);
        using var output = new StringWriter();
        using var error = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, error, new DataLocator([folder])));
        return output.ToString();
    }
}
