"""Reference values of matrix products, convolution, pooling, normalisation, attention and losses, by PyTorch.

Run:  python3 oracles/engine/networks.py tests/oracles/engine/networks.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy.
"""
import torch
import torch.nn.functional as F

from cases import case, cases, inf, nan, positive, rnd, save, unit

cases("matmul", torch.matmul, *[(rnd(10, *a), rnd(11, *b)) for a, b in [
    ((4, 5), (5, 3)), ((2, 1, 4, 5), (3, 5, 3)), ((4, 5), (5,)), ((5,), (5, 3)), ((5,), (5,)), ((2, 4, 5), (5, 3)), ((2, 4, 5), (5,)), ((4, 5), (3, 5, 2)),
    ((1, 1), (1, 1)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 3, 0), (0, 2)), ((17, 13), (13, 19)), ((1, 31), (31, 1)), ((0, 2, 3), (3, 2))]])
cases("dot", torch.dot, (rnd(10, 7), rnd(11, 7)), (rnd(10, 1), rnd(11, 1)), (rnd(10, 0), rnd(11, 0)))
cases("outer", torch.outer, (rnd(10, 3), rnd(11, 7)), (rnd(10, 1), rnd(11, 1)), (rnd(10, 0), rnd(11, 2)))
cases("affine", F.linear, (rnd(10, 2, 4, 5), rnd(11, 3, 5), rnd(12, 3)), (rnd(10, 5), rnd(11, 3, 5), rnd(12, 3)), (rnd(10, 1, 1), rnd(11, 1, 1), rnd(12, 1)), (rnd(10, 0, 5), rnd(11, 3, 5), rnd(12, 3)))
cases("affine_plain", F.linear, (rnd(10, 4, 5), rnd(11, 3, 5)), (rnd(10, 2, 3, 17), rnd(11, 19, 17)))
image, kernel = rnd(13, 2, 4, 7, 6), rnd(14, 6, 2, 3, 2)
cases("conv1d", lambda x, w, c: F.conv1d(x, w, c, stride=2, padding=2, dilation=2), (rnd(13, 2, 3, 11), rnd(14, 4, 3, 3), rnd(15, 4)), (rnd(13, 1, 1, 1), rnd(14, 1, 1, 3), rnd(15, 1)), (rnd(13, 3, 2, 6), rnd(14, 3, 2, 1), rnd(15, 3)))
cases("conv2d", lambda x, w, c: F.conv2d(x, w, c, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), (image, kernel, rnd(15, 6)), (rnd(13, 1, 2, 3, 2), rnd(14, 2, 1, 2, 2), rnd(15, 2)))
cases("conv2d_plain", F.conv2d, (image, rnd(14, 5, 4, 1, 1)), (image, rnd(14, 3, 4, 3, 3)), (rnd(13, 1, 1, 5, 5), rnd(14, 1, 1, 5, 5)), (rnd(13, 2, 17, 5, 3), rnd(14, 19, 17, 3, 1)), (rnd(13, 0, 4, 5, 5), rnd(14, 3, 4, 2, 2)))
cases("conv2d_same", lambda x, w: F.conv2d(x, w, padding=1), (image, rnd(14, 3, 4, 3, 3)), (rnd(13, 1, 2, 1, 1), rnd(14, 2, 2, 3, 3)), (rnd(13, 1, 2, 2, 9), rnd(14, 2, 2, 3, 3)))
cases("conv2d_depthwise", lambda x, w: F.conv2d(x, w, padding=1, groups=x.shape[1]), (image, rnd(14, 4, 1, 3, 3)), (image, rnd(14, 8, 1, 3, 3)), (rnd(13, 1, 1, 2, 2), rnd(14, 1, 1, 3, 3)))
cases("conv3d", lambda x, w: F.conv3d(x, w, stride=(1, 2, 1), padding=(1, 0, 1)), (rnd(13, 1, 2, 4, 5, 3), rnd(14, 3, 2, 2, 3, 2)), (rnd(13, 2, 1, 1, 1, 1), rnd(14, 1, 1, 1, 1, 1)))
cases("conv_transpose1d", lambda x, w: F.conv_transpose1d(x, w, stride=3, padding=1, output_padding=2), (rnd(13, 2, 3, 5), rnd(14, 3, 4, 3)), (rnd(13, 1, 1, 1), rnd(14, 1, 1, 4)))
cases("conv_transpose2d", lambda x, w, c: F.conv_transpose2d(x, w, c, stride=2, padding=1, output_padding=1, groups=2, dilation=2), (image, rnd(14, 4, 3, 3, 2), rnd(15, 6)), (rnd(13, 1, 2, 2, 3), rnd(14, 2, 1, 2, 2), rnd(15, 2)))
cases("conv_transpose2d_plain", F.conv_transpose2d, (image, rnd(14, 4, 3, 1, 1)), (rnd(13, 1, 3, 2, 2), rnd(14, 3, 2, 3, 3)))
cases("conv_transpose3d", lambda x, w: F.conv_transpose3d(x, w, stride=2), (rnd(13, 1, 2, 2, 2, 3), rnd(14, 2, 3, 2, 1, 2)), (rnd(13, 1, 1, 1, 1, 1), rnd(14, 1, 1, 2, 2, 2)))
ties = torch.tensor([[[[1.0, 1, 0, nan], [1, 1, inf, 0], [2, -inf, 2, 2], [-inf, -inf, 2, 2]]]])
cases("max_pool1d", lambda x: F.max_pool1d(x, 3, stride=2, padding=1, return_indices=True), (rnd(13, 2, 3, 11),), (rnd(13, 1, 1, 1),))
cases("max_pool2d", lambda x: F.max_pool2d(x, (3, 2), stride=2, padding=1, return_indices=True), (image,), (rnd(13, 1, 1, 3, 2),), (rnd(13, 0, 2, 4, 4),))
cases("max_pool2d_plain", lambda x: F.max_pool2d(x, 2, return_indices=True), (image,), (rnd(13, 1, 1, 2, 3),), (ties.nan_to_num(0.5, 9, -9),))
case("max_pool2d_plain@special", lambda x: F.max_pool2d(x, 2, return_indices=True), ties, second=False)
cases("max_pool2d_ceil", lambda x: F.max_pool2d(x, 2, stride=3, ceil_mode=True, dilation=2), (image,), (rnd(13, 1, 1, 5, 4),))
cases("max_pool3d", lambda x: F.max_pool3d(x, 2, stride=1), (rnd(13, 1, 2, 3, 4, 3),), (rnd(13, 2, 1, 2, 2, 2),))
cases("avg_pool1d", lambda x: F.avg_pool1d(x, 3, stride=2, padding=1), (rnd(13, 2, 3, 11),), (rnd(13, 1, 1, 1),))
cases("avg_pool2d", lambda x: F.avg_pool2d(x, (3, 2), stride=2, padding=1), (image,), (rnd(13, 1, 1, 3, 2),), (rnd(13, 0, 2, 4, 4),))
cases("avg_pool2d_exclude", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), (image,), (rnd(13, 1, 1, 2, 2),))
cases("avg_pool2d_include", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True), (image,), (rnd(13, 1, 1, 4, 6),))
cases("avg_pool2d_divisor", lambda x: F.avg_pool2d(x, 2, divisor_override=3), (image,), (rnd(13, 1, 1, 2, 2),))
cases("avg_pool3d", lambda x: F.avg_pool3d(x, 2, stride=1), (rnd(13, 1, 2, 3, 4, 3),), (rnd(13, 2, 1, 2, 2, 2),))
cases("adaptive_avg", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), (image,), (rnd(13, 1, 1, 2, 3),), (rnd(13, 1, 2, 13, 17),))
cases("adaptive_avg1d", lambda x: F.adaptive_avg_pool1d(x, 4), (rnd(13, 2, 3, 11),), (rnd(13, 1, 1, 1),))
cases("adaptive_max", lambda x: F.adaptive_max_pool2d(x, (3, 4), return_indices=True), (image,), (rnd(13, 1, 1, 2, 3),), (rnd(13, 1, 2, 13, 17),), second=False)
cases("adaptive_max1d", lambda x: F.adaptive_max_pool1d(x, 4), (rnd(13, 2, 3, 11),), (rnd(13, 1, 1, 1),), second=False)

