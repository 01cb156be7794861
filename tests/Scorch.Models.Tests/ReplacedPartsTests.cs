using Scorch.Autograd;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Models.Tests;

/// <summary>Parts replaced in a T5 that is there already, and inputs for them in generation.</summary>
public class ReplacedPartsTests
{
    private const string Shift = "shift";
    private static readonly T5Config Small = new() { VocabularySize = 17, Features = 8, HeadFeatures = 4, Heads = 2, Inner = 12, Layers = 2, Dropout = 0 };

    [Fact]
    public void Wrapped_parts_keep_weights_names_distances_and_the_cache()
    {
        using var mode = GradientMode.Disable();
        var (plain, wrapped) = (Model(), Model());
        wrapped.Replace(Wrappers());
        Assert.Equal(plain.State().Keys, wrapped.State().Keys);
        var (source, target) = (Tensor.From([3L, 4, 5, 6, 7, 8], [2, 3]), Tensor.From([0L, 9, 0, 10], [2, 2]));
        var context = new TransformerContext { Conditions = new Dictionary<string, Tensor> { [Shift] = Tensor.Zeros([2, 1, 1]) } };
        Assert.Equal(plain.Forward(source, target).ToArray<float>(), wrapped.Forward(source, target, context: context).ToArray<float>());
        wrapped.LoadPublished(plain.State());
        wrapped.Train();
        // What is wrapped trains and drops as without the wrapper.
        Assert.All(wrapped.NamedModules(), entry => Assert.True(entry.Module.IsTraining));
    }

    [Fact]
    public void Conditions_of_rows_move_with_the_rows_of_a_generation()
    {
        using var mode = GradientMode.Disable();
        var model = Model();
        model.Replace(Wrappers());
        long[][] prompts = [[3, 4, 5], [3, 4, 5], [6, 7, 8, 9]];
        float[] shifts = [0, 3, -2];
        IAutoregressiveModel With(params float[] values) => model.With(new Dictionary<string, Tensor> { [Shift] = Tensor.From(values, [values.Length, 1, 1]) });
        foreach (var useCache in (bool[])[true, false])
        {
            var session = With(shifts).Begin(prompts, useCache);
            session.Append([2, 3, 4]);
            session.Keep([2, 1, 1]);
            session.Append([5, 6, 7]);
            var logits = session.Logits();
            foreach (var (row, prompt, tokens) in new[] { (0, 2, (long[])[4, 5]), (1, 1, [3, 6]), (2, 1, [3, 7]) })
            {
                var alone = With(shifts[prompt]).Begin([prompts[prompt]], useCache);
                foreach (var token in tokens) alone.Append([token]);
                Golden.AssertClose(alone.Logits().Squeeze(0), logits[row], 1e-5);
            }
        }
        Assert.Contains("for 3 prompts", Assert.Throws<ArgumentException>(() => With(1, 2).Begin(prompts)).Message);
    }

    [Fact]
    public void A_shape_tells_the_parameters_of_its_model()
    {
        foreach (var config in new[] { Small, Small with { DecoderLayers = 3, Heads = 3, TiesEmbeddings = false, Projection = T5Projection.GatedGelu } })
            Assert.Equal(new T5Model(config, new(1)).ParameterCount, config.ParameterCount);
        Assert.Equal((60_506_624, 222_903_552), (T5Config.Small.ParameterCount, T5Config.Base.ParameterCount));
    }

    [Fact]
    public void A_watch_sees_every_write_and_move_of_parameters()
    {
        using var mode = GradientMode.Disable();
        var linear = new Linear(2, 3, new(1));
        var watch = new ParameterWatch(linear);
        Assert.True(watch.HasChanged);
        watch.Mark();
        linear.Forward(Tensor.Ones([1, 2]));
        Assert.False(watch.HasChanged);
        linear.Bias!.AddInPlace(1);
        Assert.True(watch.HasChanged);
        watch.Mark();
        linear.ConvertTo(DataType.Float64);
        Assert.True(watch.HasChanged);
    }

    private static T5Model Model()
    {
        var model = new T5Model(Small, new(4));
        model.Evaluate();
        return model;
    }

    private static TransformerParts Wrappers() => new() { Attention = site => new ShiftedAttention(site.CreateDefault()), FeedForward = site => new ShiftedFeedForward(site.CreateDefault()) };

    private sealed class ShiftedFeedForward(FeedForward inner) : FeedForward
    {
        [Name("")]
        public FeedForward Inner { get; } = inner;

        public override Tensor Forward(Tensor hidden, TransformerContext context) => Inner.Forward(hidden, context) + context.Conditions[Shift];
    }

    private sealed class ShiftedAttention(Attention inner) : Attention
    {
        [Name("")]
        public Attention Inner { get; } = inner;

        public override bool SupportsCache => Inner.SupportsCache;

        public override Tensor? SharedBias(int queries, int keys) => Inner.SharedBias(queries, keys);

        public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null) =>
            Inner.Forward(hidden, memory, scope, context, cache);
    }
}
