using Scorch.Language.TransformerSurvey;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.TransformerSurvey;

public sealed class SurveyTopologyTests
{
    private static readonly XformerSpec Small = new() { Dim = 8, Heads = 2, Layers = 2, MaximumLength = 32, Position = PositionSchemes.TransformerXl() };

    private static Xformer Build(XformerSpec spec)
    {
        var model = Xformer.Build(spec, 1);
        model.ConvertTo(DataType.Float64);
        return model;
    }

    private static Tensor Series(int time, long seed = 1) => new RandomSource(seed).Normal([2, time, 8], dataType: DataType.Float64);

    [Theory]
    [InlineData("transformer-xl")]
    [InlineData("t5")]
    [InlineData("rotary")]
    [InlineData("shaw")]
    [InlineData("alibi")]
    public void Two_segments_with_a_memory_are_one_with_the_same_span(string position)
    {
        var spec = Small with { Position = new(position) };
        var (recurrent, whole) = (Build(spec with { Topology = Topologies.TransformerXl(memory: 12) }), Build(spec with { Topology = Topologies.Decoder() }));
        var x = Series(12);
        var first = recurrent.Run(x.Narrow(1, 0, 7));
        var later = x.Narrow(1, 7, 5).Clone().Detach();
        later.RequiresGradient = true;
        var second = recurrent.Run(later, memory: first.Memory);
        SurveyGolden.Close(whole.Forward(x), Tensor.Concatenate([first.Hidden, second.Hidden], 1), 1e-10);
        // No gradient goes into the memory.
        Assert.All(first.Memory!.Recent, held => Assert.False(held.RequiresGradient));
        Assert.Equal([2, 12, 8], second.Memory!.Recent[0].Shape.ToArray());
        // With a shorter memory what lies further back is gone.
        var shorter = Build(spec with { Topology = Topologies.TransformerXl(memory: 3) });
        Assert.Equal([2, 3, 8], shorter.Run(x.Narrow(1, 0, 7)).Memory!.Recent[1].Shape.ToArray());
    }

    [Fact]
    public void Old_memories_are_compressed_and_their_reconstruction_trains_the_compression_alone()
    {
        var model = Build(Small with { Topology = Topologies.Compressive(memory: 4, compressed: 3, rate: 2) });
        var topology = (RecurrentTopology)model.Topology;
        model.Train();
        XformerMemory? memory = null;
        for (var segment = 0; segment < 4; segment++)
        {
            var context = new TransformerContext();
            var output = model.Run(Series(5, segment), context: context, memory: memory);
            memory = output.Memory;
            // 5 come, 4 stay: 1, then 5 leave, in windows of 2; of more than 3 the last are kept.
            Assert.Equal(Math.Min(3, 2 * segment), memory!.Compressed[0].Shape[1]);
            Assert.Equal(4, memory.Recent[1].Shape[1]);
            Assert.Equal(segment == 0 ? 0 : 2, context.Losses.Count);
            if (segment != 1) continue;
            context.Losses[0].Backward(retainGraph: true);
            Assert.NotNull(topology.Compressions![0].Weight.Gradient);
            Assert.All(topology.Sublayers[0].Attention!.Parameters(), parameter => Assert.Null(parameter.Gradient));
        }
        // The loss is 0 where one memory stands for two that are equal.
        var same = Build(Small with { Layers = 1, Topology = Topologies.Compressive(memory: 1, compressed: 3, rate: 2) });
        same.Train();
        var compression = ((RecurrentTopology)same.Topology).Compressions![0];
        SurveyParts.Set(compression.Weight, Tensor.Concatenate([Tensor.Identity(8), Tensor.Identity(8)], 1) / 2);
        SurveyParts.Set(compression.Bias!, Tensor.Zeros([8]));
        var equal = new TransformerContext();
        same.Run(Series(1).Expand(2, 5, 8).Contiguous(), context: equal);
        Assert.Equal(0, equal.Losses[0].Item(), 1e-20);
    }

