using Scorch.Losses;

namespace Scorch.Tests.Operations;

/// <summary>Matrix products, convolution, pooling, normalisation, attention and losses: oracles/engine/networks.py.</summary>
internal static class NetworkCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("networks");
        Products(all);
        Pools(all);
        Normalisations(all);
        foreach (var reduction in Enum.GetValues<Reduction>()) Losses(all, reduction);
        all.Two("bce", (x, t) => Loss.BinaryCrossEntropy(x, t.Detach(), Reduction.None));
        all.Two("bce_logits", (x, t) => Loss.BinaryCrossEntropyWithLogits(x, t.Detach(), reduction: Reduction.None));
        all.Two("kl", (x, t) => Loss.KullbackLeibler(x, t.Detach(), Reduction.None));
        all.Two("cosine_similarity", (a, b) => Loss.CosineSimilarity(a, b, 1));
        all.Two("cosine_similarity_broadcast", (a, b) => Loss.CosineSimilarity(a, b, -1));
        return all;
    }

    private static void Products(CaseTable all)
    {
        all.Two("matmul", (a, b) => a.MatMul(b));
        all.Two("dot", (a, b) => a.Dot(b));
        all.Two("outer", (a, b) => a.Outer(b));
        all.Three("affine", (x, w, b) => x.Affine(w, b));
        all.Two("affine_plain", (x, w) => x.Affine(w));
        all.Three("conv1d", (x, w, b) => x.Convolution(w, b, new(stride: 2, padding: 2, dilation: 2)));
        all.Three("conv2d", (x, w, b) => x.Convolution(w, b, new([2, 1], [1, 2], [1, 2], 2)));
        all.Two("conv2d_plain", (x, w) => x.Convolution(w));
        all.Two("conv2d_same", (x, w) => x.Convolution(w, null, new(padding: 1)));
        all.Two("conv2d_depthwise", (x, w) => x.Convolution(w, null, new(padding: 1, groups: x.Shape[1])));
        all.Two("conv3d", (x, w) => x.Convolution(w, null, new([1, 2, 1], [1, 0, 1], [1])));
        all.Two("conv_transpose1d", (x, w) => x.TransposedConvolution(w, null, new(stride: 3, padding: 1), 2));
        all.Three("conv_transpose2d", (x, w, b) => x.TransposedConvolution(w, b, new(2, 1, 2, 2), 1));
        all.Two("conv_transpose2d_plain", (x, w) => x.TransposedConvolution(w));
        all.Two("conv_transpose3d", (x, w) => x.TransposedConvolution(w, null, new(stride: 2)));
    }

    private static void Pools(CaseTable all)
    {
        all.Pair("max_pool1d", x => x.MaxPool([3], [2], [1]));
        all.Pair("max_pool2d", x => x.MaxPool([3, 2], [2], [1]));
        all.Pair("max_pool2d_plain", x => x.MaxPool([2]));
        all.One("max_pool2d_ceil", x => x.MaxPool([2], [3], dilation: [2], ceilMode: true).Values);
        all.One("max_pool3d", x => x.MaxPool([2], [1]).Values);
        all.One("avg_pool1d", x => x.AveragePool([3], [2], [1]));
        all.One("avg_pool2d", x => x.AveragePool([3, 2], [2], [1]));
        all.One("avg_pool2d_exclude", x => x.AveragePool([3], [2], [1], ceilMode: true, countPadding: false));
        all.One("avg_pool2d_include", x => x.AveragePool([3], [2], [1], ceilMode: true));
        all.One("avg_pool2d_divisor", x => x.AveragePool([2], divisor: 3));
        all.One("avg_pool3d", x => x.AveragePool([2], [1]));
        all.One("adaptive_avg", x => x.AdaptiveAveragePool(3, 4));
        all.One("adaptive_avg1d", x => x.AdaptiveAveragePool(4));
        all.Pair("adaptive_max", x => x.AdaptiveMaxPool(3, 4));
        all.One("adaptive_max1d", x => x.AdaptiveMaxPool(4).Values);
    }

    private static void Normalisations(CaseTable all)
    {
        all.Three("layer_norm", (x, w, b) => x.LayerNorm(w.Shape, w, b));
        all.One("layer_norm_plain", x => x.LayerNorm([x.Shape[-1]], epsilon: 1e-3));
        all.Three("group_norm", (x, w, b) => x.GroupNorm(2, w, b));
        all.One("group_norm_plain", x => x.GroupNorm(1, epsilon: 1e-3));
        all.One("instance_norm", x => x.InstanceNorm());
        all.Three("instance_norm_affine", (x, w, b) => x.InstanceNorm(w, b));
        all.Three("batch_norm_train", (x, w, b) => x.BatchNorm(null, null, w, b));
        all.One("batch_norm_plain", x => x.BatchNorm());
        all.Many("batch_norm_eval", x => [x[0].BatchNorm(x[1].Detach(), x[2].Detach(), x[3], x[4])]);
        all.Many("attention_mask", x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3])]);
        all.Many("attention_bias", x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3])]);
        all.Three("attention_plain", (q, k, v) => q.ScaledDotProductAttention(k, v));
        all.Three("attention_causal", (q, k, v) => q.ScaledDotProductAttention(k, v, isCausal: true, scale: 0.3));
    }

    private static void Losses(CaseTable all, Reduction reduction)
    {
        void Two(string name, Func<Tensor, Tensor, Tensor> f) => all.Two($"{name}_{reduction}".ToLowerInvariant(), f);
        void Three(string name, Func<Tensor, Tensor, Tensor, Tensor> f) => all.Three($"{name}_{reduction}".ToLowerInvariant(), f);

        Two("mse", (x, t) => Loss.MeanSquaredError(x, t, reduction));
        Two("mae", (x, t) => Loss.MeanAbsoluteError(x, t, reduction));
        Two("huber", (x, t) => Loss.Huber(x, t, 0.7, reduction));
        Two("bce", (x, t) => Loss.BinaryCrossEntropy(x, t.Detach(), reduction));
        Two("bce_logits", (x, t) => Loss.BinaryCrossEntropyWithLogits(x, t, reduction: reduction));
        Three("bce_logits_weight", (x, t, w) => Loss.BinaryCrossEntropyWithLogits(x, t, w[TensorIndex.Rest, ..1].Detach(), reduction));
        Two("kl", (x, t) => Loss.KullbackLeibler(x, t.Detach(), reduction));
        Three("triplet", (a, p, n) => Loss.TripletMargin(a, p, n, 0.5, reduction));
        Three("cosine_embedding", (a, b, label) => Loss.CosineEmbedding(a, b, label.Detach(), 0.1, reduction));
        Two("nll", (x, t) => Loss.NegativeLogLikelihood(x, t, reduction));
        Two("cross_entropy", (x, t) => Loss.CrossEntropy(x, t, reduction: reduction));
        Three("cross_entropy_weight", (x, t, w) => Loss.CrossEntropy(x, t, w.Detach(), labelSmoothing: 0.1, reduction: reduction));
        Two("cross_entropy_soft", (x, t) => Loss.CrossEntropy(x, t.Softmax(1), reduction: reduction));
    }
}