x = rnd(4, 3, 4, 5)
cases("layer_norm", lambda x, w, c: F.layer_norm(x, w.shape, w, c), (x, rnd(16, 4, 5), rnd(17, 4, 5)), (x, rnd(16, 5), rnd(17, 5)), (rnd(4, 17), rnd(16, 17), rnd(17, 17)), (rnd(4, 0, 3), rnd(16, 3), rnd(17, 3)), (rnd(4, 3, 1), rnd(16, 1), rnd(17, 1)))
cases("layer_norm_plain", lambda x: F.layer_norm(x, x.shape[-1:], eps=1e-3), (x,), (rnd(4, 2, 13),), (torch.ones(2, 3),))
cases("group_norm", lambda x, w, c: F.group_norm(x, 2, w, c), (image, rnd(16, 4), rnd(17, 4)), (rnd(13, 3, 2, 5), rnd(16, 2), rnd(17, 2)), (rnd(13, 3, 6), rnd(16, 6), rnd(17, 6)), (rnd(13, 0, 6, 2), rnd(16, 6), rnd(17, 6)))
cases("group_norm_plain", lambda x: F.group_norm(x, 1, eps=1e-3), (image,), (rnd(13, 2, 3, 1, 7),))
cases("instance_norm", lambda x: F.instance_norm(x), (image,), (rnd(13, 1, 3, 7),), (rnd(13, 2, 1, 2, 2, 3),))
cases("instance_norm_affine", lambda x, w, c: F.instance_norm(x, weight=w, bias=c), (image, rnd(16, 4), rnd(17, 4)), (rnd(13, 1, 3, 7), rnd(16, 3), rnd(17, 3)))
cases("batch_norm_train", lambda x, w, c: F.batch_norm(x, None, None, w, c, training=True), (image, rnd(16, 4), rnd(17, 4)), (rnd(13, 7, 3), rnd(16, 3), rnd(17, 3)), (rnd(13, 2, 1, 5), rnd(16, 1), rnd(17, 1)))
cases("batch_norm_plain", lambda x: F.batch_norm(x, None, None, training=True), (image,), (rnd(13, 3, 2, 1, 1, 2),))
cases("batch_norm_eval", lambda x, m, v, w, c: F.batch_norm(x, m.detach(), v.detach(), w, c), (image, rnd(18, 4), rnd(19, 4, **positive), rnd(16, 4), rnd(17, 4)), (rnd(13, 1, 3), rnd(18, 3), rnd(19, 3, **positive), rnd(16, 3), rnd(17, 3)), (rnd(13, 0, 3, 2), rnd(18, 3), rnd(19, 3, **positive), rnd(16, 3), rnd(17, 3)))