    [Fact]
    public void Halting_weights_sum_to_one_and_the_ponder_cost_joins_the_loss()
    {
        var spec = Small with { Layers = 6, Topology = Topologies.Universal(ponder: 0.5), Position = PositionSchemes.Rotary() };
        var model = Build(spec);
        var topology = (UniversalTopology)model.Topology;
        foreach (var bias in new[] { -3.0, 0, 4 })
        {
            SurveyParts.Set(topology.Halting.Bias!, Tensor.Full([1], bias));
            var context = new TransformerContext();
            model.Train();
            var halting = model.Run(Series(7), context: context).Halting!;
            SurveyGolden.Close(Tensor.Ones([2, 7], DataType.Float64), halting.Weights.Sum(2), 1e-12);
            Assert.All(halting.Steps.ToArray<double>(), steps => Assert.InRange(steps, 1, 6));
            Assert.Equal(0.5 * halting.PonderCost.Item(), context.Losses.Single().Item(), 1e-12);
            context.Losses[0].Backward();
            // At the bound of steps the remainder still falls as the probabilities grow.
            Assert.True(topology.Halting.Bias!.Gradient!.Item() < 0 || bias == 4);
            topology.Halting.Bias.Gradient = null;
            // A high bias halts at once, a low one never.
            if (bias == 4) Assert.All(halting.Steps.ToArray<double>(), steps => Assert.True(steps <= 2));
            if (bias == -3) Assert.Contains(halting.Steps.ToArray<double>(), steps => steps == 6);
        }
        // One layer's parameters however many steps.
        Assert.Equal(model.ParameterCount, Build(spec with { Layers = 3 }).ParameterCount);
    }

    [Fact]
    public void Sublayers_stand_in_the_published_orders()
    {
        static string Order(string topology, int layers) => string.Concat(((StackTopology)Build(Small with { Layers = layers, Topology = ModuleSpec.Parse(topology) }).Topology)
            .Sublayers.Select(sublayer => sublayer.Kind == SublayerKind.Attention ? 's' : 'f'));
        Assert.Equal("sfsf", Order("encoder", 2));
        Assert.Equal("fsffsf", Order("macaron", 2));
        Assert.Equal("ssfsff", Order("sandwich(outer=1)", 3));
        Assert.Equal("sfsfsf", Order("sandwich(outer=0)", 3));
    }

    [Fact]
    public void Macaron_adds_halves_and_rezero_starts_as_the_identity()
    {
        var model = Build(Small with { Layers = 1, Topology = Topologies.Macaron(), Norm = Norms.ReZero(), Position = PositionSchemes.None() });
        var x = Series(5);
        SurveyGolden.Close(x, model.Forward(x), 0);
        var part = ((StackTopology)model.Topology).Sublayers[0];
        SurveyParts.Set(((ReZeroConnection)part.Connection).Alpha, Tensor.Ones([]));
        SurveyGolden.Close(x + (part.FeedForward!.Forward(x, new()) * 0.5), model.Forward(x), 1e-12);
    }

