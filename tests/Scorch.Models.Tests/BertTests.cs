using Scorch.Autograd;
using Scorch.Models.Transformers;

namespace Scorch.Models.Tests;

public class BertTests
{
    private static readonly BertConfig Tiny = new()
    {
        VocabularySize = 23,
        Features = 12,
        Heads = 3,
        Inner = 20,
        Layers = 2,
        Positions = 11,
        HiddenDropout = 0,
        AttentionDropout = 0,
    };

    private static (Golden Golden, BertClassifier Classifier, BertMaskedLanguageModel Masked) Published()
    {
        var golden = new Golden("transformers/bert.npz");
        var (classifier, masked) = (new BertClassifier(Tiny, 4, new(1)), new BertMaskedLanguageModel(Tiny, new(2)));
        classifier.ConvertTo(DataType.Float64);
        masked.ConvertTo(DataType.Float64);
        var weights = golden.Below("param.");
        classifier.LoadPublished(weights);
        masked.LoadPublished(weights.Where(entry => !entry.Key.StartsWith("classifier.", StringComparison.Ordinal)).ToDictionary());
        return (golden, classifier, masked);
    }

    [Fact]
    public void Both_heads_and_the_sum_of_their_gradients_are_the_reference_ones()
    {
        var (golden, classifier, masked) = Published();
        var (ids, mask, segments) = (golden["in.ids"], golden["in.mask"], golden["in.segments"]);
        var classes = classifier.Forward(ids, mask, segments);
        var words = masked.Forward(ids, mask, segments);
        var real = mask.To(DataType.Float64).Unsqueeze(2);
        Golden.AssertClose(golden["out.classes"], classes.Detach());
        Golden.AssertClose(golden["out.hidden"] * real, classifier.Bert.Forward(ids, mask, segments).Detach() * real);
        Golden.AssertClose(golden["out.masked"] * real, words.Detach() * real);
        ((classes * golden["in.upstream_classes"]).Sum() + (words * golden["in.upstream_masked"]).Sum()).Backward();
        var sums = new Dictionary<string, Tensor>();
        foreach (var (name, parameter) in classifier.NamedParameters().Concat(masked.NamedParameters()))
            sums[name] = sums.TryGetValue(name, out var sum) ? sum + parameter.Gradient! : parameter.Gradient!;
        Assert.Equal(golden.Below("grad.").Keys.Order(), sums.Keys.Order());
        foreach (var (name, sum) in sums) Golden.AssertClose(golden["grad." + name], sum, what: name);
    }

    [Fact]
    public void A_trace_holds_every_block_and_attention_weights_that_give_its_output()
    {
        var (golden, _, masked) = Published();
        masked.Evaluate();
        var (ids, mask, segments) = (golden["in.ids"], golden["in.mask"], golden["in.segments"]);
        var trace = masked.Bert.Trace(ids, mask, segments);
        Assert.Equal((Tiny.Layers + 1, Tiny.Layers), (trace.HiddenStates.Count, trace.Attentions.Count));
        Golden.AssertClose(masked.Bert.Forward(ids, mask, segments).Detach(), trace.HiddenStates[^1].Detach());
        Golden.AssertClose(masked.Forward(ids, mask, segments).Detach(), masked.Predict(trace.HiddenStates[^1]).Detach());
        for (var layer = 0; layer < Tiny.Layers; layer++)
        {
            var weights = trace.Attentions[layer]!;
            Golden.AssertClose(Tensor.Ones(weights.Sum(-1).Shape, DataType.Float64), weights.Sum(-1).Detach());
            // softmax(Q K^T) V is what the fused attention gives.
            var part = (BertAttention)masked.Bert.Encoder.Layer[layer].Attention.Self;
            var hidden = trace.HiddenStates[layer];
            var (batch, time) = (hidden.Shape[0], hidden.Shape[1]);
            var values = part.Value.Forward(hidden).Reshape(batch, time, Tiny.Heads, Tiny.Features / Tiny.Heads).Permute(0, 2, 1, 3);
            var attended = weights.MatMul(values).Permute(0, 2, 1, 3).Reshape(batch, time, Tiny.Features);
            Golden.AssertClose(part.Forward(hidden, null, new AttentionScope(mask), new TransformerContext()).Detach(), attended.Detach());
        }
        Assert.All(masked.Bert.Trace(ids, mask, segments, keepsAttentions: false).Attentions, Assert.Null);
        var doubled = masked.Bert.Trace(ids, mask, segments, words => words * 2).HiddenStates[0];
        Assert.NotEqual(trace.HiddenStates[0].ToArray<double>(), doubled.ToArray<double>());
    }

    [Fact]
    public void Checkpointing_changes_no_gradient()
    {
        double[][] Gradients(bool checkpointing)
        {
            var model = new BertClassifier(Tiny with { GradientCheckpointing = checkpointing, HiddenDropout = 0.2 }, 3, new(4));
            model.ConvertTo(DataType.Float64);
            model.Forward(Tensor.From([3L, 1, 4, 1, 5, 9], [2, 3])).Square().Sum().Backward();
            return [.. model.Parameters().Select(parameter => parameter.Gradient!.ToArray<double>())];
        }
        var (plain, again) = (Gradients(false), Gradients(true));
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], again[i], (a, b) => Math.Abs(a - b) <= 1e-10 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Padding_changes_no_real_state()
    {
        var (_, classifier, _) = Published();
        classifier.Evaluate();
        using var mode = GradientMode.Disable();
        var alone = classifier.Forward(Tensor.From([3L, 1, 4], [1, 3]));
        var padded = classifier.Forward(Tensor.From([3L, 1, 4, 7, 7, 7], [1, 6]), Tensor.From([true, true, true, false, false, false], [1, 6]));
        Golden.AssertClose(alone, padded, 1e-13);
    }

    [Fact]
    public void Old_names_of_normalisations_load_and_other_heads_are_skipped()
    {
        var (golden, classifier, _) = Published();
        var old = golden.Below("param.").ToDictionary(
            entry => entry.Key.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
            entry => entry.Value);
        old["cls.seq_relationship.weight"] = Tensor.Zeros([2, 12]);
        old["bert.embeddings.position_ids"] = Tensor.Range(11).Unsqueeze(0);
        var model = new BertClassifier(Tiny, 4, new(9));
        model.ConvertTo(DataType.Float64);
        model.LoadPublished(old);
        foreach (var (name, tensor) in classifier.State()) Assert.Equal(tensor.ToArray<double>(), model.State()[name].ToArray<double>());
    }

    [Fact]
    public void A_new_head_is_kept_where_the_file_has_none_and_only_there()
    {
        var weights = Published().Golden.Below("param.").Where(entry => !entry.Key.StartsWith("classifier.", StringComparison.Ordinal)).ToDictionary();
        var model = new BertClassifier(Tiny, 7, new(9));
        var before = model.Classifier.Weight.ToArray<float>();
        Assert.Contains("classifier.weight", Assert.Throws<ArgumentException>(() => model.LoadPublished(weights)).Message);
        model.LoadPublished(weights, keepsHead: true);
        Assert.Equal(before, model.Classifier.Weight.ToArray<float>());
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var model = new BertModel(Tiny, new(1));
        Assert.Contains("longer", Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 12], DataType.Int64))).Message);
        Assert.Contains("segments", Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(Tensor.Zeros([1, 2], DataType.Int64), segments: Tensor.From([0L, 2], [1, 2]))).Message);
        Assert.Contains("5 heads do not divide 12", Assert.Throws<ArgumentException>(() => new BertModel(Tiny with { Heads = 5 }, new(1))).Message);
    }
}
