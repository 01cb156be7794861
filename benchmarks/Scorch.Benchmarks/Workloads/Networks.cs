using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Models;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Benchmarks.Workloads;

/// <summary>Recurrent networks, large training steps, inference, optimisers.</summary>
internal static class Networks
{
    public static Workload Recurrent(Row row)
    {
        var (inputs, hidden) = (row.Number("inputs"), row.Number("hidden"));
        var x = Inputs.Uniform(1, [row.Number("time"), row.Number("batch"), inputs]);
        var weight = Inputs.Uniform(99, [row.Number("time"), row.Number("batch"), hidden]);
        Recurrent network = row.Operation == "lstm" ? new Lstm(inputs, hidden, new(0)) : new Gru(inputs, hidden, new(0));
        Inputs.Fill(network);
        Tensor[] parameters = [.. network.NamedParameters().OrderBy(entry => entry.Name == "weight_ih_l0" ? 0 : 1).Select(entry => entry.Parameter)];
        var gates = row.Operation == "lstm" ? 4 : 3;
        var operations = 3 * 2.0 * row.Number("time") * row.Number("batch") * gates * hidden * (inputs + hidden);
        return new(
            () =>
            {
                var y = network is Lstm lstm ? lstm.Forward(x).Output : ((Gru)network).Forward(x).Output;
                var gradients = Differentiation.Gradients([y], parameters, [weight]);
                return [y.Detach(), gradients[0]!];
            },
            operations);
    }

    public static Workload LargeStep(Row row)
    {
        if (row.Operation == "transformer")
        {
            var (tokens, target) = (Inputs.Integers(1, 1000, [8, 128]), Inputs.Integers(2, 1000, [8, 128]));
            var mask = Tensor.Full([128, 128], double.NegativeInfinity).UpperTriangle(1);
            return SmallSteps.Trained(new LanguageModel(), network => Loss.CrossEntropy(network.Forward(tokens, mask).Reshape(-1, 1000), target.Reshape(-1)));
        }
        var (x, classes) = (Inputs.Uniform(1, [32, 3, 32, 32]), Inputs.Integers(2, 10, [32]));
        return SmallSteps.Trained(
            new ResNet(ResNetConfig.ResNet18 with { NumClasses = 10, SmallStem = true }),
            network => Loss.CrossEntropy(network.Forward(x), classes),
            network => new Sgd(network.Parameters(), new(0.01, 0.9)));
    }

    public static Workload Inference(Row row)
    {
        if (row.Operation == "decoding")
        {
            var decoder = Inputs.Fill(new Decoder());
            return new(Workload.Plain(() => decoder.Generate(1, row.Number("tokens"))));
        }
        var x = Inputs.Uniform(1, [row.Number("batch"), 3, 224, 224]);
        if (row.Operation == "resnet-18")
        {
            var network = Inputs.Fill(new ResNet(ResNetConfig.ResNet18));
            network.Evaluate();
            return new(Workload.Plain(() => network.Forward(x)), 2 * 1.814e9 * row.Number("batch"));
        }
        var transformer = Inputs.Fill(new VisionTransformer());
        transformer.Evaluate();
        return new(Workload.Plain(() => transformer.Forward(x)), 2 * 4.6e9 * row.Number("batch"));
    }

    /// <summary>Ten million parameters in fifty tensors.</summary>
    public static Workload OptimizerStep(Row row)
    {
        var parameters = Enumerable.Range(0, 50).Select(i => new Parameter(Inputs.Uniform(i, [200_000]))).ToArray();
        for (var i = 0; i < parameters.Length; i++) parameters[i].Gradient = Inputs.Uniform(1000 + i, [200_000]);
        Optimizer optimizer = row.Operation switch
        {
            "sgd" => new Sgd(parameters, new(1e-3, 0.9)),
            "adam" => new Adam(parameters),
            _ => new AdamW(parameters),
        };
        // Reads and writes: SGD p, v and g; Adam p, m, v and g.
        return new(
            () =>
            {
                optimizer.Step();
                return [parameters[0].Detach(), parameters[^1].Detach()];
            },
            Bytes: 4.0 * 10_000_000 * (row.Operation == "sgd" ? 5 : 7));
    }

