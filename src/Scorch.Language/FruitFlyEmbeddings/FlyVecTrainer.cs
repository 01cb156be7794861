using System.Numerics;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>The learning rule on plain arrays: no gradient, no dense input.</summary>
/// <remarks>
/// Weights lie word by word: all neurons' weights of one input stand together, so that a window costs as many additions of a row as
/// it has words. Every sum runs in an order that depends on the data alone, so results are the same bits for any number of threads
/// and any vector width.
/// </remarks>
internal sealed class FlyVecTrainer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int FeaturesAChunk = 64;
    private const int WindowsAChunk = 64;
    private readonly FlyVecConfig config;
    private readonly int words;
    private readonly T[] inverse;
    private readonly T[] hebbian;
    private readonly bool[] touched;
    private readonly T[] decay;
    private readonly T[] squares;
    private readonly T[] largest;
    private readonly T[] norms;
    private readonly int[] winners;
    private readonly int[] losers;
    private readonly T[] drives;
    private readonly T[] loserDrives;

    /// <param name="config">The settings, validated.</param>
    /// <param name="counts">How often each word stands in the text; the frequencies p.</param>
    /// <param name="weights">The first weights, <c>[K, 2V]</c> row after row.</param>
    public FlyVecTrainer(FlyVecConfig config, ReadOnlySpan<double> counts, ReadOnlySpan<T> weights)
    {
        this.config = config;
        words = counts.Length;
        Stride = PaddedNeurons(config.Neurons);
        inverse = new T[words];
        for (var i = 0; i < words; i++)
            inverse[i] = counts[i] > 0 ? T.CreateChecked(1 / counts[i]) : T.One;
        Weights = new T[2L * words * Stride];
        for (var neuron = 0; neuron < config.Neurons; neuron++)
        {
            for (var feature = 0; feature < 2 * words; feature++)
                Weights[(long)feature * Stride + neuron] = weights[neuron * 2 * words + feature];
        }
        var chunks = (2 * words + FeaturesAChunk - 1) / FeaturesAChunk;
        (hebbian, touched) = (new T[Weights.Length], new bool[2 * words]);
        (decay, norms, squares, largest) = (new T[Stride], new T[Stride], new T[(long)chunks * Stride], new T[chunks]);
        (winners, losers) = (new int[config.BatchSize], new int[config.BatchSize]);
        (drives, loserDrives) = (new T[config.BatchSize], new T[config.BatchSize]);
    }

    /// <summary>The weights, <c>[2V, Stride]</c>: context words first, then centre words.</summary>
    public T[] Weights { get; }

    /// <summary>Neurons a row with padding; weights of the padding stay 0.</summary>
    public int Stride { get; }

    /// <summary>The winners of the last batch, window by window.</summary>
    public ReadOnlySpan<int> Winners => winners;

    /// <summary>A multiple of the widest vector, the same on every machine.</summary>
    public static int PaddedNeurons(int neurons) => (neurons + 15) / 16 * 16;

    /// <summary>One batch: finds every window's winner, then moves the weights.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="starts">Where each window begins, <see cref="FlyVecConfig.BatchSize"/> of them.</param>
    /// <param name="learningRate">The epoch's learning rate.</param>
    /// <returns>The energy before the step, summed over the batch.</returns>
    public double Step(ReadOnlyMemory<int> ids, int[] starts, double learningRate)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism.ThreadCount };
        Parallel.For(0, (starts.Length + WindowsAChunk - 1) / WindowsAChunk, options, () => new T[Stride], (chunk, _, activation) =>
        {
            for (var window = chunk * WindowsAChunk; window < Math.Min(starts.Length, (chunk + 1) * WindowsAChunk); window++)
                Compete(ids.Span.Slice(starts[window], config.Window), window, activation);
            return activation;
        }, _ => { });
        Accumulate(ids.Span, starts);

        // |dW|_inf over the whole matrix, and |W_mu|^2, chunk by chunk.
        Parallel.For(0, largest.Length, options, Measure);
        var maximum = T.Zero;
        Array.Clear(norms);
        for (var chunk = 0; chunk < largest.Length; chunk++)
        {
            maximum = T.Max(maximum, largest[chunk]);
            for (var neuron = 0; neuron < Stride; neuron++)
                norms[neuron] += squares[(long)chunk * Stride + neuron];
        }
        // E = - sum_A <W_m, v^A / p> / |W_m|
        var energy = 0.0;
        for (var window = 0; window < starts.Length; window++)
        {
            var norm = T.Sqrt(norms[winners[window]]);
            energy -= norm > T.Zero ? double.CreateChecked(drives[window] / norm) : 0;
        }

        // W += eps_t dW / max(|dW|_inf, 1e-30)
        var rate = T.CreateChecked(learningRate) / T.Max(maximum, T.CreateChecked(1e-30));
        Parallel.For(0, largest.Length, options, chunk => Move(chunk, rate));
        Array.Clear(touched);
        Array.Clear(decay);
        return energy;
    }

    // m = argmax_mu <W_mu, v> on the raw input: v is not divided by p here.
    private void Compete(ReadOnlySpan<int> window, int index, T[] activation)
    {
        var centre = config.Window / 2;
        Row(words + window[centre]).CopyTo(activation);
        for (var i = 0; i < window.Length; i++)
        {
            if (i != centre && !IsRepeat(window, i))
                Add(Row(window[i]), activation);
        }
        var active = activation.AsSpan(0, config.Neurons);
        winners[index] = ArgMax(active);
        drives[index] = Drive(window, winners[index]);
        if (config.AntiHebbianFactor > 0)
        {
            for (var rank = 1; rank < config.AntiHebbianRank; rank++)
                active[ArgMax(active)] = T.NegativeInfinity;
            losers[index] = ArgMax(active);
            loserDrives[index] = Drive(window, losers[index]);
        }
    }

    // <W_m, v / p>
    private T Drive(ReadOnlySpan<int> window, int neuron)
    {
        var centre = config.Window / 2;
        var sum = T.Zero;
        for (var i = 0; i < window.Length; i++)
        {
            if (i == centre)
                sum += Weights[(long)(words + window[i]) * Stride + neuron] * inverse[window[i]];
            else if (!IsRepeat(window, i))
                sum += Weights[(long)window[i] * Stride + neuron] * inverse[window[i]];
        }
        return sum;
    }

    // The part of dW that comes from the inputs, sum_A v^A / p, and the factor of W in the other part, sum_A <W_m, v^A / p>.
    private void Accumulate(ReadOnlySpan<int> ids, int[] starts)
    {
        var minusDelta = T.CreateChecked(-config.AntiHebbianFactor);
        for (var window = 0; window < starts.Length; window++)
        {
            var input = ids.Slice(starts[window], config.Window);
            Credit(input, winners[window], T.One);
            decay[winners[window]] += drives[window];
            if (config.AntiHebbianFactor > 0)
            {
                Credit(input, losers[window], minusDelta);
                decay[losers[window]] += minusDelta * loserDrives[window];
            }
        }
    }

    private void Credit(ReadOnlySpan<int> window, int neuron, T factor)
    {
        var centre = config.Window / 2;
        for (var i = 0; i < window.Length; i++)
        {
            if (i != centre && IsRepeat(window, i))
                continue;
            var feature = i == centre ? words + window[i] : window[i];
            if (!touched[feature])
            {
                touched[feature] = true;
                hebbian.AsSpan(feature * Stride, Stride).Clear();
            }
            hebbian[(long)feature * Stride + neuron] += factor * inverse[window[i]];
        }
    }

    private void Measure(int chunk)
    {
        var maximum = Vector<T>.Zero;
        var square = squares.AsSpan(chunk * Stride, Stride);
        square.Clear();
        for (var feature = chunk * FeaturesAChunk; feature < Math.Min(2 * words, (chunk + 1) * FeaturesAChunk); feature++)
        {
            var w = Row(feature);
            var g = hebbian.AsSpan(feature * Stride, Stride);
            for (var i = 0; i < Stride; i += Vector<T>.Count)
            {
                var weight = new Vector<T>(w[i..]);
                var change = (touched[feature] ? new Vector<T>(g[i..]) : Vector<T>.Zero) - (new Vector<T>(decay, i) * weight);
                maximum = Vector.Max(maximum, Vector.Abs(change));
                (new Vector<T>(square[i..]) + (weight * weight)).CopyTo(square[i..]);
            }
        }
        largest[chunk] = T.Zero;
        for (var i = 0; i < Vector<T>.Count; i++)
            largest[chunk] = T.Max(largest[chunk], maximum[i]);
    }

    private void Move(int chunk, T rate)
    {
        var rates = new Vector<T>(rate);
        for (var feature = chunk * FeaturesAChunk; feature < Math.Min(2 * words, (chunk + 1) * FeaturesAChunk); feature++)
        {
            var w = Row(feature);
            var g = hebbian.AsSpan(feature * Stride, Stride);
            for (var i = 0; i < Stride; i += Vector<T>.Count)
            {
                var weight = new Vector<T>(w[i..]);
                var change = (touched[feature] ? new Vector<T>(g[i..]) : Vector<T>.Zero) - (new Vector<T>(decay, i) * weight);
                (weight + (rates * change)).CopyTo(w[i..]);
            }
        }
    }

    private Span<T> Row(int feature) => Weights.AsSpan(feature * Stride, Stride);

    // With BinaryContext a word counts once a window, where it stands first.
    private bool IsRepeat(ReadOnlySpan<int> window, int position)
    {
        if (!config.BinaryContext)
            return false;
        for (var i = 0; i < position; i++)
        {
            if (window[i] == window[position] && i != config.Window / 2)
                return true;
        }
        return false;
    }

    private static void Add(ReadOnlySpan<T> row, T[] sum)
    {
        for (var i = 0; i < row.Length; i += Vector<T>.Count)
            (new Vector<T>(sum, i) + new Vector<T>(row[i..])).CopyTo(sum, i);
    }

    private static int ArgMax(ReadOnlySpan<T> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }
        return best;
    }
}
