using Scorch.Language.SwitchTransformers;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.SwitchTransformers;

/// <summary>What the layer's definition implies, whatever the weights.</summary>
public sealed class SwitchLayerTests
{
    private static readonly SwitchConfig Small = new() { ModelDim = 6, FfDim = 10, Experts = 4, JitterEps = 0, CapacityFactor = double.PositiveInfinity };

    private static SwitchFeedForward Layer(SwitchConfig config, long seed = 1)
    {
        var layer = new SwitchFeedForward(config, seed);
        layer.ConvertTo(DataType.Float64);
        return layer;
    }

    private static Tensor Hidden(int batch, int time, long seed = 2) => new RandomSource(seed).Normal([batch, time, 6], dataType: DataType.Float64);

    /// <summary>Every expert on every token, then the one that the router likes best.</summary>
    private static Tensor BruteForce(SwitchFeedForward layer, Tensor x)
    {
        var weights = layer.State();
        var tokens = x.Reshape(-1, 6);
        var probability = tokens.Affine(weights["router.weight"]).Softmax(-1);
        var best = probability.ArgMax(-1).OneHot(layer.Config.Experts, DataType.Float64) * probability;
        var sum = Tensor.ZerosLike(tokens);
        for (var i = 0; i < layer.Config.Experts; i++)
            sum += tokens.Affine(weights["experts.inward"].Select(0, i)).Relu().Affine(weights["experts.outward"].Select(0, i)) * best.Narrow(1, i, 1);
        return sum.Reshape(x.Shape);
    }

    [Fact]
    public void With_room_for_all_the_layer_is_the_sum_over_all_experts_by_brute_force()
    {
        var (layer, x) = (Layer(Small), Hidden(3, 7));
        SwitchGolden.AssertClose(BruteForce(layer, x), layer.Forward(x).Value, 1e-12);
    }

    [Theory]
    [InlineData(0.3, null)]
    [InlineData(1.0, null)]
    [InlineData(0.7, 5)]
    [InlineData(1.0, 4)]
    public void Without_room_exactly_the_late_tokens_of_a_queue_are_zero(double factor, int? group)
    {
        var (layer, x) = (Layer(Small with { CapacityFactor = factor, GroupSize = group }), Hidden(3, 7));
        var output = layer.Forward(x);
        var size = group ?? 21;
        var queues = new Dictionary<(int Group, int Expert), int>();
        var kept = new double[21];
        foreach (var route in output.Stats.Routes())
        {
            var key = (route.Token / size, route.Expert);
            var rank = queues.GetValueOrDefault(key);
            queues[key] = rank + 1;
            Assert.Equal(rank, route.Rank);
            var tokens = Math.Min(size, 21 - (key.Item1 * size));
            Assert.Equal(rank >= (int)Math.Ceiling((decimal)tokens * (decimal)factor / 4), route.IsDropped);
            kept[route.Token] = route.IsDropped ? 0 : 1;
        }
        SwitchGolden.AssertClose(BruteForce(layer, x) * Tensor.From(kept, [3, 7, 1]), output.Value, 1e-12);
        Assert.Equal(1 - (kept.Sum() / 21), output.Stats.DroppedFraction, 12);
        Assert.Equal((21 + size - 1) / size, output.Stats.Capacities.Count);
    }

    [Fact]
    public void One_expert_is_a_dense_part_bit_for_bit()
    {
        var layer = new SwitchFeedForward(Small with { Experts = 1 }, seed: 3);
        var x = new RandomSource(4).Normal([2, 9, 6]);
        var weights = layer.State();
        var dense = x.Affine(weights["experts.inward"].Select(0, 0)).Relu().Affine(weights["experts.outward"].Select(0, 0));
        var output = layer.Forward(x);
        Assert.Equal(dense.ToArray<float>(), output.Value.ToArray<float>());
        Assert.Equal(0.01, output.AuxLoss.Item(), 1e-9);
    }

    [Fact]
    public void Even_router_gives_exactly_alpha_and_ties_go_to_the_first_expert()
    {
        var layer = Layer(Small);
        layer.Router.Weight.Detach().FillInPlace(0);
        var output = layer.Forward(Hidden(2, 8));
        Assert.Equal(0.01, output.AuxLoss.Item(), 15);
        Assert.All(output.Stats.Routes(), route => Assert.Equal(0, route.Expert));
        Assert.Equal(0, output.Stats.Entropy);
        var two = Layer(Small with { TopK = 2 });
        two.Router.Weight.Detach().FillInPlace(0);
        Assert.Equal([0, 1], two.Forward(Hidden(1, 1)).Stats.Routes().Select(route => route.Expert));
    }