def attention(q, k, v, mask=None, scale=None):
    s = q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5)
    if mask is not None:
        s = s.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else s + mask
    return s.softmax(-1) @ v


allowed = torch.tensor([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]]).bool()
q, k, v = rnd(20, 2, 3, 4), rnd(21, 2, 5, 4), rnd(22, 2, 5, 6)
cases("attention_mask", attention, (q, k, v, allowed), (rnd(20, 2, 2, 3, 4), rnd(21, 2, 2, 5, 4), rnd(22, 2, 2, 5, 3), allowed), (rnd(20, 1, 1, 1), rnd(21, 1, 1, 1), rnd(22, 1, 1, 1), allowed[:1, :1]))
cases("attention_bias", attention, (q, k, v, rnd(23, 3, 5)), (q, k, v, rnd(23, 2, 1, 5)))
cases("attention_plain", attention, (q, k, v), (rnd(20, 1, 7, 3), rnd(21, 1, 13, 3), rnd(22, 1, 13, 2)), (rnd(20, 0, 3, 4), rnd(21, 0, 5, 4), rnd(22, 0, 5, 6)))
cases("attention_causal", lambda q, k, v: attention(q, k, v, torch.ones(q.shape[-2], k.shape[-2]).tril().bool(), 0.3), (q, k, v), (rnd(20, 2, 17, 3), rnd(21, 2, 17, 3), rnd(22, 2, 17, 2)))

