"""Reference values of Fourier transforms, einsum, interpolation, grid sampling and complex arithmetic, by PyTorch.

Run:  python3 oracles/engine/signals.py tests/oracles/engine/signals.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy.
"""
import torch
import torch.nn.functional as F

from cases import case, cases, complex_rnd, rnd, save

f = torch.fft
for n in [1, 2, 6, 8, 31, 37, 74, 210]:
    case(f"fft_{n}", lambda z: f.fft(z), complex_rnd(n, 2, n))
    case(f"ifft_{n}", lambda z: f.ifft(z), complex_rnd(n, n))
    case(f"rfft_{n}", lambda x: f.rfft(x), rnd(n, 2, n))
    case(f"irfft_{n}", lambda z: f.irfft(z, n), complex_rnd(n, n // 2 + 1))
for norm in ["ortho", "forward", "backward"]:
    case(f"fft_{norm}", lambda z: f.fft(z, norm=norm), complex_rnd(1, 6))
    case(f"irfft_{norm}", lambda z: f.irfft(z, norm=norm), complex_rnd(1, 5))
case("fft_longer", lambda z: f.fft(z, 9, dim=0), complex_rnd(2, 5, 3))
case("fft_shorter", lambda z: f.fft(z, 4, dim=1), rnd(2, 2, 7, 3))
case("fft2", lambda z: f.fft2(z), complex_rnd(3, 2, 4, 6))
case("ifft2", lambda z: f.ifft2(z, norm="ortho"), complex_rnd(3, 5, 6))
case("rfft2", lambda x: f.rfft2(x), rnd(3, 5, 6))
case("irfft2", lambda z: f.irfft2(z, (5, 7)), complex_rnd(3, 5, 4))
case("power_spectrum", lambda x: f.rfft(x * x).abs() ** 2, rnd(4, 9))
case("fftshift", lambda x: f.fftshift(x), rnd(5, 4, 5))
case("ifftshift", lambda x: f.ifftshift(x, dim=1), rnd(5, 4, 5))

e = torch.einsum
case("einsum_matmul", lambda a, b: e("bij,bjk->bik", a, b), rnd(6, 2, 3, 4), rnd(7, 2, 4, 5))
case("einsum_implicit", lambda a, b: e("ij,jk", a, b), rnd(6, 3, 4), rnd(7, 4, 5))
case("einsum_sorted", lambda a: e("ba", a), rnd(6, 3, 4))
case("einsum_trace", lambda a: e("ii", a), rnd(6, 4, 4))
case("einsum_diagonal", lambda a: e("iji->ij", a), rnd(6, 3, 4, 3))
case("einsum_triple", lambda a: e("iii->i", a), rnd(6, 3, 3, 3))
case("einsum_outer", lambda a, b: e("i,j->ij", a, b), rnd(6, 3), rnd(7, 4))
case("einsum_sum", lambda a: e("ij->", a), rnd(6, 3, 4))
case("einsum_ellipsis", lambda a, b: e("...ij,...jk->...ik", a, b), rnd(6, 2, 1, 3, 4), rnd(7, 5, 4, 2))
case("einsum_ellipsis_implicit", lambda a, b: e("i...,i", a, b), rnd(6, 3, 4, 2), rnd(7, 3))
case("einsum_ellipsis_sum", lambda a: e("...i->i", a), rnd(6, 2, 3, 4))
case("einsum_three", lambda a, b, c: e("bi,ijk,bk->bj", a, b, c), rnd(6, 2, 3), rnd(7, 3, 4, 5), rnd(8, 2, 5))
case("einsum_attention", lambda q, k: e("bqhd,bkhd->bhqk", q, k), rnd(6, 2, 3, 2, 4), rnd(7, 2, 5, 2, 4))
case("einsum_lone", lambda a, b: e("ij,kl->k", a, b), rnd(6, 2, 3), rnd(7, 4, 5))
case("einsum_complex", lambda a, b: e("ij,kj->ik", a, b), complex_rnd(6, 2, 3), complex_rnd(7, 4, 3))

up = F.interpolate
case("nearest_1", lambda x: up(x, size=7), rnd(9, 2, 3, 5))
case("nearest_2", lambda x: up(x, scale_factor=(1.7, 0.6)), rnd(9, 2, 3, 5, 6))
case("nearest_3", lambda x: up(x, size=(3, 2, 5)), rnd(9, 1, 2, 2, 3, 4))
for corners in [False, True]:
    tag = "corners" if corners else "borders"
    case(f"linear_{tag}", lambda x: up(x, size=7, mode="linear", align_corners=corners), rnd(9, 2, 3, 5))
    case(f"bilinear_{tag}", lambda x: up(x, size=(7, 3), mode="bilinear", align_corners=corners), rnd(9, 2, 3, 5, 6))
    case(f"bilinear_factor_{tag}", lambda x: up(x, scale_factor=(1.7, 0.6), mode="bilinear", align_corners=corners), rnd(9, 2, 3, 5, 6))
    case(f"trilinear_{tag}", lambda x: up(x, size=(3, 2, 5), mode="trilinear", align_corners=corners), rnd(9, 1, 2, 2, 3, 4))
    case(f"bicubic_{tag}", lambda x: up(x, size=(7, 3), mode="bicubic", align_corners=corners), rnd(9, 2, 3, 5, 6))
    case(f"bicubic_factor_{tag}", lambda x: up(x, scale_factor=(2.3, 1.4), mode="bicubic", align_corners=corners), rnd(9, 1, 2, 5, 6))
    case(f"bilinear_one_{tag}", lambda x: up(x, size=(1, 4), mode="bilinear", align_corners=corners), rnd(9, 1, 2, 5, 1))
    case(f"affine_grid_{tag}", lambda m: F.affine_grid(m, (2, 3, 4, 5), align_corners=corners), rnd(10, 2, 2, 3), second=False)
    cases(f"affine_grid_{tag}@more", lambda m: F.affine_grid(m, (m.shape[0], 3, 4, 5), align_corners=corners), (rnd(10, 1, 2, 3),), (rnd(20, 3, 2, 3),), second=False)
    case(f"bicubic_one_{tag}", lambda x: up(x, size=(4, 1), mode="bicubic", align_corners=corners), rnd(9, 1, 2, 1, 5))
    for padding in ["zeros", "border", "reflection"]:
        for mode in ["bilinear", "nearest"]:
            case(f"grid_{mode}_{padding}_{tag}", lambda x, g: F.grid_sample(x, g, mode, padding, corners), rnd(11, 2, 3, 4, 5), rnd(12, 2, 3, 6, 2), second=False)
            case(f"grid_{mode}_{padding}_{tag}@one", lambda x, g: F.grid_sample(x, g, mode, padding, corners), rnd(13, 1, 1, 1, 1), rnd(14, 1, 1, 3, 2), second=False)
            case(f"grid_{mode}_{padding}_{tag}@far", lambda x, g: F.grid_sample(x, g, mode, padding, corners), rnd(13, 1, 2, 3, 2), rnd(14, 1, 5, 3, 2) * 4, second=False)

z, w = complex_rnd(13, 3, 4), complex_rnd(14, 3, 4)
for name, function in [("abs", torch.abs), ("exp", torch.exp), ("log", torch.log), ("sqrt", torch.sqrt), ("sin", torch.sin), ("cos", torch.cos), ("tanh", torch.tanh),
                       ("square", torch.square), ("reciprocal", torch.reciprocal), ("angle", torch.angle), ("sum", torch.sum), ("conj", torch.conj), ("real", torch.real), ("imag", torch.imag)]:
    case(f"complex_{name}", function, z)
case("complex_add", lambda a, b: a + b, z, w)
case("complex_multiply", lambda a, b: a * b, z, w[0])
case("complex_divide", lambda a, b: a / b, z, w)
case("complex_real_multiply", lambda a, b: a * b, z, rnd(15, 3, 4))
case("complex_matmul", lambda a, b: a @ b.mT, z, w)
case("complex_join", torch.complex, rnd(15, 3), rnd(16, 3))
case("complex_modulus_squared", lambda a: (a * a.conj()).real, z)
for name, function in [("exp2", lambda z: 2 ** z), ("log2", torch.log2), ("log10", torch.log10), ("tan", torch.tan), ("asin", torch.asin), ("acos", torch.acos), ("atan", torch.atan),
                       ("sinh", torch.sinh), ("cosh", torch.cosh), ("sigmoid", torch.sigmoid), ("rsqrt", torch.rsqrt), ("negate", torch.neg), ("sign", torch.sgn), ("cumsum", lambda x: x.cumsum(1)), ("product", torch.prod)]:
    case(f"complex_{name}", function, z)
cases("complex_abs@zero", torch.abs, (torch.zeros(2, dtype=torch.complex128),), (complex_rnd(3, 0),), (complex_rnd(3),), second=False)
for name, function in [("real", torch.real), ("imag", torch.imag), ("conj", torch.conj), ("angle", torch.angle)]:
    cases(f"complex_{name}@more", function, (complex_rnd(3, 0),), (complex_rnd(3),), (complex_rnd(4, 5, 1, 2),))
cases("complex_join@more", torch.complex, (rnd(1), rnd(2)), (rnd(1, 0), rnd(2, 0)), (rnd(1, 2, 3), rnd(2, 2, 3)))
for name, function in [("fft2", lambda z: f.fft2(z)), ("ifft2", lambda z: f.ifft2(z, norm="ortho")), ("irfft2_whole", lambda z: f.irfft2(z))]:
    cases(f"{name}@more", function, (complex_rnd(3, 2, 3),), (complex_rnd(4, 2, 1, 7, 5),))
cases("rfft2@more", lambda z: f.rfft2(z), (rnd(3, 1, 1),), (rnd(4, 2, 1, 7, 5),))
cases("fft2_dims", lambda z: f.fft2(z, (3, 5), (0, 2)), (complex_rnd(3, 4, 2, 5),), (complex_rnd(3, 2, 1, 7),))
cases("fftshift@more", lambda x: f.fftshift(x), (rnd(5, 7),), (rnd(5, 1),), (rnd(5, 2, 3, 4),))
cases("ifftshift@more", lambda x: f.ifftshift(x, dim=1), (rnd(5, 2, 7),), (rnd(5, 1, 1),))
save()