    [Fact]
    public void All_tokens_to_one_expert_give_alpha_times_experts_times_its_probability()
    {
        var layer = Layer(Small);
        var x = Hidden(2, 8).Abs();
        // Positive features times a positive row: the third expert is always the likeliest.
        layer.Router.Weight.Detach().FillInPlace(0);
        layer.Router.Weight.Detach().Narrow(0, 2, 1).FillInPlace(0.5);
        var output = layer.Forward(x);
        Assert.Equal([0.0, 0, 1, 0], output.Stats.Load);
        Assert.Equal(0.01 * 4 * output.Stats.Importance[2], output.AuxLoss.Item(), 14);
    }

    [Fact]
    public void Experts_without_tokens_have_no_gradient_at_all()
    {
        var layer = Layer(Small);
        var output = layer.Forward(Hidden(1, 3));
        var unused = Enumerable.Range(0, 4).Where(expert => output.Stats.Counts[expert] == 0).ToArray();
        Assert.NotEmpty(unused);
        output.Value.Square().Sum().Backward();
        var own = layer.NamedParameters().ToDictionary();
        foreach (var name in new[] { "experts.inward", "experts.outward" })
        {
            foreach (var expert in unused) Assert.All(own[name].Gradient!.Select(0, expert).ToArray<double>(), value => Assert.Equal(0, value));
            Assert.Contains(own[name].Gradient!.ToArray<double>(), value => value != 0);
        }
    }

    [Fact]
    public void Gradient_of_the_router_is_the_difference_quotient_with_drops_too()
    {
        var layer = Layer(Small with { CapacityFactor = 1 });
        var (x, upstream) = (Hidden(2, 7), Hidden(2, 7, 5));
        Tensor Value()
        {
            var output = layer.Forward(x);
            return (output.Value * upstream).Sum() + output.AuxLoss;
        }
        Value().Backward();
        var gradient = layer.Router.Weight.Gradient!.ToArray<double>();
        var weight = layer.Router.Weight.Detach();
        for (var i = 0; i < gradient.Length; i++)
        {
            // Central: the error is of order 1e-10; steps this small change no route of these tokens.
            const double Step = 1e-5;
            var entry = weight.Reshape(-1).Narrow(0, i, 1);
            entry.AddInPlace(Step);
            var above = Value().Item();
            entry.AddInPlace(-2 * Step);
            var below = Value().Item();
            entry.AddInPlace(Step);
            var quotient = (above - below) / (2 * Step);
            Assert.True(Math.Abs(quotient - gradient[i]) <= 1e-6 * Math.Max(1e-2, Math.Abs(quotient)), $"entry {i}: {gradient[i]} against {quotient}");
        }
    }

    [Fact]
    public void A_second_gradient_is_the_difference_quotient_of_the_first()
    {
        var layer = Layer(Small);
        var x = Hidden(1, 5);
        x.RequiresGradient = true;
        Tensor Slope(Tensor at, bool again) => Autograd.Differentiation.Gradient(layer.Forward(at).Value.Square().Sum(), at, createGraph: again);
        var direction = Hidden(1, 5, 7);
        var second = Autograd.Differentiation.Gradient((Slope(x, true) * direction).Sum(), x);
        const double Step = 1e-6;
        Tensor Moved(double by)
        {
            var moved = (x.Detach() + (direction * by)).Detach();
            moved.RequiresGradient = true;
            return Slope(moved, false);
        }
        SwitchGolden.AssertClose((Moved(Step) - Moved(-Step)) / (2 * Step), second, 1e-7);
    }

    [Fact]
    public void Operations_are_those_of_a_dense_part_whatever_the_number_of_experts()
    {
        var x = Hidden(4, 8);
        foreach (var experts in new[] { 1, 2, 16, 128 })
        {
            var layer = Layer(Small with { Experts = experts });
            var stats = layer.Forward(x).Stats;
            Assert.Equal(4L * 32 * 6 * 10, stats.ExpertOperations);
            Assert.Equal(stats.ExpertOperations, layer.Experts.FloatingPointOperations(stats.Rows));
            Assert.Equal(2L * 32 * 6 * experts, stats.RouterOperations);
        }
    }

