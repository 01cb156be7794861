namespace Scorch.Tests.Operations;

/// <summary>Shaping, indexing, sorting, padding and creation: oracles/engine/shaping.py.</summary>
internal static class ShapingCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("shaping");
        Shapes(all);
        Joins(all);
        Indexing(all);
        Writes(all);
        Creation(all);
        return all;
    }

    private static void Shapes(CaseTable all)
    {
        all.One("reshape", x => x.Rank == 0 ? x.Reshape(-1) : x.Transpose(0, 2).Reshape(x.Shape[1], x.Shape[0] * x.Shape[2]));
        all.One("view", x => x.Contiguous().View([x.Shape[0] * x.Shape[1], x.Shape[2]]));
        all.One("flatten", x => x.Transpose(0, 1).Flatten());
        all.One("flatten_part", x => x.Flatten(0, -2));
        all.One("permute", x => x.Permute(2, 0, 1));
        all.One("transpose", x => x.Transpose(-1, 0));
        all.One("matrix_transpose", x => x.T);
        all.One("reshape_to", x => x.T.Reshape(Shape.Create([x.Shape[2], x.Shape[0] * x.Shape[1]])));
        all.One("to_device", x => x.To(FakeDevice.Instance).To(x.Device) * x);
        all.One("unsqueeze", x => x.Unsqueeze(-2));
        all.One("squeeze", x => x.Squeeze());
        all.One("squeeze_dim", x => x.Unsqueeze(1).Squeeze(1));
        all.One("narrow", x => x.Narrow(-2, 1, 2));
        all.One("slice_step", x => x.Slice(1, 1, 2, 2));
        all.One("select", x => x.Select(1, -1));
        all.One("flip", x => x.Flip(0, 2));
        all.One("flip_one", x => x.Flip(-1));
        all.One("roll", x => x.Roll(3, 1));
        all.One("roll_back", x => x.Roll(-5, -1));
        all.One("tile", x => x.Tile(2, 1, 3));
        all.One("tile_more", x => x.Tile(2, 1, 1, 2));
        all.One("repeat_interleave", x => x.RepeatInterleave(3, -2));
        all.One("slice", x => x[^1.., TensorIndex.Every(2, ..), ..] * 2);
        all.One("index_last", x => x[TensorIndex.Rest, ^1, ..]);
        all.One("index_new", x => x[.., TensorIndex.NewDimension, 0]);
        all.One("unfold", x => x.Unfold(1, 3, 1));
        all.One("unfold_step", x => x.Unfold(-2, 2, 2));
        all.One("diagonal", x => x.Diagonal(0, 1, 2));
        all.One("diagonal_off", x => x.Diagonal(-1, 0, 1));
        all.One("diagonal_matrix", x => x.DiagonalMatrix());
        all.One("triu", x => x.UpperTriangle(1));
        all.One("triu_low", x => x.UpperTriangle(-2));
        all.One("tril", x => x.LowerTriangle(-1));
        all.Many("split", x => x[0].Split(3, 1));
        all.Many("split_lengths", x => x[0].Split([1, x[0].Shape[1] - 1], 1));
        all.One("contiguous", x => x.Transpose(0, 1).Contiguous());
        all.One("expand", x => x.Expand(3, 4, 5));
        all.One("expand_empty", x => x.Expand(Shape.Create([0, 4])));
    }

    private static void Joins(CaseTable all)
    {
        all.Two("concatenate", (x, y) => Tensor.Concatenate([x, y], -1));
        all.Three("concatenate_three", (x, y, z) => Tensor.Concatenate([x, y, z]));
        all.Two("stack", (x, y) => Tensor.Stack([x, y], -1));
        all.Two("stack_front", (x, y) => Tensor.Stack([x, y]));
        foreach (var mode in Enum.GetValues<PaddingMode>())
        {
            var tag = mode.ToString().ToLowerInvariant();
            all.One($"pad_{tag}", x => x.Pad([2, 1], mode));
            all.One($"pad2_{tag}", x => x.Pad([2, 1, 1, 2], mode));
            all.One($"pad3_{tag}", x => x.Pad([1, 1, 1, 0, 0, 1], mode));
            all.One($"pad_crop_{tag}", x => x.Pad(mode == PaddingMode.Constant ? [-1, 2] : [0, 2], mode));
        }
        all.One("pad_value", x => x.Pad([0, 3, 1, 0], value: 2.5));
    }

    private static void Indexing(CaseTable all)
    {
        all.Two("gather", (x, i) => x.Gather(0, i));
        all.Two("gather_last", (x, i) => x.Gather(-1, i));
        all.Three("scatter_add", (x, i, y) => x.ScatterAdd(0, i, y));
        all.Three("scatter", (x, i, y) => x.Scatter(0, i, y));
        all.Two("index_select", (x, i) => x.IndexSelect(1, i));
        all.Three("index_add", (x, i, y) => x.IndexAdd(1, i, y));
        all.Three("advanced_index", (x, i, j) => x[i, .., j]);
        all.Three("advanced_middle", (x, i, j) => x[.., i, j]);
        all.Two("advanced_mask", (x, mask) => x[mask]);
        all.Two("masked_select", (x, mask) => x.MaskedSelect(mask));
        all.Two("embedding", (x, i) => x.Embedding(i));
        all.Pair("sort", x => x.Sort(1, descending: true));
        all.Pair("sort_up", x => x.Sort());
        all.One("argsort", x => x.ArgSort(1));
        all.Pair("top_k", x => x.TopK(2, 1));
        all.Pair("top_k_least", x => x.TopK(1, -1, greatest: false));
        all.One("nonzero", x => x.NonZero());
        all.One("one_hot", i => i.OneHot(4, DataType.Int64));
    }

    private static void Writes(CaseTable all)
    {
        static Tensor Written(Tensor x, Action<Tensor> write)
        {
            var z = x.Clone();
            write(z);
            return z * x;
        }

        all.Two("write_slice", (x, y) => Written(x, z => z[1.., TensorIndex.Every(2, ..)] = y));
        all.Three("write_rows", (x, i, y) => Written(x, z => z[i] = y));
        all.Two("write_mask", (x, y) => Written(x, z => z[x.GreaterThan(0)] = y));
    }

    private static void Creation(CaseTable all)
    {
        all.One("linspace", x => Tensor.Linspace(-1, 2, x.Shape[0], x.DataType));
        all.One("eye", x => Tensor.Identity(x.Shape[0], x.DataType));
        all.One("arange", x => Tensor.Range(3, 3 + (5 * x.Shape[0]), 4));
        all.One("arange_count", x => Tensor.Range(x.Shape[0]));
        all.One("zeros", x => Tensor.Zeros([2, 3], x.DataType, x.Device));
        all.One("ones", x => Tensor.Ones([2, 3], x.DataType, x.Device));
        all.One("full", x => Tensor.Full([2, 3], 2.5, x.DataType, x.Device));
        all.One("scalar", x => Tensor.Scalar(2.5, x.DataType, x.Device));
        all.One("zeros_like", Tensor.ZerosLike);
        all.One("ones_like", Tensor.OnesLike);
        all.One("full_like", x => Tensor.FullLike(x, 2.5));
        all.One("to_int64", x => x.To(DataType.Int64));
        all.One("to_bool", x => x.To(DataType.Bool));
        all.One("to_single_and_back", x => x.To(DataType.Float32).To(x.DataType) * x);
    }
}
