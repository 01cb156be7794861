namespace Scorch.Tests.Operations;

/// <summary>Sorting, the greatest few and whole slices against plain C#.</summary>
public class OrderTests
{
    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32, DataType.Int16, DataType.Int8, DataType.UInt8];

    [Theory]
    [MemberData(nameof(Types))]
    public void Lines_of_any_length_are_sorted_stably(DataType type)
    {
        foreach (var length in new[] { 1, 2, 9, 255, 256, 257, 5000 })
            foreach (var descending in new[] { false, true })
            {
                var values = Values(type, length);
                var (sorted, places) = Line(values, type).Sort(descending: descending);
                AssertOrder(values, sorted, places, Order(values, descending), $"{length} of {type}");
                // Along the first dimension, where neighbours lie apart.
                (sorted, places) = Tensor.Stack([Line(values, type), Line(values, type)], 1).Sort(0, descending);
                AssertOrder(values, sorted[.., 1], places[.., 1], Order(values, descending), $"{length} of {type} in columns");
            }
    }

    /// <summary>From two chunks on several threads count and move, and values come from their keys.</summary>
    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.UInt8)]
    public void Long_lines_are_sorted_stably(DataType type)
    {
        foreach (var length in new[] { (1 << 18) - 1, 1 << 18, 400_009 })
            foreach (var descending in new[] { false, true })
            {
                var values = Values(type, length);
                var (sorted, places) = Line(values, type).Sort(descending: descending);
                AssertOrder(values, sorted, places, Order(values, descending), $"{length} of {type}");
            }
    }

    [Fact]
    public void Sorting_keeps_the_signs_of_zeros_and_the_bits_of_missing_values()
    {
        var strange = new[] { -0f, 0f, BitConverter.Int32BitsToSingle(0x7FC00001), BitConverter.Int32BitsToSingle(-0x3FFFFF), float.NegativeInfinity, float.Epsilon, -float.Epsilon, float.MaxValue };
        foreach (var length in new[] { 8, 500, 300_000 })
        {
            var values = Enumerable.Range(0, length).Select(i => strange[i % 8]).ToArray();
            var (sorted, places) = Tensor.From(values).Sort(descending: length == 500);
            Assert.Equal(places.ToArray<long>().Select(place => BitConverter.SingleToInt32Bits(values[place])), sorted.ToArray<float>().Select(BitConverter.SingleToInt32Bits));
        }
    }

    /// <summary>Results beyond the caches' size take another way of writing.</summary>
    [Theory]
    [InlineData(64, 70_001)]
    [InlineData(67, 70_001)]
    [InlineData(1, 5_000_003)]
    public void Large_selections_and_fills_are_whole(int width, int count)
    {
        var table = Tensor.Range(1000 * width).To(DataType.Float32).Reshape(1000, width);
        var index = Tensor.Range(count).Remainder(Tensor.Scalar(997, DataType.Int64));
        var taken = table.IndexSelect(0, index).ToArray<float>();
        for (long i = 0; i < count; i++)
            for (var j = 0; j < width; j++)
                Assert.Equal(((i % 997) * width) + j, taken[(i * width) + j]);
        var filled = Tensor.Full([(count * width) + 1], 2.5);
        filled[1..^1] = Tensor.Full([(count * width) - 1], 7);
        var values = filled.ToArray<float>();
        Assert.Equal((2.5f, 2.5f), (values[0], values[^1]));
        Assert.True(values.AsSpan(1, values.Length - 2).IndexOfAnyExcept(7f) < 0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_first_few_are_the_first_of_the_sorted(DataType type)
    {
        foreach (var length in new[] { 1, 10, 300, 5000 })
            foreach (var count in new[] { 0, 1, 3, 100, length })
                foreach (var greatest in new[] { false, true })
                {
                    if (count > length) continue;
                    var values = Values(type, length);
                    var (sorted, places) = Line(values, type).TopK(count, greatest: greatest);
                    AssertOrder(values, sorted, places, Order(values, greatest)[..count], $"{count} of {length} of {type}");
                    (sorted, places) = Tensor.Stack([Line(values, type), Line(values, type)], 1).TopK(count, 0, greatest);
                    AssertOrder(values, sorted[.., 0], places[.., 0], Order(values, greatest)[..count], $"{count} of {length} of {type} in columns");
                }
    }

    [Fact]
    public void The_first_few_of_numbers_that_are_all_in_order_or_all_missing_are_found()
    {
        var rising = Tensor.Range(3000).To(DataType.Float32);
        Assert.Equal([2999, 2998], rising.TopK(2).Indices.ToArray<long>());
        Assert.Equal([0, 1], rising.TopK(2, greatest: false).Indices.ToArray<long>());
        Assert.Equal([0, 1, 2], Tensor.Full([100], double.NaN).TopK(3).Indices.ToArray<long>());
        Assert.Equal([0, 1, 2], Tensor.Full([100], double.NaN).TopK(3, greatest: false).Indices.ToArray<long>());
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int64)]
    [InlineData(DataType.Complex64)]
    [InlineData(DataType.UInt8)]
    public void Slices_are_taken_and_added_in_any_layout(DataType type)
    {
        foreach (var (rows, width, count) in new[] { (1, 1, 1), (5, 3, 8), (40, 33, 90), (7, 600, 5), (300, 1000, 400) })
            foreach (var turned in new[] { false, true })
            {
                var random = new Random(rows);
                var places = Enumerable.Range(0, count).Select(_ => (long)random.Next(-rows, rows)).ToArray();
                var plain = Tensor.Range(rows * width).Remainder(Tensor.Scalar(23, DataType.Int64)).Reshape(rows, width).To(type);
                var table = turned ? plain.T.Contiguous().T : plain;
                var index = Tensor.From(places);
                // A product with the rows' indicators is the definition of both.
                var indicators = index.Remainder(Tensor.Scalar(rows, DataType.Int64)).OneHot(rows, DataType.Float64);
                var expected = indicators.MatMul(plain.To(DataType.Float64));
                Parity.AssertClose(expected, table.IndexSelect(0, index).To(DataType.Float64), "select");
                Parity.AssertClose(expected.T, table.T.IndexSelect(1, index).To(DataType.Float64), "select columns");
                if (type == DataType.UInt8) continue;
                var source = table.IndexSelect(0, index);
                var sum = plain.To(DataType.Float64) + indicators.T.MatMul(expected);
                Parity.AssertClose(sum, table.IndexAdd(0, index, turned ? source.T.Contiguous().T : source).To(DataType.Float64), "add");
                Parity.AssertClose(sum.T, table.T.IndexAdd(1, index, source.T).To(DataType.Float64), "add columns");
            }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Gathering_and_scattering_follow_their_definition_in_any_layout(int dimension)
    {
        foreach (var (rows, columns) in new[] { (1, 1), (3, 7), (40, 33), (2, 40000) })
            foreach (var turned in new[] { false, true })
            {
                var random = new Random(rows);
                var extent = dimension == 0 ? rows : columns;
                var places = Enumerable.Range(0, rows * columns).Select(_ => (long)random.Next(-extent, extent)).ToArray();
                var values = Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble()).ToArray();
                var index = Turned(Tensor.From(places).Reshape(rows, columns), turned);
                var x = Turned(Tensor.From(values).Reshape(rows, columns), turned);
                var (gathered, added) = (new double[values.Length], (double[])values.Clone());
                for (var at = 0; at < values.Length; at++)
                {
                    var place = (int)(places[at] < 0 ? places[at] + extent : places[at]);
                    var other = dimension == 0 ? (place * columns) + (at % columns) : (at / columns * columns) + place;
                    gathered[at] = values[other];
                    added[other] += values[at];
                }
                Assert.Equal(gathered, x.Gather(dimension, index).Contiguous().ToArray<double>());
                Assert.Equal(added, x.ScatterAdd(dimension, index, x).Contiguous().ToArray<double>());
            }
    }

    [Fact]
    public void A_position_outside_is_named()
    {
        var index = Tensor.From([0L, 7L]);
        foreach (Action action in new Action[]
        {
            () => Tensor.Ones([5, 64]).IndexSelect(0, index),
            () => Tensor.Ones([5, 64]).IndexAdd(0, index, Tensor.Ones([2, 64])),
            () => Tensor.Ones([5]).Gather(0, index),
            () => Tensor.Ones([5]).ScatterAdd(0, index, Tensor.Ones([2])),
        })
            Assert.Contains("is 7; the dimension has 5 elements", Assert.Throws<ArgumentOutOfRangeException>(action).Message);
    }

    private static Tensor Turned(Tensor x, bool turned) => turned ? x.T.Contiguous().T : x;

    /// <summary>Few distinct numbers, so that ties are many; where the type has them, NaN, infinities and both zeros.</summary>
    private static double[] Values(DataType type, int length)
    {
        var random = new Random(length);
        var floating = type is DataType.Float32 or DataType.Float64;
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0];
        return [.. Enumerable.Range(0, length).Select(i => floating && i % 7 == 3
            ? special[random.Next(special.Length)]
            : type == DataType.UInt8 ? random.Next(100) : floating && i % 2 == 0 ? random.Next(-50, 50) * 1.25 : random.Next(-100, 100))];
    }

    private static Tensor Line(double[] values, DataType type) => Tensor.From(values).To(type);

    private static int[] Order(double[] values, bool descending)
    {
        // double.CompareTo puts NaN first; here it counts as greatest.
        var comparer = Comparer<double>.Create((x, y) => double.IsNaN(x) || double.IsNaN(y) ? double.IsNaN(x).CompareTo(double.IsNaN(y)) : x < y ? -1 : x > y ? 1 : 0);
        var places = Enumerable.Range(0, values.Length);
        return [.. descending ? places.OrderByDescending(i => values[i], comparer) : places.OrderBy(i => values[i], comparer)];
    }

    private static void AssertOrder(double[] values, Tensor sorted, Tensor places, int[] order, string what)
    {
        Assert.True(order.Select(i => (long)i).SequenceEqual(places.ToArray<long>()), what);
        var found = sorted.To(DataType.Float64).ToArray<double>();
        for (var i = 0; i < order.Length; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(values[order[i]]) == BitConverter.DoubleToInt64Bits(found[i]) || double.IsNaN(found[i]) && double.IsNaN(values[order[i]]), $"{what}, element {i}");
    }
}