    [Fact]
    public void A_funnel_halves_the_middle_and_keeps_the_length()
    {
        var model = Build(Small with { Topology = Topologies.Funnel(), Position = PositionSchemes.Rotary() });
        foreach (var time in new[] { 7, 8 })
        {
            var x = Series(time);
            Assert.Equal([2, time, 8], model.Forward(x).Shape.ToArray());
            // Padding is seen by nobody.
            var changed = Tensor.Concatenate([x.Narrow(1, 0, 5), Series(time - 5, 9)], 1);
            var scope = Masks.Padding([5, 5], time);
            SurveyGolden.Close(model.Forward(x, scope).Narrow(1, 0, 5), model.Forward(changed, scope).Narrow(1, 0, 5), 1e-10);
        }
        using var meter = new OperationMeter();
        model.Forward(Series(8));
        var shorter = meter.Mixing;
        model.Forward(Series(16));
        Assert.True(meter.Mixing - shorter > shorter);
        Assert.Contains("decoder", Assert.Throws<ArgumentException>(() => model.Forward(Series(8), Masks.Causal([8, 8]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_sees_the_source_and_not_its_padding()
    {
        var model = Build(Small with { Topology = Topologies.EncoderDecoder(), Position = PositionSchemes.Sinusoidal() });
        var (x, source) = (Series(4), Series(6, 2));
        var scope = Masks.Padding([4, 6]);
        var output = model.Run(x, source: source, sourceScope: scope).Hidden;
        var changed = Tensor.Concatenate([source.Narrow(1, 0, 4), Series(2, 3)], 1);
        var other = model.Run(x, source: changed, sourceScope: scope).Hidden;
        SurveyGolden.Close(output.Narrow(0, 0, 1), other.Narrow(0, 0, 1), 1e-12);
        Assert.True((output - other).Narrow(0, 1, 1).Abs().Maximum().Item() > 1e-6);
        // A causal decoder without being asked.
        SurveyGolden.Close(output.Narrow(1, 0, 2), model.Run(Tensor.Concatenate([x.Narrow(1, 0, 2), Series(2, 5)], 1), source: source, sourceScope: scope).Hidden.Narrow(1, 0, 2), 1e-12);
        Assert.Contains("give one", Assert.Throws<ArgumentException>(() => model.Forward(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patient_classifier_leaves_early_and_with_all_layers_is_the_last_one()
    {
        var spec = Small with { Layers = 4, Topology = Topologies.EarlyExit(), Position = PositionSchemes.None() };
        var classifier = new PatienceClassifier(spec, 3, 1);
        var (x, labels) = (new RandomSource(1).Normal([12, 5, 8]), Tensor.From([.. Enumerable.Range(0, 12).Select(i => i % 3L)]));
        // Its place tells the class of a series.
        x += labels.OneHot(8).Unsqueeze(1) * 3;
        var optimizer = new Optimizers.Adam(classifier.Parameters(), new(1e-2));
        var before = classifier.Loss(x, labels, new()).Item();
        for (var step = 0; step < 25; step++)
        {
            classifier.ClearGradients();
            classifier.Loss(x, labels, new()).Backward();
            optimizer.Step();
        }
        classifier.Evaluate();
        Assert.True(classifier.Loss(x, labels, new()).Item() < before / 2);
        var (patient, eager) = (classifier.Predict(x, new(), 4), classifier.Predict(x, new(), 1));
        Assert.All(patient, own => Assert.Equal(4, own.Layers));
        Assert.All(eager, own => Assert.InRange(own.Layers, 2, 4));
        Assert.Contains(eager, own => own.Layers == 2);
        Assert.Equal(labels.ToArray<long>(), patient.Select(own => (long)own.Class));
        Assert.Contains("early-exit", Assert.Throws<ArgumentException>(() => new PatienceClassifier(spec with { Topology = Topologies.Encoder() }, 3, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_stand_in_for_the_parts_of_shared_layouts()
    {
        var spec = new XformerSpec { Dim = 16, Heads = 4, Attention = Attentions.Performer(), Position = PositionSchemes.Rotary(), FeedForward = FeedForwards.SwiGlu() };
        var config = new TransformerConfig { Features = 16, Heads = 4, Inner = 32, Layers = 2, Dropout = 0 };
        var model = new TransformerLanguageModel(config, 20, new(1), Xformer.Parts(spec, 1));
        model.Evaluate();
        Assert.Equal(2, model.Decoder.Blocks.Count(block => block.SelfAttention is LinearAttention && block.FeedForward is PointwiseFeedForward { Gate: not null }));
        Assert.Equal([1, 6, 20], model.Forward(Tensor.From([1L, 2, 3, 4, 5, 6], [1, 6])).Shape.ToArray());
        Assert.Contains("full", Assert.Throws<ArgumentException>(() => new TransformerLanguageModel(config, 20, new(1), Xformer.Parts(spec with { Attention = Attentions.Linformer() }, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Persistent_vectors_are_seen_by_every_query()
    {
        var model = Build(Small with { Layers = 1, FeedForward = FeedForwards.AllAttention(3), Position = PositionSchemes.None() });
        var attention = (FullAttention)((StackTopology)model.Topology).Sublayers.Single().Attention!;
        var x = Series(5);
        var (_, weights) = attention.Explain(x, null, Masks.Causal([5, 5]));
        Assert.Equal([2, 2, 5, 8], weights.Shape.ToArray());
        SurveyGolden.Close(Tensor.Ones([2, 2, 5], DataType.Float64), weights.Sum(3), 1e-12);
        Assert.All(weights.Narrow(3, 5, 3).ToArray<double>(), weight => Assert.True(weight > 0));
        Assert.Equal(0, weights[0, 0, 0, 4].Item());
    }
}
