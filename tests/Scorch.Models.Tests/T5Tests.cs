using Scorch.Autograd;
using Scorch.Models.Transformers;

namespace Scorch.Models.Tests;

public class T5Tests
{
    private static readonly T5Config Tiny = new()
    {
        VocabularySize = 21,
        Features = 10,
        HeadFeatures = 3,
        Heads = 4,
        Inner = 14,
        Layers = 2,
        DecoderLayers = 3,
        Dropout = 0,
    };

    private static T5Config Version(string version) => version == "10" ? Tiny : Tiny with { Projection = T5Projection.GatedGelu, TiesEmbeddings = false };

    private static T5Model Published(Golden golden, T5Config config)
    {
        var model = new T5Model(config, new(1));
        model.ConvertTo(DataType.Float64);
        model.LoadPublished(golden.Below("param."));
        return model;
    }

    [Theory]
    [InlineData("10", false)]
    [InlineData("10", true)]
    [InlineData("11", false)]
    [InlineData("11", true)]
    public void Logits_loss_and_all_gradients_are_the_reference_ones(string version, bool checkpointing)
    {
        var golden = new Golden($"transformers/t5_{version}.npz");
        var model = Published(golden, Version(version) with { GradientCheckpointing = checkpointing });
        Assert.Equal(golden["in.decoder_ids"].ToArray<long>(), model.ShiftRight(golden["in.targets"]).ToArray<long>());
        var real = golden["in.mask"].To(DataType.Float64).Unsqueeze(2);
        Golden.AssertClose(golden["out.encoded"] * real, model.Encode(golden["in.ids"], golden["in.mask"]).Detach() * real);
        Golden.AssertClose(golden["out.logits"], model.Forward(golden["in.ids"], golden["in.decoder_ids"], golden["in.mask"]).Detach());
        var loss = model.Loss(golden["in.ids"], golden["in.targets"], golden["in.mask"]);
        Assert.Equal(golden["out.loss"].Item(), loss.Item(), 1e-10);
        loss.Backward();
        golden.AssertGradients(model, golden.Below("grad.").Count);
    }

    [Fact]
    public void Buckets_of_distances_are_the_published_ones()
    {
        var golden = new Golden("transformers/buckets.npz");
        var distances = golden["relative"].ToArray<long>();
        foreach (var (both, count, most) in new[] { (true, 32, 128), (true, 16, 64), (true, 64, 256), (true, 32, 100), (false, 32, 128), (false, 16, 64), (false, 64, 256), (false, 32, 100) })
            Assert.Equal(golden[$"{(both ? "bidirectional" : "causal")}_{count}_{most}"].ToArray<long>(), distances.Select(distance => (long)Positions.Bucket((int)distance, both, count, most)));
        var survey = new Golden("transformer-survey/positions.npz");
        Assert.Equal(survey["t5_bucket_bidirectional_32_128"].ToArray<long>(), distances.Select(distance => (long)Positions.Bucket((int)distance, true)));
        Assert.Equal(survey["t5_bucket_causal_32_128"].ToArray<long>(), distances.Select(distance => (long)Positions.Bucket((int)distance, false)));
        Golden.AssertClose(survey["sinusoid"], Positions.Sinusoidal(40, 12, DataType.Float64), 1e-14);
    }

    [Fact]
    public void A_later_decoder_token_changes_no_earlier_logits()
    {
        var model = Published(new("transformers/t5_10.npz"), Tiny);
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var source = Tensor.From([5L, 6, 7], [1, 3]);
        var first = model.Forward(source, Tensor.From([0L, 4, 8, 9], [1, 4]));
        var second = model.Forward(source, Tensor.From([0L, 4, 3, 2], [1, 4]));
        Assert.Equal(first.Narrow(1, 0, 2).ToArray<double>(), second.Narrow(1, 0, 2).ToArray<double>());
        Assert.NotEqual(first.Narrow(1, 2, 2).ToArray<double>(), second.Narrow(1, 2, 2).ToArray<double>());
    }

    [Fact]
    public void Shared_embeddings_may_be_repeated_only_with_equal_values()
    {
        var weights = new Golden("transformers/t5_10.npz").Below("param.");
        var model = new T5Model(Tiny, new(1));
        weights["encoder.embed_tokens.weight"] = weights["shared.weight"];
        weights["lm_head.weight"] = weights["shared.weight"];
        weights["decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"] = Tensor.Zeros([32, 4]);
        model.LoadPublished(weights);
        weights["lm_head.weight"] = weights["shared.weight"] + 1;
        Assert.Contains("lm_head.weight differs from shared.weight", Assert.Throws<ArgumentException>(() => model.LoadPublished(weights)).Message);
    }

    [Fact]
    public void Published_shapes_have_the_published_numbers_of_parameters()
    {
        // t5-small and t5-v1_1-small: what the published files hold.
        Assert.Equal(60_506_624, Count(T5Config.Small));
        Assert.Equal(76_961_152, Count(T5Config.Small with { Layers = 8, Heads = 6, Inner = 1024, Projection = T5Projection.GatedGelu, TiesEmbeddings = false }));
    }

    /// <summary>Linear in layers and vocabulary: small models give the slopes.</summary>
    private static long Count(T5Config config)
    {
        long Of(int layers) => new T5Model(config with { VocabularySize = 2, Layers = layers }, new(1)).ParameterCount;
        var first = Of(1);
        return first + ((config.Layers - 1) * (Of(2) - first)) + ((config.VocabularySize - 2L) * config.Features * (config.TiesEmbeddings ? 1 : 2));
    }

    [Fact]
    public void Bad_configurations_are_named()
    {
        Assert.Contains("inner size is 0", Assert.Throws<ArgumentException>(() => new T5Model(Tiny with { Inner = 0 }, new(1))).Message);
        Assert.Contains("greatest distance", Assert.Throws<ArgumentException>(() => new T5Model(Tiny with { MaximumDistance = 16 }, new(1))).Message);
        Assert.Contains("special token 21", Assert.Throws<ArgumentException>(() => new T5Model(Tiny with { EndToken = 21 }, new(1))).Message);
        Assert.Contains("decoder rows", Assert.Throws<ArgumentException>(() => new T5Model(Tiny, new(1)).Forward(Tensor.Zeros([2, 3], DataType.Int64), Tensor.Zeros([1, 3], DataType.Int64))).Message);
    }
}