    private sealed class LanguageModel : Module
    {
        public Embedding Embedding { get; } = new(1000, 256, new(0));

        public TransformerEncoder Encoder { get; } =
            new(new TransformerOptions(256, 4, 1024, Dropout: 0, Gelu: true, NormFirst: true, BatchFirst: true), 6, new(0));

        public Linear Head { get; } = new(256, 1000, new(0));

        public Tensor Forward(Tensor tokens, Tensor mask) => Head.Forward(Encoder.Forward(Embedding.Forward(tokens), mask));
    }

    /// <summary>ViT-S/16: width 384, 12 layers, 6 heads.</summary>
    private sealed class VisionTransformer : Module
    {
        public Convolution Patch { get; } = Convolution.Image(3, 384, 16, new(0), stride: 16);

        public Parameter ClassToken { get; } = Parameter.Full([1, 1, 384], 0);

        public Parameter Positions { get; } = Parameter.Full([1, 197, 384], 0);

        public TransformerEncoder Encoder { get; } =
            new(new TransformerOptions(384, 6, 1536, Dropout: 0, Gelu: true, NormFirst: true, BatchFirst: true), 12, new(0));

        public LayerNorm Norm { get; } = new([384]);

        public Linear Head { get; } = new(384, 1000, new(0));

        public Tensor Forward(Tensor x)
        {
            x = Patch.Forward(x).Flatten(2).Transpose(1, 2);
            x = Tensor.Concatenate([ClassToken.Expand(x.Shape[0], 1, 384), x], 1) + Positions;
            return Head.Forward(Norm.Forward(Encoder.Forward(x).Select(1, 0)));
        }
    }

    private sealed class DecoderLayer : Module
    {
        private const int Heads = 4;

        public LayerNorm Norm1 { get; } = new([256]);

        public LayerNorm Norm2 { get; } = new([256]);

        public Linear Qkv { get; } = new(256, 768, new(0));

        public Linear Out { get; } = new(256, 256, new(0));

        public Linear Linear1 { get; } = new(256, 1024, new(0));

        public Linear Linear2 { get; } = new(1024, 256, new(0));

        public (Tensor Output, Tensor Keys, Tensor Values) Forward(Tensor x, Tensor keys, Tensor values)
        {
            var parts = Qkv.Forward(Norm1.Forward(x)).Reshape(1, 3, Heads, 1, -1);
            keys = Tensor.Concatenate([keys, parts.Select(1, 1)], 2);
            values = Tensor.Concatenate([values, parts.Select(1, 2)], 2);
            x += Out.Forward(parts.Select(1, 0).ScaledDotProductAttention(keys, values).Reshape(1, 256));
            return (x + Linear2.Forward(Linear1.Forward(Norm2.Forward(x)).Gelu()), keys, values);
        }
    }

    /// <summary>A decoder of six layers that writes one token after the other with a cache of keys and values.</summary>
    private sealed class Decoder : Module
    {
        public Embedding Embedding { get; } = new(1000, 256, new(0));

        public ModuleList<DecoderLayer> Layers { get; } = new(Enumerable.Range(0, 6).Select(_ => new DecoderLayer()));

        public Linear Head { get; } = new(256, 1000, new(0));

        public Tensor Generate(long token, int count)
        {
            var caches = Enumerable.Repeat((Keys: Tensor.Zeros([1, 4, 0, 64]), Values: Tensor.Zeros([1, 4, 0, 64])), Layers.Count).ToArray();
            var next = Tensor.From(token);
            Tensor logits = next;
            for (var i = 0; i < count; i++)
            {
                var x = Embedding.Forward(next);
                for (var l = 0; l < Layers.Count; l++) (x, caches[l].Keys, caches[l].Values) = Layers[l].Forward(x, caches[l].Keys, caches[l].Values);
                logits = Head.Forward(x);
                next = logits.ArgMax(-1);
            }
            return logits;
        }
    }
}
