using Scorch.Modules;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Modules;

/// <summary>Modules with PyTorch's parameter names: oracles/engine/modules.py.</summary>
internal static class ModuleCases
{
    private static RandomSource Random => new(1);

    public static CaseTable Build()
    {
        var all = new CaseTable("modules");
        Layers(all);
        Normalisations(all);
        Series(all);
        foreach (var first in new[] { false, true }) Transformers(all, first);
        return all;
    }

    /// <summary>Attention with key and value features of its own, and the whole transformer: oracles/engine/transformers.py.</summary>
    public static CaseTable BuildTransformers()
    {
        var all = new CaseTable("transformers");
        all.One("causal_mask", x => Transformer.CausalMask(x.Shape[0]));
        all.Module("attention_keys", type => new MultiheadAttention(6, 2, Random, dataType: type, keyFeatures: 5, valueFeatures: 7), (n, x) => n.Forward(x[0], x[1], x[2]) is var (y, w) ? [y, w] : []);
        all.Module("attention_values", type => new MultiheadAttention(6, 3, Random, bias: false, batchFirst: true, dataType: type, valueFeatures: 2), (n, x) => n.Forward(x[0], x[1], x[2], keyPadding: x[3]) is var (y, w) ? [y, w] : []);
        all.Module("transformer", type => new Transformer(new(6, 2, 7, DataType: type), Random, 2, 1), (n, x) => [n.Forward(x[0], x[1], targetMask: x[2])]);
        all.Module(
            "transformer_masked",
            type => new Transformer(new(6, 3, 7, Gelu: true, NormFirst: true, BatchFirst: true, DataType: type), Random, 1, 2),
            (n, x) => [n.Forward(x[0], x[1], targetMask: x[3], memoryMask: x[2], sourcePadding: x[4], memoryPadding: x[4])]);
        return all;
    }