    [Fact]
    public void Padding_takes_no_slot_and_changes_nothing_for_the_others()
    {
        var layer = Layer(Small with { CapacityFactor = 1 });
        var x = Hidden(1, 8);
        var noise = Hidden(1, 3, 9) * 100;
        var padded = Tensor.Concatenate([noise.Narrow(1, 0, 1), x.Narrow(1, 0, 5), noise.Narrow(1, 1, 2), x.Narrow(1, 5, 3)], 1);
        bool[] real = [false, true, true, true, true, true, false, false, true, true, true];
        var (plain, masked) = (layer.Forward(x), layer.Forward(padded, Tensor.From(real, [1, 11])));
        var places = Tensor.From(Enumerable.Range(0, 11).Where(i => real[i]).Select(i => (long)i).ToArray());
        SwitchGolden.AssertClose(plain.Value, masked.Value.IndexSelect(1, places), 1e-15);
        Assert.Equal(plain.AuxLoss.Item(), masked.AuxLoss.Item(), 1e-15);
        Assert.Equal(plain.Stats.Counts, masked.Stats.Counts);
        Assert.Equal(plain.Stats.Capacities, masked.Stats.Capacities);
        for (var i = 0; i < 11; i++)
            if (!real[i]) Assert.All(masked.Value.Select(1, i).ToArray<double>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_text_of_padding_alone_gives_zeros_and_no_loss()
    {
        var output = Layer(Small).Forward(Hidden(2, 3), Tensor.Zeros([2, 3], DataType.Bool));
        Assert.All(output.Value.ToArray<double>(), value => Assert.Equal(0, value));
        Assert.Equal(0, output.AuxLoss.Item());
        Assert.Equal(0, output.Stats.Tokens);
        Assert.Empty(output.Stats.Routes());
    }

    [Fact]
    public void First_choices_claim_their_slots_before_second_ones()
    {
        var layer = Layer(Small with { Experts = 2, TopK = 2, CapacityFactor = 1 });
        var output = layer.Forward(Hidden(1, 6));
        // Two experts with three slots each for twelve choices: whoever is first of either queue keeps it.
        foreach (var expert in new[] { 0, 1 })
        {
            var queue = output.Stats.Routes().Where(route => route.Expert == expert).OrderBy(route => route.Rank).ToArray();
            Assert.Equal(queue.OrderBy(route => route.Choice).ThenBy(route => route.Token), queue);
            Assert.Equal(queue.Select((_, i) => i >= 3), queue.Select(route => route.IsDropped));
        }
        Assert.Equal(0.5, output.Stats.DroppedFraction);
    }

    [Fact]
    public void Jitter_and_expert_dropout_are_of_training_alone()
    {
        var layer = new SwitchFeedForward(Small with { JitterEps = 0.3, ExpertDropout = 0.4 }, seed: 1);
        var x = new RandomSource(2).Normal([2, 9, 6]);
        Assert.NotEqual(layer.Forward(x).Value.ToArray<float>(), layer.Forward(x).Value.ToArray<float>());
        layer.Evaluate();
        Assert.Equal(layer.Forward(x).Value.ToArray<float>(), layer.Forward(x).Value.ToArray<float>());
    }

    [Fact]
    public void Weights_start_within_two_deviations_of_the_papers_scale()
    {
        var layer = new SwitchFeedForward(new SwitchConfig { ModelDim = 64, FfDim = 256, Experts = 8 }, seed: 1);
        foreach (var (name, fan) in new[] { ("experts.inward", 64), ("experts.outward", 256), ("router.weight", 64) })
        {
            var deviation = Math.Sqrt(0.1 / fan);
            var values = layer.State()[name].ToArray<float>();
            Assert.True(values.Max(Math.Abs) <= 2 * deviation * (1 + 1e-6));
            // A normal cut at two deviations has 0.8796 of its deviation; 512 numbers or more estimate it to a tenth.
            Assert.Equal(0.8796 * deviation, Math.Sqrt(values.Average(value => (double)value * value)), 0.1 * deviation);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Upcycled_experts_are_the_dense_part_times_the_gate(bool bias)
    {
        var dense = new PointwiseFeedForward(6, 10, Activation.Relu, new(3), bias: bias);
        if (bias) foreach (var parameter in dense.Parameters().Where(parameter => parameter.Rank == 1)) parameter.Detach().FillInPlace(0.3);
        var layer = SwitchFeedForward.Upcycle(dense, 5, Small);
        layer.Evaluate();
        var x = new RandomSource(4).Normal([1, 7, 6]);
        var output = layer.Forward(x);
        var gates = Tensor.From(output.Stats.Routes().Select(route => (float)output.Stats.GateOf(route)).ToArray(), [1, 7, 1]);
        SwitchGolden.AssertClose(dense.Forward(x, new()) * gates, output.Value, 1e-6);
        Assert.Contains("rectifier", Assert.Throws<ArgumentException>(() => SwitchFeedForward.Upcycle(new PointwiseFeedForward(6, 10, Activation.Gelu, new(3)), 2)).Message);
    }

    [Fact]
    public void Pruned_and_merged_experts_are_the_ones_asked_for()
    {
        var layer = Layer(Small);
        var kept = layer.Prune(3, 1);
        SwitchGolden.AssertClose(layer.State()["experts.inward"].Select(0, 3), kept.State()["experts.inward"].Select(0, 0), 0);
        SwitchGolden.AssertClose(layer.State()["router.weight"].Select(0, 1), kept.State()["router.weight"].Select(0, 1), 0);
        var merged = layer.Merge([[0, 2], [1, 3]], [3, 1, 1, 1]);
        var outward = layer.State()["experts.outward"];
        SwitchGolden.AssertClose((outward.Select(0, 0) * 0.75) + (outward.Select(0, 2) * 0.25), merged.State()["experts.outward"].Select(0, 0), 1e-15);
        Assert.Equal(2, merged.Config.Experts);
        merged.Forward(Hidden(1, 4));
    }

    [Fact]
    public void In_bfloat16_the_router_computes_in_float32_only_under_selective_precision()
    {
        var x = new RandomSource(2).Normal([1, 40, 6]);
        Tensor Probabilities(RouterPrecision precision, bool converts)
        {
            var layer = new SwitchFeedForward(Small with { RouterPrecision = precision }, seed: 1);
            if (converts) SwitchPrecision.ToBFloat16(layer);
            var output = layer.Forward(converts ? x.To(DataType.BFloat16) : x.To(DataType.BFloat16).To(DataType.Float32));
            Assert.Equal(converts ? DataType.BFloat16 : DataType.Float32, output.Value.DataType);
            return layer.Router.Forward((converts ? x.To(DataType.BFloat16) : x.To(DataType.BFloat16).To(DataType.Float32)).Reshape(-1, 6)).Probabilities;
        }
        var exact = Probabilities(RouterPrecision.Float32, false);
        var selective = Probabilities(RouterPrecision.Float32, true);
        Assert.Equal(exact.ToArray<float>(), selective.ToArray<float>());
        var naive = Probabilities(RouterPrecision.BFloat16, true);
        Assert.Equal(DataType.BFloat16, naive.DataType);
        Assert.NotEqual(exact.ToArray<float>(), naive.To(DataType.Float32).ToArray<float>());
    }

    [Fact]
    public void Bits_are_the_same_for_any_number_of_threads()
    {
        var config = new SwitchConfig { ModelDim = 64, FfDim = 256, Experts = 8 };
        var x = new RandomSource(2).Normal([8, 128, 64]);
        (float[] Value, float[] Gradient) Run(int threads)
        {
            var before = Parallelism.ThreadCount;
            Parallelism.ThreadCount = threads;
            try
            {
                var layer = new SwitchFeedForward(config, seed: 1);
                var output = layer.Forward(x);
                (output.Value.Square().Sum() + output.AuxLoss).Backward();
                return (output.Value.ToArray<float>(), [.. layer.Parameters().SelectMany(parameter => parameter.Gradient!.ToArray<float>())]);
            }
            finally
            {
                Parallelism.ThreadCount = before;
            }
        }
        var one = Run(1);
        foreach (var threads in new[] { 2, 7 })
        {
            var other = Run(threads);
            Assert.Equal(one.Value, other.Value);
            Assert.Equal(one.Gradient, other.Gradient);
        }
    }
}
