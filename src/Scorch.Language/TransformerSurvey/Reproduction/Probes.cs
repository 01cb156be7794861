using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Optimizers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Measurements of what variants can and cannot do: what sees what, what commutes with permutations, how gradients lie at the start.</summary>
internal static class Probes
{
    /// <summary>Which inputs an output depends on, by its gradient: [time, time], row i for output i.</summary>
    public static bool[,] Reach(Func<Tensor, Tensor> network, int time, int features, long seed)
    {
        var x = new RandomSource(seed).Normal([1, time, features], dataType: DataType.Float64);
        var result = new bool[time, time];
        // A random combination of features: a plain sum of normalised ones would not depend on anything.
        var direction = new RandomSource(seed + 1).Normal([features], dataType: DataType.Float64);
        for (var output = 0; output < time; output++)
        {
            var input = x.Detach().Clone();
            input.RequiresGradient = true;
            var chosen = (network(input).Select(1, output) * direction).Sum();
            if (!chosen.RequiresGradient) continue;
            var gradient = Differentiation.Gradients([chosen], [input], allowUnused: true)[0];
            if (gradient is null) continue;
            var sizes = gradient.Abs().Sum(2).ToArray<double>();
            for (var source = 0; source < time; source++) result[output, source] = sizes[source] != 0;
        }
        return result;
    }

    /// <summary>Layers of one kind until the last output depends on the first input.</summary>
    public static int LayersToReach(ModuleSpec attention, int time, long seed)
    {
        var layers = new List<XformerAttention>();
        var random = new RandomSource(seed);
        var spec = new XformerSpec { Dim = 8, Heads = 2, Attention = attention, MaximumLength = time };
        var card = Taxonomy.Attention(attention.Name);
        while (layers.Count < time)
        {
            var layer = card.Create(spec.Site(card, attention, layers.Count, random));
            layer.ConvertTo(DataType.Float64);
            layers.Add(layer);
            var reach = Reach(x => layers.Aggregate(x, (hidden, own) => hidden + own.Forward(hidden, null, new(), new())), time, 8, seed);
            if (reach[time - 1, 0]) return layers.Count;
        }
        return time;
    }

    /// <summary>Layers of convolutions of a width, their dilation growing by it, until the last output depends on the first input.</summary>
    public static int ConvolutionsToReach(int width, int time)
    {
        var weight = Tensor.Ones([1, 1, width], DataType.Float64);
        var x = Tensor.Ones([1, 1, time], DataType.Float64);
        x.RequiresGradient = true;
        var (hidden, dilation) = (x, 1);
        for (var layers = 1; ; layers++)
        {
            // Padded in front alone: causal.
            var before = Tensor.Zeros([1, 1, (width - 1) * dilation], DataType.Float64);
            hidden = Tensor.Concatenate([before, hidden], 2).Convolution(weight, null, new(1, 0, dilation));
            var gradient = Differentiation.Gradients([hidden.Select(2, time - 1).Sum()], [x], retainGraph: true)[0]!;
            if (gradient.Select(2, 0).Sum().Item() != 0) return layers;
            dilation *= width;
        }
    }

    /// <summary>The greatest difference between a variant of permuted tokens and its permuted output, in float64.</summary>
    public static double EquivarianceError(XformerSpec spec, int time, long seed)
    {
        var model = Xformer.Build(spec, seed);
        model.ConvertTo(DataType.Float64);
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var random = new RandomSource(seed);
        var x = random.Normal([1, time, spec.Dim], dataType: DataType.Float64);
        var order = Tensor.From(Array.ConvertAll(random.Permutation(time), place => (long)place));
        return (model.Forward(x.IndexSelect(1, order)) - model.Forward(x).IndexSelect(1, order)).Abs().Maximum().Item();
    }

    /// <summary>Norm of the gradient of the last layer's feed-forward weights over that of the first's, at the start.</summary>
    public static double GradientRatio(XformerLanguageModel model, Tensor windows)
    {
        model.Train();
        model.ClearGradients();
        model.CrossEntropy(windows, new()).Loss.Backward();
        var parts = ((StackTopology)model.Network.Topology).Sublayers.Where(sublayer => sublayer.FeedForward is not null).Select(sublayer => (PointwiseFeedForward)sublayer.FeedForward!).ToArray();
        double Norm(PointwiseFeedForward part) => part.Outer.Weight.Gradient!.Norm().Item();
        var ratio = Norm(parts[^1]) / Norm(parts[0]);
        model.ClearGradients();
        return ratio;
    }

    /// <summary>Mean training loss of the last tenth of steps of plain Adam at a constant rate, without warm-up and without bounds on gradients; the loss of even guesses where it is no number.</summary>
    public static double LossWithoutWarmUp(XformerLanguageModel model, CharacterStreams streams, int steps, double learningRate, Action<int, double> heard, CancellationToken cancellation)
    {
        var optimizer = new Adam(model.Parameters(), new(learningRate));
        var (sum, counted) = (0.0, 0);
        model.Train();
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            model.ClearGradients();
            var loss = model.CrossEntropy(streams.Window(step), new()).Loss;
            loss.Backward();
            optimizer.Step();
            var value = loss.Item();
            heard(step + 1, value);
            if (step < steps - Math.Max(1, steps / 10)) continue;
            (sum, counted) = (sum + value, counted + 1);
        }
        return sum / counted;
    }
}