for reduction in ["mean", "sum", "none"]:
    some = lambda *spans: [tuple(rnd(26 + i, *shape, **span) for i, span in enumerate(spans)) for shape in [(3, 4), (1,), (2, 1, 5)]] + ([tuple(rnd(26 + i, 0, 3, **span) for i, span in enumerate(spans))] if reduction != "mean" else [])
    zero_one = dict(low=0, high=1)
    cases(f"mse_{reduction}", lambda x, t: F.mse_loss(x, t, reduction=reduction), *some({}, {}))
    cases(f"mae_{reduction}", lambda x, t: F.l1_loss(x, t, reduction=reduction), *some({}, {}))
    cases(f"huber_{reduction}", lambda x, t: F.huber_loss(x, t, delta=0.7, reduction=reduction), *some({}, {}))
    cases(f"bce_{reduction}", lambda x, t: F.binary_cross_entropy(x, t.detach(), reduction=reduction), *some(dict(low=0.1, high=0.9), zero_one))
    cases(f"bce_logits_{reduction}", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction=reduction), *some({}, zero_one))
    cases(f"bce_logits_weight_{reduction}", lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w[..., :1].detach(), reduction=reduction), *some({}, zero_one, positive))
    cases(f"kl_{reduction}", lambda x, t: F.kl_div(x, t.detach(), reduction=reduction), *some({}, positive))
    cases(f"triplet_{reduction}", lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=0.5, reduction=reduction), *[(rnd(1, *s), rnd(2, *s), rnd(3, *s)) for s in [(3, 4), (1, 2), (7, 3)]])
    label = torch.tensor([1.0, -1, 1, -1])
    cases(f"cosine_embedding_{reduction}", lambda a, b, y: F.cosine_embedding_loss(a, b, y.detach(), margin=0.1, reduction=reduction), (rnd(1, 4, 3), rnd(2, 4, 3), label), (rnd(1, 1, 7), rnd(2, 1, 7), label[:1]), (rnd(1, 2, 2), rnd(2, 2, 2), label[1:3]))
    classes = [(rnd(23, 4, 5, 3), torch.tensor([[0, 4, 2], [1, 1, 3], [3, 2, 0], [4, 4, 1]])), (rnd(23, 2, 7), torch.tensor([6, 0])), (rnd(23, 1, 1), torch.tensor([0])), (rnd(23, 2, 3, 2, 2), torch.tensor([[[0, 1], [2, 2]], [[1, 1], [0, 2]]]))]
    cases(f"nll_{reduction}", lambda x, t: F.nll_loss(x, t, reduction=reduction), *classes)
    cases(f"cross_entropy_{reduction}", lambda x, t: F.cross_entropy(x, t, reduction=reduction), *classes, (rnd(23, 3, 4), torch.tensor([1, -100, 0])), (rnd(23, 3, 4) * 100, torch.tensor([1, 2, 0])), *([] if reduction == "mean" else [(rnd(23, 0, 4), torch.zeros(0, dtype=torch.int64))]))
    cases(f"cross_entropy_weight_{reduction}", lambda x, t, w: F.cross_entropy(x, t, w.detach(), label_smoothing=0.1, reduction=reduction), *[(a, t, rnd(24, a.shape[1], **positive)) for a, t in classes[:2]], (rnd(23, 3, 4), torch.tensor([1, -100, 0]), rnd(24, 4, **positive)))
    cases(f"cross_entropy_soft_{reduction}", lambda x, t: F.cross_entropy(x, t.softmax(1), reduction=reduction), (rnd(23, 4, 5, 3), rnd(25, 4, 5, 3)), (rnd(23, 2, 7), rnd(25, 2, 7)))
cases("bce@edges", lambda x, t: F.binary_cross_entropy(x, t.detach(), reduction="none"), (torch.tensor([0.0, 1, 0, 1, 0.5]), torch.tensor([0.0, 0, 1, 1, 0.5])), first=False)
cases("bce_logits@edges", lambda x, t: F.binary_cross_entropy_with_logits(x, t.detach(), reduction="none"), (torch.tensor([50.0, -50, 50, -50, 0]), torch.tensor([0.0, 0, 1, 1, 0.5])))
cases("kl@zero", lambda x, t: F.kl_div(x, t.detach(), reduction="none"), (rnd(26, 3), torch.tensor([0.0, 1, 0.5])))
cases("cosine_similarity", lambda a, b: F.cosine_similarity(a, b, dim=1), (rnd(1, 4, 3), rnd(2, 4, 3)), (rnd(1, 2, 7, 2), rnd(2, 2, 7, 2)), (rnd(1, 1, 1), rnd(2, 1, 1)))
cases("cosine_similarity_broadcast", lambda a, b: F.cosine_similarity(a, b, dim=-1), (rnd(1, 3), rnd(2, 5, 3)), (rnd(1, 4, 1, 3), rnd(2, 1, 5, 3)))
save()
