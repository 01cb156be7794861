using Scorch.Autograd;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;

namespace Scorch.Models.Tests;

public class Gpt2Tests
{
    private static readonly Gpt2Config Tiny = new()
    {
        VocabularySize = 19,
        Positions = 12,
        Features = 8,
        Layers = 2,
        Heads = 2,
        ResidualDropout = 0,
        EmbeddingDropout = 0,
        AttentionDropout = 0,
    };

    private static Gpt2LanguageModel Published(Golden golden, Gpt2Config config)
    {
        var model = new Gpt2LanguageModel(config, new(1));
        model.ConvertTo(DataType.Float64);
        model.LoadPublished(golden.Below("param."));
        return model;
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Logits_and_all_gradients_are_the_reference_ones_whichever_side_is_padded(bool training, bool checkpointing)
    {
        var golden = new Golden("transformers/gpt2.npz");
        var model = Published(golden, Tiny with { GradientCheckpointing = checkpointing });
        if (!training) model.Evaluate();
        var logits = model.Forward(golden["in.ids"], golden["in.mask"]);
        var real = golden["in.mask"].To(DataType.Float64).Unsqueeze(2);
        Golden.AssertClose(golden["out.logits"] * real, logits.Detach() * real);
        (logits * golden["in.upstream"]).Sum().Backward();
        golden.AssertGradients(model, 28);
    }

    [Fact]
    public void Branches_of_one_text_in_one_row_or_on_a_cut_back_cache_have_the_values_of_each_alone()
    {
        using var mode = GradientMode.Disable();
        var model = new Gpt2Model(Tiny, new(3));
        model.ConvertTo(DataType.Float64);
        model.Evaluate();
        long[] text = [3, 1, 4], left = [1, 5], right = [9, 2];
        Tensor Row(params long[] ids) => Tensor.From(ids, [1, ids.Length]);
        var alone = new[] { left, right }.Select(branch => model.Forward(Row([.. text, .. branch])).Narrow(1, 3, 2)).ToArray();
        // The text, then both branches, neither of which sees the other.
        var sight = Tensor.From(new[,]
        {
            { true, false, false, false, false, false, false },
            { true, true, false, false, false, false, false },
            { true, true, true, false, false, false, false },
            { true, true, true, true, false, false, false },
            { true, true, true, true, true, false, false },
            { true, true, true, false, false, true, false },
            { true, true, true, false, false, true, true },
        });
        var added = Tensor.Zeros([7, 7], DataType.Float64).MaskedFill(sight.LogicalNot(), double.NegativeInfinity).Reshape(1, 1, 7, 7);
        var together = model.Forward(Row([.. text, .. left, .. right]), Row(0, 1, 2, 3, 4, 3, 4), new AttentionScope(bias: added));
        Golden.AssertClose(alone[0], together.Narrow(1, 3, 2));
        Golden.AssertClose(alone[1], together.Narrow(1, 5, 2));
        var cache = new Gpt2Cache(Tiny);
        model.Forward(Row(text), Row(0, 1, 2), new AttentionScope(isCausal: true), cache);
        foreach (var (branch, expected) in new[] { left, right }.Zip(alone))
        {
            cache.Truncate(3);
            Golden.AssertClose(expected, model.Forward(Row(branch), Row(3, 4), new AttentionScope(isCausal: true), cache));
            Assert.Equal(5, cache.Length);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Truncate(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(Row(1), Row(12), new AttentionScope(isCausal: true)));
        Assert.Throws<ArgumentException>(() => model.Forward(Row(1, 2), Row(1), new AttentionScope(isCausal: true)));
    }

    [Fact]
    public void Authors_blocks_load_with_transposed_maps_and_give_their_loss_gradients_and_greedy_text()
    {
        var golden = new Golden("zero-shot-dst/gpt2_blocks.npz");
        bool IsTransposed(string name) => name.Contains(".c_", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);
        var weights = golden.Below("param.").ToDictionary(entry => entry.Key, entry => IsTransposed(entry.Key) ? entry.Value.T.Contiguous() : entry.Value);
        var model = new Gpt2LanguageModel(Tiny with { Positions = 18 }, new(1));
        model.ConvertTo(DataType.Float64);
        model.LoadPublished(weights);
        model.Evaluate();
        var (ids, answers) = (golden["in.ids"], golden["in.answer_mask"]);
        var logits = model.Forward(ids);
        Golden.AssertClose(golden["out.logits"], logits.Detach());
        var chosen = logits.LogSoftmax(-1).Narrow(1, 0, 8).Gather(2, ids.Narrow(1, 1, 8).Unsqueeze(2)).Squeeze(2);
        var loss = -(chosen * answers.Narrow(1, 1, 8).To(DataType.Float64)).Sum();
        Assert.Equal(golden["out.loss"].Item(), loss.Item(), 1e-9);
        loss.Backward();
        foreach (var (name, parameter) in model.Transformer.NamedParameters())
            Golden.AssertClose(golden["grad." + name], IsTransposed(name) ? parameter.Gradient!.T : parameter.Gradient!, what: name);

        var expected = golden["out.greedy_from_sequence0"].ToArray<long>();
        var text = new TextGenerator(model, new() { MaximumNewTokens = 8, StopTokens = [golden["in.eos"].ItemInt64()] }).Generate([ids.ToArray<long>()[..9]])[0];
        Assert.Equal(expected, text.Tokens);
        Assert.Equal(golden["out.greedy_logprob"].ToArray<double>().Sum(), text.LogProbability, 1e-9);
    }

    [Fact]
    public void A_later_token_changes_no_earlier_logits()
    {
        var model = Published(new("transformers/gpt2.npz"), Tiny);
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var first = model.Forward(Tensor.From([3L, 1, 4, 1, 5, 9], [1, 6]));
        var second = model.Forward(Tensor.From([3L, 1, 4, 7, 2, 6], [1, 6]));
        Assert.Equal(first.Narrow(1, 0, 3).ToArray<double>(), second.Narrow(1, 0, 3).ToArray<double>());
        Assert.NotEqual(first.Narrow(1, 3, 3).ToArray<double>(), second.Narrow(1, 3, 3).ToArray<double>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_on_either_side_changes_no_real_logits(bool left)
    {
        var model = Published(new("transformers/gpt2.npz"), Tiny);
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var alone = model.Forward(Tensor.From([3L, 1, 4], [1, 3]));
        var padded = model.Forward(
            Tensor.From(left ? new long[] { 8, 8, 3, 1, 4 } : [3, 1, 4, 8, 8], [1, 5]),
            Tensor.From(left ? new[] { false, false, true, true, true } : [true, true, true, false, false], [1, 5]));
        Golden.AssertClose(alone, padded.Narrow(1, left ? 2 : 0, 3), 1e-13);
    }

    [Fact]
    public void Gradient_checkpointing_repeats_the_same_dropout()
    {
        var ids = Tensor.From([3L, 1, 4, 1, 5, 9], [2, 3]);
        double[][] Gradients(bool checkpointing)
        {
            var model = new Gpt2LanguageModel(Tiny with { GradientCheckpointing = checkpointing, ResidualDropout = 0.3, AttentionDropout = 0.3, EmbeddingDropout = 0.3 }, new(5));
            model.ConvertTo(DataType.Float64);
            model.Forward(ids).Square().Sum().Backward();
            // A second step finds the source where the first left it.
            model.Forward(ids).Square().Sum().Backward();
            return [.. model.Parameters().Select(parameter => parameter.Gradient!.ToArray<double>())];
        }
        var (plain, again) = (Gradients(false), Gradients(true));
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], again[i], (a, b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Starting_weights_have_the_published_deviations()
    {
        var model = new Gpt2LanguageModel(Tiny with { VocabularySize = 500, Features = 128, Layers = 8 }, new(3));
        // 64000 draws: a standard deviation is known to 1 / sqrt(128000) = 0.3%; 4 of them.
        Assert.Equal(0.02, model.Transformer.Wte.Weight.StandardDeviation().Item(), 0.02 * 0.012);
        Assert.Equal(0.02 / 4, ((Gpt2FeedForward)model.Transformer.H[0].Mlp).CProj.Weight.StandardDeviation().Item(), 0.005 * 0.012);
        Assert.Equal(124_439_808, Count(Gpt2Config.Small));
    }

    /// <summary>Linear in layers, vocabulary and positions: small models give the slopes.</summary>
    private static long Count(Gpt2Config config)
    {
        long Of(int layers) => new Gpt2LanguageModel(config with { VocabularySize = 2, Positions = 2, Layers = layers }, new(1)).ParameterCount;
        var first = Of(1);
        return first + ((config.Layers - 1) * (Of(2) - first)) + ((config.VocabularySize + config.Positions - 4L) * config.Features);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var model = new Gpt2LanguageModel(Tiny, new(1));
        Assert.Contains("19 lies outside the vocabulary of 19", Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(Tensor.From([19L], [1, 1]))).Message);
        Assert.Contains("outside", Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(Tensor.From([-1L], [1, 1]))).Message);
        Assert.Contains("longer than the model's 12 positions", Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 13], DataType.Int64))).Message);
        Assert.Contains("3 heads do not divide 8", Assert.Throws<ArgumentException>(() => new Gpt2LanguageModel(Tiny with { Heads = 3 }, new(1))).Message);
        Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 0], DataType.Int64)));
        Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 3])));
        Assert.Contains("row 0 of the mask has no real key", Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 3], DataType.Int64), Tensor.Zeros([1, 3], DataType.Bool))).Message);
        Assert.Throws<ArgumentException>(() => model.Forward(Tensor.Zeros([1, 3], DataType.Int64), Tensor.Ones([1, 2], DataType.Bool)));
    }
}
