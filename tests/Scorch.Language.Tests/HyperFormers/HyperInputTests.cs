using Scorch.Checkpoints;
using Scorch.Language.HyperFormers;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Tests.HyperFormers;

public sealed class HyperInputTests : IDisposable
{
    private static readonly TaskExample Good = new("a sentence: fine", "yes");
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-hyperformer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Tasks_that_are_unknown_or_named_twice_are_named()
    {
        var model = HyperSmall.Lively();
        Assert.Contains("there is no task 'x'; the known tasks are a, b, c", Refused(() => model.NumberOf("x")));
        Assert.Contains("there is no task 'x'", Refused(() => model.Materialize("x")));
        Assert.Contains("there is no task 'x'", Refused(() => model.AddTask("d", "x")));
        Assert.Contains("two tasks are named 'a'", Refused(() => model.AddTask("a")));
        Assert.Contains("two tasks are named 'a'", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config, ["a", "a"])));
        Assert.Contains("no task was given", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config, [])));
        Assert.Contains("'a.b' is no name", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config, ["a.b"])));
        Assert.Contains("there is no task 7", Refused(() => model.Forward(HyperSmall.Batch(7, 0))));
        Assert.Contains("no tasks were given", Refused(() => model.Backbone.Encode(HyperSmall.Batch(0).Ids)));
        Assert.Contains("for 2 rows", Refused(() => model.Forward(HyperSmall.Batch(0, 1) with { Tasks = Tensor.From(0L, 1, 2) })));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        Assert.Contains("5 does not divide the 12 features", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config with { Reduction = 5 }, ["a"])));
        Assert.Contains("0 does not divide", Refused(() => AdapterModel.Attach(HyperSmall.Backbone(), 0, ["a"])));
        Assert.Contains("the backbone has 12 features; give ModelDim = 12", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), new(), ["a"])));
        Assert.Contains("TaskDim is 0", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config with { TaskDim = 0 }, ["a"])));
        Assert.Contains("Sharing is 9", Refused(() => HyperFormer.Attach(HyperSmall.Backbone(), HyperSmall.Config with { Sharing = (HyperSharing)9 }, ["a"])));
        Assert.Contains("the task's vector has shape [4]", Refused(() => AdapterHyperNetwork.Create(HyperSmall.Config, 2, new(1)).Generate(Tensor.Zeros([4]))));
    }

    [Fact]
    public void A_backbone_that_lacks_a_part_or_has_adapters_is_refused()
    {
        var model = HyperSmall.Backbone();
        model.Replace(new() { FeedForward = site => site.Layer == 2 ? null! : site.CreateDefault() });
        Assert.Contains("cannot attach: encoder block 2 has no FFN", Refused(() => HyperFormer.Attach(model, HyperSmall.Config, ["a"])));
        model = HyperSmall.Backbone();
        model.Replace(new() { Attention = site => site.Kind == AttentionKind.Causal ? null! : site.CreateDefault() });
        Assert.Contains("cannot attach: decoder block 0 has no self-attention", Refused(() => AdapterModel.Attach(model, 3, ["a"])));
        var adapted = HyperSmall.Lively();
        Assert.Contains("has adapters already", Refused(() => HyperFormer.Attach(adapted.Backbone, HyperSmall.Config, ["a"])));
        Assert.Contains("has adapters already", Refused(() => adapted.Materialize("a").AttachTo(adapted.Backbone)));
    }

    [Fact]
    public void Weights_for_another_backbone_and_damaged_files_are_refused()
    {
        var path = Path.Combine(folder, "model.safetensors");
        var model = HyperSmall.Lively();
        model.Save(path);
        var deeper = new T5Model(HyperSmall.Shape with { Layers = 4 }, new(1));
        Assert.Contains("trained for 3 encoder and 2 decoder layers, the backbone has 4 and 2", Refused(() => HyperFormer.Load(path, deeper)));
        var wider = new T5Model(HyperSmall.Shape with { Features = 24 }, new(1));
        Assert.Contains("ModelDim is 12", Refused(() => HyperFormer.Load(path, wider)));
        var weights = model.Materialize("a");
        Assert.Contains("adapters for 3 layers of the encoder", Refused(() => weights.AttachTo(deeper)));
        Assert.Contains("adapters for 12 features", Refused(() => weights.AttachTo(wider)));
        weights.Save(Path.Combine(folder, "a.safetensors"));
        Assert.Contains("no file of a HyperFormer", Assert.Throws<CheckpointException>(() => HyperFormer.Load(Path.Combine(folder, "a.safetensors"), HyperSmall.Backbone())).Message);
        Assert.Contains("no file of materialised adapters", Assert.Throws<CheckpointException>(() => AdapterWeights.Load(path)).Message);
        var (tensors, metadata) = (SafeTensors.Load(path), SafeTensors.LoadMetadata(path)["hyperformer"]);
        void Written(string text, Func<KeyValuePair<string, Tensor>, bool>? keep = null) => SafeTensors.Save(path, tensors.Where(keep ?? (_ => true)), new Dictionary<string, string> { ["hyperformer"] = text });
        Written(metadata, entry => entry.Key != "encoder.LayerNorm.bias");
        Assert.Contains("encoder.LayerNorm.bias", Assert.Throws<CheckpointException>(() => HyperFormer.Load(path, HyperSmall.Backbone())).Message);
        Written(metadata, entry => !entry.Key.EndsWith("final_layer_norm.weight", StringComparison.Ordinal));
        Assert.Contains("final_layer_norm.weight is missing", Assert.Throws<CheckpointException>(() => HyperFormer.Load(path, HyperSmall.Backbone())).Message);
        Written(metadata.Replace("\"HiddenDim\": 7", "\"HiddenDim\": 60000", StringComparison.Ordinal));
        Assert.Contains("more than the file holds", Assert.Throws<CheckpointException>(() => HyperFormer.Load(path, HyperSmall.Backbone())).Message);
        Written("{");
        Assert.Contains("no sizes of a HyperFormer", Assert.Throws<CheckpointException>(() => HyperFormer.Load(path, HyperSmall.Backbone())).Message);
    }

    [Fact]
    public void Examples_that_cannot_be_trained_or_told_apart_are_named()
    {
        Assert.Contains("there is no training example", Refused(() => new TextTask("t", [])));
        Assert.Contains("validation example 0 has the label 'no', which no training example has (labels: yes)", Refused(() => new TextTask("t", [Good], [Good with { Target = "no" }])));
        Assert.Contains("test example 0", Refused(() => new TextTask("t", [Good], null, [Good with { Target = "no" }])));
        Assert.Equal(["yes"], new TextTask("t", [Good], null, [Good with { Target = "no" }], allowsUnseenLabels: true).Labels);
        Assert.Contains("empty text or answer", Refused(() => new TextTask("t", [Good, Good with { Source = " " }])));
        var text = new TaskText(TaskText.WordsOf(["a sentence: fine"], ["yes"], 40));
        var task = new TextTask("t", [Good]);
        Assert.Contains("two tasks are named 't'", Refused(() => new TaskSet(text, task, task)));
        Assert.Contains("there is no task 'u'; the known tasks are t", Refused(() => new TaskSet(text, task)["u"]));
        Assert.Contains("'never' of task 'u' holds a word", Refused(() => new TaskSet(text, new TextTask("u", [Good with { Target = "never" }]))));
        Assert.Contains("are the same tokens", Refused(() => new TaskSet(text, new TextTask("u", [Good, Good with { Target = "YES" }]))));
        Assert.Contains("temperature is 0", Refused(() => new TaskSampler([1, 2], 0)));
        Assert.Contains("temperature is NaN", Refused(() => new TaskSampler([1, 2], double.NaN)));
        Assert.Contains("task 1 has 0 examples", Refused(() => new TaskSampler([1, 0])));
        Assert.Contains("Temperature is -1", Refused(() => new MultiTaskOptions { Temperature = -1 }.Validate()));
        Assert.Contains("do not fit a vocabulary", Refused(() => TaskText.WordsOf(["a"], ["yes"], 19)));
        Assert.Contains("no sentinels", Refused(() => SmallBackbone.Pretrain(["a b c d"], new TaskText(WordTokenizer.FromTexts(["a b c d"], 40, 1, null, "<pad>", "</s>", "<unk>")), new() { Features = 8, Heads = 2 })));
    }

    private static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static string Refused(Func<object?> action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
