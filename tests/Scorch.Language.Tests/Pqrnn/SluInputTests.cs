using Scorch.Checkpoints;
using Scorch.Language.Pqrnn;
using Scorch.Reproductions;
using Scorch.Testing;
using Scorch.Text;
using Student = Scorch.Language.Pqrnn.Pqrnn;

namespace Scorch.Language.Tests.Slu;

/// <summary>Files, bad input, the commands and the smoke scale.</summary>
public class SluInputTests
{
    private static readonly string[] Intents = ["a", "b"], Tags = ["B-x", "O"];

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4097)]
    public void Feature_sizes_out_of_range_are_named(int size) =>
        Assert.Contains("1 to 4096", Assert.Throws<ArgumentException>(() => Student.ForJointSlu(new() { FeatureSize = size }, Intents, Tags, 1)).Message);

    [Fact]
    public void Impossible_networks_are_named()
    {
        Assert.Contains("Kernel", Assert.Throws<ArgumentException>(() => Student.ForJointSlu(new() { Kernel = 0 }, Intents, Tags, 1)).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => Student.ForJointSlu(new(), ["a", "a"], Tags, 1)).Message);
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => new TernaryProjection(new()).Hash("a\ud800")).Message);
    }

    [Fact]
    public void A_batch_of_one_token_cannot_be_normalised_in_training()
    {
        var error = Assert.Throws<ArgumentException>(() => new MaskedBatchNorm(2).Forward(Tensor.Ones([1, 3, 2]), Tensor.From([1f, 0f, 0f], [1, 3])));
        Assert.Contains("1 tokens", error.Message);
    }

    [Fact]
    public void A_model_that_has_seen_no_batch_cannot_be_exported() =>
        Assert.Contains("no batch", Assert.Throws<InvalidOperationException>(() => Student.ForJointSlu(new() { FeatureSize = 32 }, Intents, Tags, 1).Export()).Message);

    [Fact]
    public void An_utterance_without_tokens_is_named()
    {
        Assert.Contains("no token", Assert.Throws<ArgumentException>(() => new SluUtterance([])).Message);
        Assert.Contains("utterance 1", Assert.Throws<ArgumentException>(() => new TernaryProjection(new()).Project([["x"], []])).Message);
    }

    [Fact]
    public void A_tag_that_the_model_does_not_know_is_named_in_training_and_wrong_in_evaluation()
    {
        var student = Student.ForJointSlu(new() { FeatureSize = 32, Bottleneck = 4, StateSize = 4, Layers = 1, Quantize = false }, Intents, Tags, 1);
        SluUtterance[] requests = [new(["x", "y"], ["O", "B-new"], "a")];
        Assert.Contains("'B-new'", Assert.Throws<ArgumentException>(() => SluTrainer.Fit(student, requests, new())).Message);
        Assert.Equal(0, SluMetrics.Evaluate(student, requests).ExactMatch);
    }

    [Fact]
    public void A_teacher_with_other_names_is_refused()
    {
        SluUtterance[] requests = [new(["x"], ["O"], "a")];
        var teacher = Student.ForJointSlu(new() { FeatureSize = 32, Quantize = false }, Intents, ["O", "B-x"], 1);
        var student = Student.ForJointSlu(new() { FeatureSize = 32 }, Intents, Tags, 1);
        Assert.Contains("tag 0 is 'O' for the teacher and 'B-x'", Assert.Throws<ArgumentException>(() => SluDistiller.Fit(student, TeacherLogits.Of(teacher, requests), requests, new())).Message);
    }

    [Fact]
    public void Logits_from_NumPy_are_read_and_checked()
    {
        using var folder = new Folder();
        SluUtterance[] requests = [new(["x", "y"]), new(["z"])];
        var (slots, intents) = (Path.Combine(folder.Path, "slots.npy"), Path.Combine(folder.Path, "intents.npy"));
        Npz.SaveArray(slots, new RandomSource(1).Normal([2, 2, 2]));
        Npz.SaveArray(intents, new RandomSource(2).Normal([2, 2]));
        Assert.Equal(2, TeacherLogits.Load(slots, intents, Intents, Tags, requests).Count);
        Assert.Contains("3 tags", Assert.Throws<ArgumentException>(() => TeacherLogits.Load(slots, intents, Intents, ["O", "B-x", "B-y"], requests)).Message);
    }

    [Fact]
    public void Published_forms_are_read()
    {
        using var folder = new Folder();
        folder.Write("seq.in", "fly to new york\nstop\n");
        folder.Write("seq.out", "O O B-city I-city\nO\n");
        folder.Write("label", "flight\nend\n");
        var atis = SluFiles.ReadSlotGated(folder.Path);
        Assert.Equal(("flight", "B-city"), (atis[0].Intent, atis[0].Tags![2]));
        var mtop = SluFiles.ReadMtop(folder.Write("mtop.tsv",
            "1\tIN:GET_WEATHER\t11:19:SL:LOCATION,20:25:SL:DATE_TIME\tweather in new york today\tweather\ten_XX\t[IN:GET_WEATHER]\t{\"tokens\":[\"weather\",\"in\",\"new\",\"york\",\"today\"],\"tokenSpans\":[{\"start\":0,\"length\":7},{\"start\":8,\"length\":2},{\"start\":11,\"length\":3},{\"start\":15,\"length\":4},{\"start\":20,\"length\":5}]}\n"));
        Assert.Equal(["O", "O", "B-LOCATION", "I-LOCATION", "B-DATE_TIME"], mtop[0].Tags!);
        var multi = SluFiles.ReadMultiAtis(folder.Write("multi.tsv", "id\tutterance\tslot_labels\tintent\n7\tnach berlin\tO B-city\tflight\n"));
        Assert.Equal(["nach", "berlin"], Assert.Single(multi).Tokens);
    }

    [Fact]
    public void Damaged_files_are_named_with_line_and_counts()
    {
        using var folder = new Folder();
        folder.Write("seq.in", "a b\nc d e\n");
        folder.Write("seq.out", "O O\nO O\n");
        folder.Write("label", "x\ny\n");
        Assert.Contains("line 2: 3 tokens, but 2 tags", Assert.Throws<TextFormatException>(() => SluFiles.ReadSlotGated(folder.Path)).Message);
        folder.Write("seq.out", "O O\n");
        Assert.Contains("2 lines", Assert.Throws<TextFormatException>(() => SluFiles.ReadSlotGated(folder.Path)).Message);
        folder.Write("seq.in", [(byte)'a', 0xff, (byte)'\n']);
        Assert.Contains("seq.in", Assert.Throws<TextFormatException>(() => SluFiles.ReadSlotGated(folder.Path)).Message);
        Assert.Contains("8 are needed", Assert.Throws<TextFormatException>(() => SluFiles.ReadMtop(folder.Write("m.tsv", "1\tx\n"))).Message);
        Assert.Contains("1 fields", Assert.Throws<TextFormatException>(() => SluFiles.ReadMultiAtis(folder.Write("n.tsv", "x\n"))).Message);
        Assert.Contains("'intent'", Assert.Throws<TextFormatException>(() => SluFiles.ReadCsv(folder.Write("c.csv", "text,tags\nhi,O\n"))).Message);
    }

    [Fact]
    public async Task The_commands_train_and_classify()
    {
        using var folder = new Folder();
        var lines = SluSample.Make(60, 1).Select(utterance => $"{string.Join(' ', utterance.Tokens)},{utterance.Intent},{string.Join(' ', utterance.Tags!)}");
        var csv = folder.Write("requests.csv", "text,intent,tags\n" + string.Join('\n', lines) + "\n");
        var model = Path.Combine(folder.Path, "model");
        var said = await Call("train", folder, ("csv", csv), ("out", model), ("steps", "10"), ("features", "64"), ("bottleneck", "8"), ("state", "8"), ("teacher-features", "8"));
        Assert.Contains("Teacher of", said);
        Assert.Contains("Student of", said);
        var read = await Call("classify", folder, ("model", model), ("csv", folder.Write("new.csv", "text\nplay stones by mira\n")));
        var fields = read.Trim().Split('\t');
        Assert.Equal(3, fields.Length);
        Assert.Equal(4, fields[2].Split(' ').Length);
        await Assert.ThrowsAsync<UsageException>(() => Call("train", folder, ("csv", csv), ("out", model), ("test-share", "1.5")));
        File.WriteAllText(Path.Combine(model, "config.json"), File.ReadAllText(Path.Combine(model, "config.json")).Replace("\"bottleneck\": 8", "\"bottleneck\": 2000000000", StringComparison.Ordinal));
        Assert.Contains("bottleneck.weight", (await Assert.ThrowsAsync<CheckpointException>(() => Call("classify", folder, ("model", model), ("csv", csv)))).Message);
    }

    [Fact]
    public async Task The_smoke_scale_measures_every_claim_of_ATIS()
    {
        var reproduction = new PqrnnReproduction();
        using var folder = new Folder();
        var settings = new RunSettings(reproduction.Settings(Scale.Smoke));
        var context = new RunContext(reproduction.Claims, Scale.Smoke, [1], settings, folder.Path, new DataLocator([folder.Path]));
        await reproduction.RunAsync(context);
        Assert.Equal(PqrnnReproduction.Ids, context.Measurements.Select(measurement => measurement.ClaimId).Distinct().Order(StringComparer.Ordinal));
        Assert.All(PqrnnReproduction.Ids, id => Assert.Contains(id + "-snips", context.NotMeasurable.Keys));
        Assert.Contains("one step", await reproduction.DryRunAsync(context));
    }

    [DataFact("slotgated-slu/data/atis")]
    public void ATIS_has_its_published_sizes()
    {
        var (train, test) = (Part("train"), Part("test"));
        Assert.Equal((4478, 893), (train.Count, test.Count));
        var (intents, tags) = SluUtterance.Names(train);
        Assert.Equal((21, 120), (intents.Count, tags.Count));

        static IReadOnlyList<SluUtterance> Part(string part) => SluFiles.ReadSlotGated(DataFactAttribute.PathOf($"slotgated-slu/data/atis/{part}"));
    }

    private static async Task<string> Call(string name, Folder folder, params (string Name, string Value)[] values)
    {
        var command = new PqrnnReproduction().Commands.Single(command => command.Name == name);
        using var output = new StringWriter();
        using var error = new StringWriter();
        await command.Handler(new CommandContext(command, values.ToDictionary(value => value.Name, value => value.Value), output, error, new DataLocator([folder.Path])));
        return output.ToString();
    }
}
