namespace Scorch.Language.HyperFormers;

/// <summary>Examples of one batch: numbers of tasks and of examples within them.</summary>
/// <param name="Tasks">The number of each row's task.</param>
/// <param name="Examples">The number of each row's example within its task.</param>
public sealed record TaskDraw(IReadOnlyList<int> Tasks, IReadOnlyList<int> Examples);

/// <summary>Draws batches of several tasks: a task with probability <c>(n_task / n_total)^(1/T)</c>, normalised, then examples of it with replacement.</summary>
/// <remarks>Batches depend on seed, epoch and batch number alone, so that a run can go on anywhere.</remarks>
public sealed class TaskSampler
{
    private readonly int[] sizes;
    private readonly double[] cumulative;
    private readonly int batchSize;
    private readonly long seed;
    private readonly bool mixesTasks;

    /// <summary>A sampler.</summary>
    /// <param name="sizes">Training examples of each task.</param>
    /// <param name="temperature">T: 1 draws tasks by their sizes, a large one nearly evenly; the paper's is 10.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    /// <param name="seed">Fixes the draws.</param>
    /// <param name="mixesTasks">Draw a task for every row; else, as in the paper, one for the whole batch.</param>
    /// <exception cref="ArgumentException">There is no task, a task has no example, or the temperature or batch size is not above 0.</exception>
    public TaskSampler(IReadOnlyList<int> sizes, double temperature = 10, int batchSize = 32, long seed = 1, bool mixesTasks = false)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Count == 0) throw new ArgumentException("TaskSampler: no task was given; give one at least.", nameof(sizes));
        for (var task = 0; task < sizes.Count; task++)
            if (sizes[task] < 1) throw new ArgumentException($"TaskSampler: task {task} has {sizes[task]} examples; give each one at least, or leave it out.", nameof(sizes));
        if (!(temperature > 0)) throw new ArgumentException($"TaskSampler: the temperature is {temperature}; give a number above 0, such as 10.", nameof(temperature));
        if (batchSize < 1) throw new ArgumentException($"TaskSampler: a batch of {batchSize}; give 1 at least.", nameof(batchSize));
        (this.sizes, this.batchSize, this.seed, this.mixesTasks) = ([.. sizes], batchSize, seed, mixesTasks);
        var total = sizes.Sum(size => (long)size);
        var weights = sizes.Select(size => Math.Pow((double)size / total, 1 / temperature)).ToArray();
        var sum = weights.Sum();
        Probabilities = [.. weights.Select(weight => weight / sum)];
        cumulative = new double[sizes.Count];
        double reached = 0;
        for (var task = 0; task < cumulative.Length; task++) cumulative[task] = reached += Probabilities[task];
        BatchesPerEpoch = (total + batchSize - 1) / batchSize;
        long[] offsets = [0, .. sizes.Select(size => (long)size)];
        for (var i = 1; i < offsets.Length; i++) offsets[i] += offsets[i - 1];
        Offsets = offsets;
    }

    /// <summary>The probability of each task.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>Batches of an epoch: ceil(all examples / batch).</summary>
    public long BatchesPerEpoch { get; }

    /// <summary>Where each task begins when all examples stand one task after the other, and their number: tasks + 1 numbers.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>A batch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batch">The batch within it, from 0.</param>
    public TaskDraw Draw(long epoch, long batch)
    {
        var random = new RandomSource(RandomSource.Derive(seed, epoch, batch));
        var (tasks, examples) = (new int[batchSize], new int[batchSize]);
        for (var row = 0; row < batchSize; row++)
        {
            tasks[row] = row == 0 || mixesTasks ? Task(random.NextDouble()) : tasks[0];
            examples[row] = (int)random.NextInt64(sizes[tasks[row]]);
        }
        return new(tasks, examples);
    }

    private int Task(double draw)
    {
        for (var task = 0; task < cumulative.Length - 1; task++)
            if (draw < cumulative[task]) return task;
        return cumulative.Length - 1;
    }
}
