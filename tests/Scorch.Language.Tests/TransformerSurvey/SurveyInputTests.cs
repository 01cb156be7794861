using Scorch.Language.TransformerSurvey;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.TransformerSurvey;

public sealed class SurveyInputTests
{
    private static readonly XformerSpec Small = new() { Dim = 8, Heads = 2, Layers = 1, MaximumLength = 8 };

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    public static TheoryData<string, string> Impossible => new()
    {
        { """{ "dim": 10, "heads": 4 }""", "4 heads do not divide 10 features" },
        { """{ "dim": 6, "heads": 2, "position": "rotary" }""", "an even number of at most 3" },
        { """{ "attention": "linformer", "topology": "decoder" }""", "for a causal model choose full, multi-query" },
        { """{ "attention": "nystrom", "topology": "decoder" }""", "for a causal model choose full" },
        { """{ "attention": "lsh", "topology": "transformer-xl", "position": "rotary" }""", "for a causal model choose full" },
        { """{ "attention": "bigbrid" }""", "Did you mean bigbird" },
        { """{ "position": "rotery" }""", "Did you mean rotary" },
        { """{ "norm": "layer-norm" }""", "Did you mean pre-layer-norm" },
        { """{ "feedForward": "swigluu" }""", "Did you mean swiglu" },
        { """{ "topology": "macarons" }""", "Did you mean macaron" },
        { """{ "attention": "band(windw=3)" }""", "Did you mean window" },
        { """{ "attention": "band(window=0)" }""", "window is 0; give a whole number from 1" },
        { """{ "attention": "band(window=2.5)" }""", "window is 2.5" },
        { """{ "attention": "full(window=2)" }""", "it has no options" },
        { """{ "attention": "band(window)" }""", "is no module" },
        { """{ "attention": "band(window=1, window=2)" }""", "given twice" },
        { """{ "attention": 3 }""", "a module is a string" },
        { "null", "it is empty" },
        { """{ "atention": "full" }""", "atention" },
        { """{ "layers": 0 }""", "0 layers" },
        { """{ "maximumLength": 0 }""", "MaximumLength is 0" },
        { """{ "dropout": 1 }""", "Dropout is 1" },
        { """[]""", "Fields are" },
        { """{""", "Fields are" },
        { """{ "attention": "linear", "position": "t5" }""", "take them with full" },
        { """{ "attention": "average", "position": "rotary" }""", "take them with" },
        { """{ "topology": "transformer-xl" }""", "start anew in each segment" },
        { """{ "attention": "band", "feedForward": "all-attention" }""", "persistent vectors go with full attention" },
        { """{ "attention": "lsh(buckets=3)" }""", "1 or an even number" },
        { """{ "attention": "fixed(stride=2, summary=3)" }""", "give at most 2" },
        { """{ "feedForward": "product-key(half-keys=4, taken=5)" }""", "give 1 to 4" },
        { """{ "dim": 6, "heads": 2, "feedForward": "product-key" }""", "have no halves" },
        { """{ "layers": 2, "topology": "sandwich(outer=2)" }""", "fewer than all" },
        { """{ "layers": 1, "topology": "funnel" }""", "give at least 2" },
        { """{ "attention": "average", "position": "none", "topology": "compressive" }""", "reconstruction loss" },
        { """{ "position": "t5(buckets=7)" }""", "an even number" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_impossible_specification_says_what_would_be_possible(string json, string part)
    {
        Assert.Contains(part, Message(() => Xformer.Build(XformerSpec.Parse(json), 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_specification_is_itself_again()
    {
        var spec = Small with { Attention = Attentions.BigBird(4, 1, 1), Position = PositionSchemes.Rotary(RotaryLayout.Interleaved), FeedForward = FeedForwards.SwiGlu(24), Dropout = 0.1 };
        Assert.Equal(spec, XformerSpec.Parse(spec.ToJson()));
        Assert.Equal("bigbird(globals=1, random=1, seed=1, window=4)", spec.Attention.ToString());
        Assert.Equal(Attentions.Band(3), ModuleSpec.Parse(" band ( window = 3 ) "));
        Assert.NotEqual(Attentions.Band(3), Attentions.Band(4));
        Assert.Equal(new XformerSpec { Heads = 2 }, XformerSpec.Parse("""{ "heads": 2, "attention": null }"""));
        Assert.Contains("attention is null", Message(() => (Small with { Attention = null! }).Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_longer_than_a_table_and_wrong_shapes_are_refused()
    {
        var x = Tensor.Zeros([1, 9, 8]);
        foreach (var choice in new[] { "linformer", "synthesizer-dense", "synthesizer-random" })
            Assert.Contains("9 positions is longer", Message(() => Xformer.Build(Small with { Attention = new(choice) }, 1).Forward(x)), StringComparison.Ordinal);
        foreach (var choice in new[] { "learned", "tupe" })
            Assert.Contains("9 tokens is longer", Message(() => Xformer.Build(Small with { Position = new(choice) }, 1).Forward(x)), StringComparison.Ordinal);
        var model = Xformer.Build(Small, 1);
        Assert.Contains("give [batch, time, 8]", Message(() => model.Forward(Tensor.Zeros([1, 3, 7]))), StringComparison.Ordinal);
        Assert.Contains("at least one position", Message(() => model.Forward(Tensor.Zeros([1, 0, 8]))), StringComparison.Ordinal);
        Assert.Contains("the mask is [2, 3]", Message(() => model.Forward(Tensor.Zeros([2, 4, 8]), Masks.Padding([3, 2]))), StringComparison.Ordinal);
        Assert.Contains("keeps no memory", Message(() => model.Run(x, memory: new([], []))), StringComparison.Ordinal);
        Assert.Contains("leave the source out", Message(() => model.Run(x, source: x)), StringComparison.Ordinal);
        var recurrent = Xformer.Build(Small with { Topology = Topologies.TransformerXl(), Position = PositionSchemes.Rotary() }, 1);
        Assert.Contains("for the same batch", Message(() => recurrent.Run(x, memory: new([Tensor.Zeros([2, 3, 8])], []))), StringComparison.Ordinal);
        var language = new XformerLanguageModel(new(Small with { Topology = Topologies.Decoder() }, 5), 1);
        Assert.Contains("outside the vocabulary of 5", Message(() => language.Forward(Tensor.From([5L], [1, 1]))), StringComparison.Ordinal);
        Assert.Contains("longer than 8", Message(() => language.Forward(Tensor.Zeros([1, 9], DataType.Int64))), StringComparison.Ordinal);
        Assert.Contains("int64 [batch, time]", Message(() => language.Forward(Tensor.Zeros([1, 9]))), StringComparison.Ordinal);
        Assert.Contains("causal", Message(() => new XformerLanguageModel(new(Small with { Topology = Topologies.Decoder() }, 5, true), 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_masked_whole_is_refused_by_masks_and_gives_zero_to_a_query()
    {
        Assert.Contains("masked whole", Message(() => Masks.Causal([3, 0])), StringComparison.Ordinal);
        Assert.Contains("masked whole", Message(() => Masks.Padding([4], time: 3)), StringComparison.Ordinal);
        Assert.Contains("no lengths", Message(() => Masks.Padding([])), StringComparison.Ordinal);
        Assert.Contains("no real key", Message(() => new AttentionScope(Tensor.From([false, false], [1, 2]))), StringComparison.Ordinal);
        // Within a pattern a query may have no key: 0, not NaN, and no gradient that is not finite.
        var allowed = new bool[4, 4];
        allowed[1, 2] = allowed[2, 0] = allowed[2, 3] = true;
        var card = Taxonomy.Attention("band");
        var module = new SparseAttention(Small.Site(card, Attentions.Band(), 0, new(1)), SparsePattern.FromMask(allowed));
        var q = new RandomSource(1).Normal([1, 2, 4, 4]);
        q.RequiresGradient = true;
        var output = module.Attend(q, q, q, new());
        Assert.All(output.Narrow(2, 0, 1).ToArray<float>(), value => Assert.Equal(0, value));
        Assert.All(output.Narrow(2, 3, 1).ToArray<float>(), value => Assert.Equal(0, value));
        SurveyGolden.Close(q.Detach().Narrow(2, 2, 1), output.Narrow(2, 1, 1), 1e-6);
        output.Square().Sum().Backward();
        Assert.All(q.Gradient!.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Patterns_refuse_empty_windows()
    {
        foreach (var make in new Func<SparsePattern>[] { () => SparsePattern.Band(0), () => SparsePattern.Dilated(1, 0), () => SparsePattern.Global(0), () => SparsePattern.Random(0, 1), () => SparsePattern.Block(0), () => SparsePattern.Strided(-1), () => SparsePattern.Fixed(4, 0) })
            Assert.Contains("must be at least 1", Message(() => make()), StringComparison.Ordinal);
        Assert.Contains("give one at least", Message(() => SparsePattern.Union()), StringComparison.Ordinal);
        Assert.Contains("as many queries as keys", Message(() => SparsePattern.FromMask(new bool[2, 3])), StringComparison.Ordinal);
        Assert.Contains("is for 2 positions", Message(() => SparsePattern.FromMask(new bool[2, 2]).Keys(3, 3, false)), StringComparison.Ordinal);
        // The most allowed window costs no more than the sequence.
        Assert.Equal(5, SparsePattern.Band(int.MaxValue).Keys(5, 5, false)[0].Length);
    }

    [Fact]
    public void Chunks_and_strides_that_do_not_divide_the_sequence_are_padded()
    {
        foreach (var choice in new[] { "lsh(chunk=4)", "memory-compressed(stride=4)", "nystrom(landmarks=4)", "block-local(size=4)" })
        {
            var module = SurveyGolden.Attention(choice, 8, 2, 16);
            var x = new RandomSource(1).Normal([2, 10, 8], dataType: DataType.Float64);
            Assert.Equal([2, 10, 8], module.Forward(x, null, new(), new()).Shape.ToArray());
        }
    }
}