    private static void Layers(CaseTable all)
    {
        all.Module("linear", type => new Linear(5, 3, Random, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("linear_plain", type => new Linear(5, 3, Random, bias: false, type), (n, x) => [n.Forward(x[0])]);
        all.Module("convolution", type => new Convolution(4, 6, [3, 2], Random, new(2, 1, 1, 2), dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("convolution_line", type => new Convolution(3, 2, [3], Random, new(dilation: 2), bias: false, type), (n, x) => [n.Forward(x[0])]);
        all.Module("convolution_volume", type => new Convolution(1, 2, [2, 2, 2], Random, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("convolution_image", type => Convolution.Image(2, 3, 3, Random, padding: 1, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("transposed_convolution", type => new TransposedConvolution(4, 6, [3, 3], Random, new(2, 1, 1, 2), [1], dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("transposed_convolution_line", type => new TransposedConvolution(2, 3, [4], Random, bias: false, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("embedding", type => new Embedding(5, 3, Random, type), (n, x) => [n.Forward(x[0])]);
        all.Module("dropout", type => new Sequential(new Linear(3, 3, Random, dataType: type), new Dropout(0.5, Random)), (n, x) => [((Dropout)n.Modules[1]).Forward(((Linear)n.Modules[0]).Forward(x[0]))]);
        all.Module("sequential", type => new Sequential(new Linear(3, 7, Random, dataType: type), new Function(x => x.Tanh()), new Linear(7, 2, Random, dataType: type)), (n, x) => [n.Forward(x[0])]);
        all.Module("list", type => new ModuleList<Linear>([new(3, 3, Random, dataType: type), new(3, 3, Random, dataType: type)]), (n, x) => [n[1].Forward(new Function(y => y.Sin()).Forward(n[0].Forward(x[0])))]);
    }

    private static void Normalisations(CaseTable all)
    {
        all.Module("batch_norm", type => new BatchNorm(4, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("batch_norm_train", type => new BatchNorm(4, 1e-3, 0.3, dataType: type), Statistics, train: true);
        all.Module("batch_norm_average", type => new BatchNorm(3, momentum: null, affine: false, dataType: type), Statistics, train: true);
        all.Module("layer_norm", type => new LayerNorm([4, 5], 1e-3, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("layer_norm_plain", type => new LayerNorm([7], affine: false, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("group_norm", type => new GroupNorm(2, 6, 1e-3, dataType: type), (n, x) => [n.Forward(x[0])]);
        all.Module("group_norm_plain", type => new GroupNorm(3, 3, affine: false, dataType: type), (n, x) => [n.Forward(x[0])]);
    }

    private static Tensor[] Statistics(BatchNorm n, Tensor[] x)
    {
        var result = n.Forward(x[0]);
        return [result, n.RunningMean, n.RunningVariance, n.BatchCount];
    }

    private static void Series(CaseTable all)
    {
        static RecurrentOptions Plain(DataType type) => new(DataType: type);
        static RecurrentOptions Deep(DataType type) => new(2, Bidirectional: true, BatchFirst: true, DataType: type);

        all.Module("rnn", type => new Rnn(5, 6, Random, Plain(type)), (n, x) => n.Forward(x[0]) is var (y, h) ? [y, h] : []);
        all.Module("rnn_relu", type => new Rnn(5, 6, Random, Plain(type) with { Bias = false }, rectifier: true), (n, x) => n.Forward(x[0]) is var (y, h) ? [y, h] : []);
        all.Module("gru", type => new Gru(5, 6, Random, Plain(type)), (n, x) => n.Forward(x[0]) is var (y, h) ? [y, h] : []);
        all.Module("gru_single", type => new Gru(5, 6, Random, Plain(type)), (n, x) => n.Forward(x[0]) is var (y, h) ? [y, h] : []);
        all.Module("gru_deep", type => new Gru(5, 6, Random, Deep(type)), (n, x) => n.Forward(x[0]) is var (y, h) ? [y, h] : []);
        all.Module("gru_state", type => new Gru(5, 6, Random, Plain(type) with { Layers = 2 }), (n, x) => n.Forward(x[0], x[1]) is var (y, h) ? [y, h] : []);
        all.Module("lstm", type => new Lstm(5, 6, Random, Plain(type)), (n, x) => n.Forward(x[0]) is var (y, h, c) ? [y, h, c] : []);
        all.Module("lstm_single", type => new Lstm(5, 6, Random, Plain(type)), (n, x) => n.Forward(x[0]) is var (y, h, c) ? [y, h, c] : []);
        all.Module("lstm_deep", type => new Lstm(5, 6, Random, Deep(type)), (n, x) => n.Forward(x[0]) is var (y, h, c) ? [y, h, c] : []);
        all.Module("lstm_state", type => new Lstm(5, 6, Random, Plain(type) with { Layers = 2 }), (n, x) => n.Forward(x[0], x[1], x[2]) is var (y, h, c) ? [y, h, c] : []);
        all.Module("attention", type => new MultiheadAttention(6, 2, Random, dataType: type), (n, x) => n.Forward(x[0], x[1], x[1]) is var (y, w) ? [y, w] : []);
        all.Module("attention_masked", type => new MultiheadAttention(6, 2, Random, bias: false, dataType: type), (n, x) => n.Forward(x[0], x[0], x[0], x[1], x[2]) is var (y, w) ? [y, w] : []);
        all.Module("attention_batch_first", type => new MultiheadAttention(6, 3, Random, batchFirst: true, dataType: type), (n, x) => n.Forward(x[0], x[0], x[0], x[1]) is var (y, w) ? [y, w] : []);
    }

    private static void Transformers(CaseTable all, bool first)
    {
        var tag = first ? "first" : "last";
        TransformerOptions Options(DataType type) => new(6, 2, 7, Gelu: first, NormFirst: first, BatchFirst: first, DataType: type);

        all.Module($"encoder_layer_{tag}", type => new TransformerEncoderLayer(Options(type), Random), (n, x) => [n.Forward(x[0])]);
        all.Module($"decoder_layer_{tag}", type => new TransformerDecoderLayer(Options(type), Random), (n, x) => [n.Forward(x[0], x[1])]);
        all.Module($"encoder_{tag}", type => new TransformerEncoder(Options(type), 2, Random, finalNorm: true), (n, x) => [n.Forward(x[0], x[1], x[2])]);
        all.Module($"decoder_{tag}", type => new TransformerDecoder(Options(type), 2, Random), (n, x) => [n.Forward(x[0], x[1], x[2])]);
    }
}
