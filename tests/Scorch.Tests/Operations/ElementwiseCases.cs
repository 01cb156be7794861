namespace Scorch.Tests.Operations;

/// <summary>Elementwise operations, comparisons and reductions: oracles/engine/elementwise.py.</summary>
internal static class ElementwiseCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("elementwise");
        Functions(all);
        Numbers(all);
        Pairs(all);
        InPlace(all);
        Reductions(all);
        return all;
    }

    private static void Functions(CaseTable all)
    {
        all.One("negate", x => -x);
        all.One("negated", x => x.Negate());
        all.One("abs", x => x.Abs());
        all.One("sign", x => x.Sign());
        all.One("square", x => x.Square());
        all.One("reciprocal", x => x.Reciprocal());
        all.One("sqrt", x => x.Sqrt());
        all.One("rsqrt", x => x.ReciprocalSqrt());
        all.One("exp", x => x.Exp());
        all.One("exp2", x => x.Exp2());
        all.One("expm1", x => x.ExpMinusOne());
        all.One("log", x => x.Log());
        all.One("log2", x => x.Log2());
        all.One("log10", x => x.Log10());
        all.One("log1p", x => x.LogOnePlus());
        all.One("sin", x => x.Sin());
        all.One("cos", x => x.Cos());
        all.One("tan", x => x.Tan());
        all.One("asin", x => x.Asin());
        all.One("acos", x => x.Acos());
        all.One("atan", x => x.Atan());
        all.One("sinh", x => x.Sinh());
        all.One("cosh", x => x.Cosh());
        all.One("tanh", x => x.Tanh());
        all.One("asinh", x => x.Asinh());
        all.One("acosh", x => x.Acosh());
        all.One("atanh", x => x.Atanh());
        all.One("erf", x => x.Erf());
        all.One("erfc", x => x.Erfc());
        all.One("erfinv", x => x.ErfInverse());
        all.One("lgamma", x => x.LogGamma());
        all.One("digamma", x => x.Digamma());
        all.One("trigamma", x => x.Polygamma(1));
        all.One("sigmoid", x => x.Sigmoid());
        all.One("relu", x => x.Relu());
        all.One("softplus", x => x.Softplus());
        all.One("gelu", x => x.Gelu());
        all.One("gelu_tanh", x => x.Gelu(approximate: true));
        all.One("silu", x => x.Silu());
        all.One("elu", x => x.Elu(0.7));
        all.One("leaky_relu", x => x.LeakyRelu(0.1));
        all.One("floor", x => x.Floor());
        all.One("ceil", x => x.Ceiling());
        all.One("round", x => x.Round());
        all.One("trunc", x => x.Truncate());
        all.One("frac", x => x.Fraction());
        all.One("clamp", x => x.Clamp(-0.5, 0.7));
        all.One("clamp_low", x => x.Clamp(minimum: -0.5));
        all.One("clamp_high", x => x.Clamp(maximum: 0.5));
        all.One("clamp_whole", x => x.Clamp(-1, 2));
        all.One("angle", x => x.Angle());
        all.One("identity", x => x.Clone());
        all.One("detach", x => x.Detach() * x);
        all.One("isnan", x => x.IsNaN());
        all.One("isfinite", x => x.IsFinite());
        all.One("isinf", x => x.IsInfinite());
        all.One("not", x => x.LogicalNot());
    }

    private static void Numbers(CaseTable all)
    {
        all.One("pow_scalar", x => x.Pow(2.5));
        all.One("pow_three", x => x.Pow(3));
        all.One("pow_zero", x => x.Pow(0));
        all.One("scalar_pow", x => Tensor.Pow(2.5, x));
        all.One("add_number", x => x + 1.5);
        all.One("number_add", x => 1.5 + x);
        all.One("subtract_number", x => x - 1.5);
        all.One("number_subtract", x => 1.5 - x);
        all.One("multiply_number", x => x * -1.5);
        all.One("number_multiply", x => -1.5 * x);
        all.One("divide_number", x => x / 1.5);
        all.One("number_divide", x => 1.5 / x);
        all.One("floor_divide_number", x => x.FloorDivide(0.7));
        all.One("remainder_number", x => x.Remainder(0.7));
        all.One("equal_number", x => x.EqualTo(1));
        all.One("not_equal_number", x => x.NotEqual(1));
        all.One("less_number", x => x.LessThan(1));
        all.One("less_equal_number", x => x.LessOrEqual(1));
        all.One("greater_number", x => x.GreaterThan(1));
        all.One("greater_equal_number", x => x.GreaterOrEqual(1));
    }

    private static void Pairs(CaseTable all)
    {
        all.Two("add", (a, b) => a + b);
        all.Two("subtract", (a, b) => a - b);
        all.Two("multiply", (a, b) => a * b);
        all.Two("divide", (a, b) => a / b);
        all.Two("pow", (a, b) => a.Pow(b));
        all.Two("minimum", (a, b) => a.Minimum(b));
        all.Two("maximum", (a, b) => a.Maximum(b));
        all.Two("atan2", (a, b) => a.Atan2(b));
        all.Two("hypot", (a, b) => a.Hypotenuse(b));
        all.Two("floor_divide", (a, b) => a.FloorDivide(b));
        all.Two("remainder", (a, b) => a.Remainder(b));
        all.Two("fmod", (a, b) => a.TruncatedRemainder(b));
        all.Two("where", (a, b) => Tensor.Where(a.GreaterThan(b), a, b));
        all.Two("equal", (a, b) => a.EqualTo(b));
        all.Two("not_equal", (a, b) => a.NotEqual(b));
        all.Two("less", (a, b) => a.LessThan(b));
        all.Two("less_equal", (a, b) => a.LessOrEqual(b));
        all.Two("greater", (a, b) => a.GreaterThan(b));
        all.Two("greater_equal", (a, b) => a.GreaterOrEqual(b));
        all.Two("and", (a, b) => a.And(b));
        all.Two("or", (a, b) => a.Or(b));
        all.Two("xor", (a, b) => a.Xor(b));
        all.Two("masked_fill", (x, mask) => x.MaskedFill(mask, 1.5));
        all.Three("where_mask", Tensor.Where);
    }

    private static void InPlace(CaseTable all)
    {
        static Tensor Written(Tensor x, Action<Tensor> write)
        {
            write(x);
            return x;
        }

        all.Two("add_in_place", (x, y) => Written(x.Clone(), z => z.AddInPlace(y)));
        all.Two("subtract_in_place", (x, y) => Written(x.Clone(), z => z.SubtractInPlace(y)));
        all.Two("multiply_in_place", (x, y) => Written(x.Clone(), z => z.MultiplyInPlace(y)));
        all.Two("divide_in_place", (x, y) => Written(x.Clone(), z => z.DivideInPlace(y)));
        all.Two("copy", (x, y) => (Written(x.Clone(), z => z.CopyFrom(y)) * 2) + x);
        all.One("add_number_in_place", x => Written(x * x, z => z.AddInPlace(1.5)));
        all.One("multiply_number_in_place", x => Written(x * x, z => z.MultiplyInPlace(1.5)));
        all.One("fill_in_place", x => Written(x.Clone(), z => z.FillInPlace(1.5)) + x);
    }

    private static void Reductions(CaseTable all)
    {
        all.One("sum", x => x.Sum());
        all.One("mean", x => x.Mean());
        all.One("product", x => x.Product());
        all.One("variance", x => x.Variance());
        all.One("variance_whole", x => x.Variance(correction: 0));
        all.One("std", x => x.StandardDeviation());
        all.One("norm", x => x.Norm());
        all.One("max_all", x => x.Maximum());
        all.One("min_all", x => x.Minimum());
        all.One("argmax_all", x => x.ArgMax());
        all.One("argmin_all", x => x.ArgMin());
        all.One("any_all", x => x.GreaterThan(1.8).Any());
        all.One("all_all", x => x.GreaterThan(-1.8).All());
        all.One("sum_dims", x => x.Sum([0, -1]));
        all.One("mean_dims", x => x.Mean([0, -1]));
        all.One("variance_dims", x => x.Variance([0, -1]));
        all.One("min_dims", x => x.Minimum([0, -1]));
        all.One("min_dims_keep", x => x.Minimum([0, -1], keepDimensions: true));
        all.One("max_dims", x => x.Maximum([0, -1]));
        all.One("logsumexp_dims", x => x.LogSumExp([0, -1]));
        all.One("norm3", x => x.Norm([0, -1], 3));
        all.One("norm_keep", x => x.Norm([0, -1], 2, keepDimensions: true));
        all.One("sum_dim", x => x.Sum(-2));
        all.One("mean_keep", x => x.Mean(-2, keepDimensions: true));
        all.One("variance_dim", x => x.Variance(-2, correction: 0));
        all.One("std_dim", x => x.StandardDeviation(-1, keepDimensions: true));
        all.One("product_dim", x => x.Product(-2));
        all.One("norm1", x => x.Norm([-2], 1));
        all.One("norm_inf", x => x.Norm([-2], double.PositiveInfinity));
        all.One("norm_least", x => x.Norm([-2], double.NegativeInfinity));
        all.One("norm_count", x => x.Norm([-2], 0));
        all.Pair("max_dim", x => x.Maximum(-2));
        all.Pair("min_dim", x => x.Minimum(-2, keepDimensions: true));
        all.One("argmin", x => x.ArgMin(-2));
        all.One("argmax", x => x.ArgMax(-2, keepDimensions: true));
        all.One("any", x => x.GreaterThan(1).Any(-2));
        all.One("all", x => x.GreaterThan(-1).All(-2, keepDimensions: true));
        all.One("logsumexp", x => x.LogSumExp(-2));
        all.One("cumsum", x => x.CumulativeSum(-2));
        all.One("cumprod", x => x.CumulativeProduct(-2));
        all.One("softmax", x => x.Softmax(-2));
        all.One("log_softmax", x => x.LogSoftmax(-2));
    }
}
