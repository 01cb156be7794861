using Scorch.Kernels;

namespace Scorch.Data;

/// <summary>Settings of <see cref="DataLoader{TBatch}"/>.</summary>
/// <param name="BatchSize">Examples of a batch.</param>
/// <param name="Shuffle">Put the examples in a new order every epoch, fixed by the seed and the epoch's number.</param>
/// <param name="DropLast">Leave out a last batch that is smaller.</param>
/// <param name="Seed">Fixes the orders.</param>
/// <param name="Workers">Batches prepared at the same time on background tasks; 0 prepares each when it is asked for. The order does not depend on it.</param>
/// <param name="Prefetch">Batches kept ready by each worker.</param>
public sealed record DataLoaderConfig(int BatchSize, bool Shuffle = true, bool DropLast = false, long Seed = 0, int Workers = 0, int Prefetch = 2);

/// <summary>Where a loader stands: what it gives next.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batch">Batches given in it.</param>
public readonly record struct DataPosition(long Epoch, long Batch);

/// <summary>Batches without end, epoch after epoch, in an order that the seed fixes; the position can be saved and restored.</summary>
/// <typeparam name="TBatch">A batch.</typeparam>
public sealed class DataLoader<TBatch>
{
    private readonly Func<DataPosition, IReadOnlyList<int>, TBatch> collate;
    private readonly DataLoaderConfig config;
    private readonly int count;
    private long orderEpoch = -1;
    private int[] order = [];

    /// <summary>A loader.</summary>
    /// <param name="count">The number of examples.</param>
    /// <param name="collate">Makes a batch of the examples with the given numbers; called from several threads with workers.</param>
    /// <param name="config">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range, or no batch can be made.</exception>
    public DataLoader(int count, Func<IReadOnlyList<int>, TBatch> collate, DataLoaderConfig config)
        : this(count, collate is null ? null! : (_, indices) => collate(indices), config)
    {
    }

    /// <summary>A loader whose batches also depend on where they stand, as augmented ones do.</summary>
    /// <param name="count">The number of examples.</param>
    /// <param name="collate">Makes the batch at a position of the examples with the given numbers; called from several threads with workers.</param>
    /// <param name="config">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range, or no batch can be made.</exception>
    public DataLoader(int count, Func<DataPosition, IReadOnlyList<int>, TBatch> collate, DataLoaderConfig config)
    {
        ArgumentNullException.ThrowIfNull(collate);
        ArgumentNullException.ThrowIfNull(config);
        if (config.BatchSize < 1 || config.Workers < 0 || config.Prefetch < 1)
            throw new ArgumentOutOfRangeException(nameof(config), $"DataLoader: batch size {config.BatchSize} and prefetch {config.Prefetch} are at least 1, workers {config.Workers} at least 0.");
        (this.count, this.collate, this.config) = (count, collate, config);
        if (BatchesPerEpoch == 0) throw new ArgumentOutOfRangeException(nameof(count), count, $"DataLoader: {count} examples make no batch of {config.BatchSize}.");
    }

    /// <summary>Batches of an epoch.</summary>
    public long BatchesPerEpoch => config.DropLast ? count / config.BatchSize : ((long)count + config.BatchSize - 1) / config.BatchSize;

    /// <summary>What is given next; set it to continue where another run stopped. Not while batches are being read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public DataPosition Position
    {
        get;
        set => field = value.Epoch >= 0 && value.Batch >= 0 && value.Batch <= BatchesPerEpoch
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"DataLoader.Position: epochs count from 0, batches of an epoch from 0 to {BatchesPerEpoch}.");
    }

    /// <summary>The batches from <see cref="Position"/> to the end of its epoch; the position moves on as they are given.</summary>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<TBatch> Epoch(CancellationToken cancellation = default)
    {
        if (Position.Batch == BatchesPerEpoch) Position = new(Position.Epoch + 1, 0);
        var epoch = Position.Epoch;
        var places = Order(epoch);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ready = new Queue<Task<TBatch>>();
        var running = new SemaphoreSlim(Math.Max(config.Workers, 1));
        var next = Position.Batch;
        try
        {
            while (Position.Batch < BatchesPerEpoch || ready.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                for (; next < BatchesPerEpoch && ready.Count < config.Workers * config.Prefetch; next++)
                {
                    var indices = Indices(places, next);
                    ready.Enqueue(Prepare(new(epoch, next), indices, running, stop.Token));
                }
                TBatch batch;
                if (config.Workers == 0) batch = collate(new(epoch, next), Indices(places, next++));
                else batch = ready.Dequeue().WaitAsync(cancellation).GetAwaiter().GetResult();
                Position = new(epoch, Position.Batch + 1);
                yield return batch;
                if (Position.Epoch != epoch || Position.Batch == BatchesPerEpoch) break;
            }
            if (Position == new DataPosition(epoch, BatchesPerEpoch)) Position = new(epoch + 1, 0);
        }
        finally
        {
            // Batches that nobody will read are not begun; those under way end first, so that no thread still reads the data afterwards.
            stop.Cancel();
            foreach (var task in ready) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
    }

    /// <summary>The order of an epoch, whatever was read before.</summary>
    public IReadOnlyList<int> Order(long epoch)
    {
        if (orderEpoch == epoch) return order;
        order = config.Shuffle ? new RandomSource(config.Seed).Fork(epoch).Permutation(count) : [.. Enumerable.Range(0, count)];
        orderEpoch = epoch;
        return order;
    }

    private int[] Indices(IReadOnlyList<int> places, long batch)
    {
        var start = (int)(batch * config.BatchSize);
        var indices = new int[Math.Min(config.BatchSize, count - start)];
        for (var i = 0; i < indices.Length; i++) indices[i] = places[start + i];
        return indices;
    }

    private async Task<TBatch> Prepare(DataPosition position, int[] indices, SemaphoreSlim running, CancellationToken stop)
    {
        await running.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            // Workers share the cores among themselves: kernels within one stay on its thread.
            return await Task.Run(() => WorkPool.OnThisThread(() => collate(position, indices)), stop).ConfigureAwait(false);
        }
        finally
        {
            running.Release();
        }
    }
}

/// <summary>Makes loaders of data sets.</summary>
public static class DataLoader
{
    /// <summary>Batches of a tensor data set: for each of its tensors the rows of the batch.</summary>
    public static DataLoader<IReadOnlyList<Tensor>> Of(TensorDataSet data, DataLoaderConfig config)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.Count, data.Batch, config);
    }

    /// <summary>Batches of any data set, put together by a function.</summary>
    public static DataLoader<TBatch> Of<T, TBatch>(IDataSet<T> data, Func<IReadOnlyList<T>, TBatch> collate, DataLoaderConfig config)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(collate);
        return new(data.Count, indices => collate([.. indices.Select(index => data[index])]), config);
    }
}
