using Scorch.Data;

namespace Scorch.Tests.Data;

public class DataLoaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Batches_come_in_the_same_order_whatever_the_number_of_workers(int workers)
    {
        var plain = Loader(new(4, Seed: 3));
        var loader = Loader(new(4, Seed: 3, Workers: workers));
        for (var epoch = 0; epoch < 3; epoch++) Assert.Equal(plain.Epoch().Select(Text).ToList(), loader.Epoch().Select(Text).ToList());
    }

    [Fact]
    public void An_epoch_gives_every_example_once_and_each_epoch_another_order()
    {
        var loader = Loader(new(4));
        var first = loader.Epoch().SelectMany(batch => batch[1].ToArray<long>()).ToList();
        var second = loader.Epoch().SelectMany(batch => batch[1].ToArray<long>()).ToList();
        Assert.Equal(Enumerable.Range(0, 22).Select(i => (long)i), first.Order());
        Assert.Equal(first.Order(), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(new DataPosition(2, 0), loader.Position);
    }

    [Fact]
    public void Rows_of_the_tensors_stay_together()
    {
        foreach (var batch in Loader(new(5, Workers: 2)).Epoch())
            Assert.Equal(batch[1].ToArray<long>().Select(i => (float)(2 * i)), batch[0].Select(1, 0).ToArray<float>());
    }

    [Theory]
    [InlineData(false, 6, 2)]
    [InlineData(true, 5, 4)]
    public void The_last_batch_is_smaller_or_dropped(bool dropLast, int batches, int lastSize)
    {
        var sizes = Loader(new(4, Shuffle: false, DropLast: dropLast)).Epoch().Select(batch => batch[0].Shape[0]).ToList();
        Assert.Equal(batches, sizes.Count);
        Assert.Equal(lastSize, sizes[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_restored_position_continues_with_the_same_batches(int workers)
    {
        var whole = Loader(new(4, Seed: 9));
        var expected = whole.Epoch().Concat(whole.Epoch()).Concat(whole.Epoch()).Select(Text).ToList();
        for (var stop = 0; stop <= expected.Count; stop++)
        {
            var first = Loader(new(4, Seed: 9, Workers: workers));
            var taken = new List<string>();
            DataPosition position = default;
            while (taken.Count < stop)
                foreach (var batch in first.Epoch())
                {
                    taken.Add(Text(batch));
                    position = first.Position;
                    if (taken.Count == stop) break;
                }
            var second = Loader(new(4, Seed: 9, Workers: workers));
            second.Position = position;
            while (taken.Count < expected.Count) taken.AddRange(second.Epoch().Select(Text));
            Assert.Equal(expected, taken);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Cancellation_ends_the_reading(int workers)
    {
        using var source = new CancellationTokenSource();
        var loader = Loader(new(4, Workers: workers));
        var given = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in loader.Epoch(source.Token))
                if (++given == 2) source.Cancel();
        });
        Assert.Equal(2, given);
        Assert.Equal(new DataPosition(0, 2), loader.Position);
    }

    [Fact]
    public void Workers_prepare_batches_at_the_same_time_and_never_more_than_their_number()
    {
        var (running, most) = (0, 0);
        using var two = new Barrier(2);
        var loader = new DataLoader<int>(8, indices =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMaximum(ref most, now);
            // Passes only when two batches are prepared at once.
            Assert.True(two.SignalAndWait(TimeSpan.FromSeconds(30)));
            Interlocked.Decrement(ref running);
            return indices.Count;
        }, new(1, Workers: 2));
        Assert.Equal(8, loader.Epoch().Sum());
        Assert.Equal(2, most);
    }

    [Fact]
    public void An_error_of_a_worker_is_thrown_where_its_batch_is_due()
    {
        var loader = new DataLoader<int>(6, indices => indices[0] == 3 ? throw new InvalidDataException("row 3") : indices[0], new(1, Shuffle: false, Workers: 2));
        var given = new List<int>();
        var error = Assert.ThrowsAny<Exception>(() => { foreach (var batch in loader.Epoch()) given.Add(batch); });
        Assert.Equal("row 3", (error is AggregateException several ? several.InnerException! : error).Message);
        Assert.IsType<InvalidDataException>(error);
        Assert.Equal([0, 1, 2], given);
    }

    [Fact]
    public void Any_data_set_can_be_put_into_batches()
    {
        var loader = DataLoader.Of(new Squares(), items => items.Sum(), new(2, Shuffle: false));
        Assert.Equal([1, 13, 16], loader.Epoch());
    }

    [Fact]
    public void What_makes_no_batch_is_refused_by_name()
    {
        Assert.Contains("no batch of 30", Assert.Throws<ArgumentOutOfRangeException>(() => Loader(new(30, DropLast: true))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(new(0)));
        Assert.Contains("[3, 1]", Assert.Throws<ArgumentException>(() => new TensorDataSet(Tensor.Zeros([3, 1]), Tensor.Zeros([4]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Loader(new(4)).Position = new(0, 7));
    }

    private static DataLoader<IReadOnlyList<Tensor>> Loader(DataLoaderConfig config) =>
        DataLoader.Of(new TensorDataSet((Tensor.Range(22) * 2).To(DataType.Float32).Unsqueeze(1), Tensor.Range(22)), config);

    private static string Text(IReadOnlyList<Tensor> batch) => string.Join(' ', batch[1].ToArray<long>());

    private static void InterlockedMaximum(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
    }

    private sealed class Squares : IDataSet<int>
    {
        public int Count => 5;

        public int this[int index] => index * index;
    }
}
