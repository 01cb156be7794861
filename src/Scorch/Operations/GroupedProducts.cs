using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

/// <summary>Matrix products of consecutive groups of rows, each with a matrix of its own: what a layer of experts computes.</summary>
/// <remarks>
/// Group g has the rows starts[g] up to, not including, starts[g + 1]; a group may be empty. Nothing loops over rows or copies them. The two
/// operations are each other's derivatives, so that gradients of any order need no further code.
/// </remarks>
internal static class GroupedProducts
{
    /// <summary>Every row times the matrix of its group, transposed: <c>y_r = W_g x_r</c>.</summary>
    /// <param name="rows">[rows, inputs].</param>
    /// <param name="weights">[groups, outputs, inputs], strided or not.</param>
    /// <param name="starts">Where groups begin, and the number of rows: groups + 1 numbers, rising.</param>
    /// <returns>[rows, outputs].</returns>
    public static Tensor Apply(Tensor rows, Tensor weights, int[] starts)
    {
        RequireStarts(starts, rows, weights.Shape[0]);
        if (rows.Rank != 2 || weights.Rank != 3 || rows.Shape[1] != weights.Shape[2])
            throw new ArgumentException($"GroupedProducts: rows {rows.Shape} and weights {weights.Shape} do not fit; give [rows, inputs] and [groups, outputs, inputs].", nameof(rows));
        Tensor result;
        using (GradientMode.Disable()) result = Products(rows, weights, starts);
        if (Tape.Records(rows, weights))
        {
            Tape.Record(result, "GroupedProducts", [rows, weights], [rows, weights], g => [
                Tape.Wants(0) ? Apply(g, weights.Transpose(1, 2), starts) : null,
                Tape.Wants(1) ? Outer(g, rows, starts) : null]);
        }
        Tape.Watch(result, "GroupedProducts");
        return result;
    }

    /// <summary>The sums of outer products of every group's rows: <c>M_g = sum_r a_r b_r^T</c>; zeros for an empty group.</summary>
    /// <param name="left">[rows, outputs].</param>
    /// <param name="right">[rows, inputs].</param>
    /// <param name="starts">As for <see cref="Apply"/>.</param>
    /// <returns>[groups, outputs, inputs].</returns>
    public static Tensor Outer(Tensor left, Tensor right, int[] starts)
    {
        RequireStarts(starts, left, starts.Length - 1);
        RequireStarts(starts, right, starts.Length - 1);
        Tensor result;
        using (GradientMode.Disable()) result = Sums(left, right, starts);
        if (Tape.Records(left, right))
        {
            Tape.Record(result, "GroupedOuterProducts", [left, right], [left, right], g => [
                Tape.Wants(0) ? Apply(right, g, starts) : null,
                Tape.Wants(1) ? Apply(left, g.Transpose(1, 2), starts) : null]);
        }
        Tape.Watch(result, "GroupedOuterProducts");
        return result;
    }

    private static Tensor Products(Tensor rows, Tensor weights, int[] starts)
    {
        var type = DataTypes.Promote(rows.DataType, weights.DataType);
        var compute = type.ComputeType();
        var (count, outputs) = (rows.Shape[0], weights.Shape[1]);
        var input = rows.InType(compute);
        var result = Tensor.Empty([count, outputs], compute, rows.Device);
        var products = new List<ProductOperands>();
        for (var group = 0; group + 1 < starts.Length; group++)
        {
            var (start, length) = (starts[group], starts[group + 1] - starts[group]);
            if (length == 0) continue;
            // A matrix of sixteen bits is widened only where rows came to it.
            var matrix = weights.Select(0, group).InType(compute);
            products.Add(new(Rows(result, start, length), Rows(input, start, length), Matrix(matrix.T)));
            if (weights.DataType == compute) continue;
            rows.Kernels.MatrixProducts(products);
            products.Clear();
        }
        rows.Kernels.MatrixProducts(products);
        return result.InType(type);
    }

    private static Tensor Sums(Tensor left, Tensor right, int[] starts)
    {
        var type = DataTypes.Promote(left.DataType, right.DataType);
        var compute = type.ComputeType();
        (left, right) = (left.InType(compute), right.InType(compute));
        var result = Tensor.Empty([starts.Length - 1, left.Shape[1], right.Shape[1]], compute, left.Device);
        var products = new List<ProductOperands>();
        for (var group = 0; group + 1 < starts.Length; group++)
        {
            var (start, length) = (starts[group], starts[group + 1] - starts[group]);
            // A product without depth fills its result with zeros.
            products.Add(new(Matrix(result.Select(0, group)), Matrix(left.Narrow(0, start, length).T), Rows(right, start, length)));
        }
        left.Kernels.MatrixProducts(products);
        return result.InType(type);
    }

    private static Operand Rows(Tensor x, int start, int length) =>
        new(x.Storage, x.Offset + (start * x.Strides[0]), Shape.Wrap([1, length, x.Shape[1]]), [0, x.Strides[0], x.Strides[1]], x.DataType);

    private static Operand Matrix(Tensor x) =>
        new(x.Storage, x.Offset, Shape.Wrap([1, x.Shape[0], x.Shape[1]]), [0, x.Strides[0], x.Strides[1]], x.DataType);

    private static void RequireStarts(int[] starts, Tensor rows, int groups)
    {
        var isRising = starts.Length == groups + 1 && starts[0] == 0 && starts[^1] == rows.Shape[0];
        for (var i = 1; isRising && i < starts.Length; i++) isRising = starts[i] >= starts[i - 1];
        if (!isRising)
            throw new ArgumentException($"GroupedProducts: {starts.Length} borders do not cut {rows.Shape[0]} rows into {groups} groups; give {groups + 1} rising numbers from 0 to {rows.Shape[0]}.", nameof(starts));
    }
}
