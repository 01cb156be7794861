using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Benchmarks.Workloads;

/// <summary>Training steps of small networks, where overhead counts.</summary>
internal static class SmallSteps
{
    public static Workload Create(Row row)
    {
        switch (row.Operation)
        {
            case "tanh network":
                return TanhNetwork();
            case "physics-informed":
                {
                    var (points, source) = (Inputs.Uniform(1, [256, 2], 0, 1), Inputs.Uniform(2, [256]));
                    return Trained(Perceptron([2, 32, 32, 32, 1]), network => (Laplacian(network, points) - source).Square().Mean());
                }
            case "recurrent policy":
                {
                    var (x, actions, returns) = (Inputs.Uniform(1, [20, 16, 8]), Inputs.Integers(2, 4, [20, 16, 1]), Inputs.Uniform(3, [20, 16]));
                    return Trained(new Policy(), network => -(network.Forward(x).LogSoftmax(-1).Gather(-1, actions).Squeeze(-1) * returns).Mean());
                }
            case "normalizing flow":
                {
                    var x = Inputs.Uniform(1, [128, 2]);
                    return Trained(new Flow(), network =>
                    {
                        var (z, change) = network.Forward(x);
                        return ((z * z).Sum(1) * 0.5 - change).Mean();
                    });
                }
            default:
                return Adversarial();
        }
    }

    public static Workload TanhNetwork()
    {
        var (x, y) = (Inputs.Uniform(1, [128, 2]), Inputs.Uniform(2, [128, 1]));
        return Trained(Perceptron([2, 64, 64, 1]), network => Loss.MeanSquaredError(network.Forward(x), y));
    }

    public static Workload Trained<T>(T network, Func<T, Tensor> loss, Func<T, Optimizer>? optimizer = null)
        where T : Module
    {
        Inputs.Fill(network);
        var steps = optimizer?.Invoke(network) ?? new Adam(network.Parameters());
        return new(() =>
        {
            steps.ClearGradients();
            var value = loss(network);
            value.Backward();
            steps.Step();
            return [value.Detach()];
        });
    }

    public static Sequential Perceptron(int[] sizes, bool rectifier = false)
    {
        var random = new RandomSource(0);
        var modules = new List<IForward>();
        for (var i = 0; i + 1 < sizes.Length; i++)
        {
            modules.Add(new Linear(sizes[i], sizes[i + 1], random));
            if (i + 2 < sizes.Length) modules.Add(new Function(x => rectifier ? x.Relu() : x.Tanh()));
        }
        return new([.. modules]);
    }

    private static Tensor Laplacian(Sequential network, Tensor points)
    {
        var x = points.Detach();
        x.RequiresGradient = true;
        var gradient = Differentiation.Gradient(network.Forward(x).Sum(), x, createGraph: true);
        Tensor? sum = null;
        for (var i = 0; i < points.Shape[1]; i++)
        {
            var second = Differentiation.Gradient(gradient.Select(1, i).Sum(), x, createGraph: true).Select(1, i);
            sum = sum is null ? second : sum + second;
        }
        return sum!;
    }

    private static Workload Adversarial()
    {
        var network = Inputs.Fill(new Gan());
        var (critic, generator) = (new Adam(network.Critic.Parameters()), new Adam(network.Generator.Parameters()));
        var (real, noise, share) = (Inputs.Uniform(1, [64, 2]), Inputs.Uniform(2, [64, 2]), Inputs.Uniform(3, [64, 1], 0, 1));
        return new(() =>
        {
            critic.ClearGradients();
            Tensor fake;
            using (GradientMode.Disable()) fake = network.Generator.Forward(noise);
            var mixed = (share * real) + ((1 - share) * fake);
            mixed.RequiresGradient = true;
            var slope = Differentiation.Gradient(network.Critic.Forward(mixed).Sum(), mixed, createGraph: true);
            var penalty = ((slope.Square().Sum(1) + 1e-12).Sqrt() - 1).Square().Mean();
            var loss = network.Critic.Forward(fake).Mean() - network.Critic.Forward(real).Mean() + (10 * penalty);
            loss.Backward();
            critic.Step();
            generator.ClearGradients();
            var other = -network.Critic.Forward(network.Generator.Forward(noise)).Mean();
            other.Backward();
            generator.Step();
            return [loss.Detach(), other.Detach()];
        });
    }

    private sealed class Policy : Module
    {
        public Gru Gru { get; } = new(8, 16, new(0));

        public Linear Head { get; } = new(16, 4, new(0));

        public Tensor Forward(Tensor x) => Head.Forward(Gru.Forward(x).Output);
    }

    private sealed class Gan : Module
    {
        public Sequential Generator { get; } = Perceptron([2, 64, 64, 2], rectifier: true);

        public Sequential Critic { get; } = Perceptron([2, 64, 64, 1]);
    }

    private sealed class Flow : Module
    {
        public ModuleList<Coupling> Layers { get; } = new(Enumerable.Range(0, 4).Select(i => new Coupling(i % 2)));

        public (Tensor Z, Tensor LogDeterminant) Forward(Tensor x)
        {
            Tensor? logarithm = null;
            foreach (var layer in Layers)
            {
                (x, var change) = layer.Forward(x);
                logarithm = logarithm is null ? change : logarithm + change;
            }
            return (x, logarithm!);
        }
    }

    /// <summary>Affine coupling of two numbers: one is kept, the other scaled and shifted by a network of it.</summary>
    private sealed class Coupling(int kept) : Module
    {
        public Sequential Net { get; } = Perceptron([1, 64, 64, 2]);

        public (Tensor Output, Tensor LogDeterminant) Forward(Tensor x)
        {
            var (still, moved) = (x.Narrow(1, kept, 1), x.Narrow(1, 1 - kept, 1));
            var parameters = Net.Forward(still);
            var scale = parameters.Narrow(1, 0, 1).Tanh();
            moved = (moved * scale.Exp()) + parameters.Narrow(1, 1, 1);
            return (Tensor.Concatenate(kept == 0 ? [still, moved] : [moved, still], 1), scale.Select(1, 0));
        }
    }
}
