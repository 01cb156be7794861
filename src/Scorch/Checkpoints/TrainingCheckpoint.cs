using System.Globalization;
using Scorch.Data;
using Scorch.Modules;

namespace Scorch.Checkpoints;

/// <summary>Everything a training run depends on, in one safetensors file, so that it continues with exactly the numbers of an uninterrupted run.</summary>
/// <remarks>
/// Register the parts of the run by name, then <see cref="Save"/> and <see cref="Load"/>. complex128 tensors are kept as pairs of float64, since
/// the format has no such type. A load changes nothing when the file does not fit.
/// </remarks>
public sealed class TrainingCheckpoint
{
    private const string Kind = "scorch.training";
    private const string PairSuffix = "|complex128";
    private const string RandomPrefix = "random:";
    private readonly Dictionary<string, (Func<IReadOnlyDictionary<string, Tensor>> Get, Action<IReadOnlyDictionary<string, Tensor>> Set)> parts = [];

    /// <summary>Steps taken when the checkpoint was saved.</summary>
    public long Step { get; set; }

    /// <summary>Keeps a module's parameters and buffers, and the random sources of its dropout layers.</summary>
    public TrainingCheckpoint Add(string name, Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Add(name, () => StateOf(module), state => LoadState(module, state));
    }

    /// <summary>Keeps an optimizer's state and its groups' learning rates and decays.</summary>
    public TrainingCheckpoint Add(string name, Optimizers.Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Add(
            name,
            () => new Dictionary<string, Tensor>(optimizer.State().Select(entry => KeyValuePair.Create("state." + entry.Key, entry.Value)))
            {
                ["groups"] = Tensor.From(optimizer.Groups.SelectMany(group => new[] { group.LearningRate, group.WeightDecay }).ToArray()),
            },
            state =>
            {
                if (!state.TryGetValue("groups", out var groups) || groups.ElementCount != 2 * optimizer.Groups.Count)
                    throw new ArgumentException($"the optimizer has {optimizer.Groups.Count} groups, the file has others", nameof(optimizer));
                optimizer.LoadState(state.Where(entry => entry.Key.StartsWith("state.", StringComparison.Ordinal)).ToDictionary(entry => entry.Key["state.".Length..], entry => entry.Value));
                var rates = groups.ToArray<double>();
                for (var i = 0; i < optimizer.Groups.Count; i++) (optimizer.Groups[i].LearningRate, optimizer.Groups[i].WeightDecay) = (rates[2 * i], rates[(2 * i) + 1]);
            });
    }

    /// <summary>Keeps a random source's counter; its seed must be the same.</summary>
    public TrainingCheckpoint Add(string name, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Add(name, () => One(random.Seed, random.Counter), state =>
        {
            var saved = Numbers(state, 2);
            if (saved[0] != random.Seed) throw new ArgumentException($"the random source has the seed {random.Seed}, the file has {saved[0]}", nameof(random));
            random.Counter = saved[1];
        });
    }

    /// <summary>Keeps a loader's position.</summary>
    public TrainingCheckpoint Add<TBatch>(string name, DataLoader<TBatch> loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return Add(name, () => One(loader.Position.Epoch, loader.Position.Batch), state =>
        {
            var saved = Numbers(state, 2);
            loader.Position = new(saved[0], saved[1]);
        });
    }

    /// <summary>Keeps anything that gives and takes tensors by name, such as a weight average or L-BFGS.</summary>
    /// <param name="name">The part's name, without a slash.</param>
    /// <param name="get">Gives its state.</param>
    /// <param name="set">Takes it back.</param>
    /// <exception cref="ArgumentException">The name is taken or holds a slash.</exception>
    public TrainingCheckpoint Add(string name, Func<IReadOnlyDictionary<string, Tensor>> get, Action<IReadOnlyDictionary<string, Tensor>> set)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(get);
        ArgumentNullException.ThrowIfNull(set);
        if (name.Contains('/')) throw new ArgumentException($"TrainingCheckpoint.Add: the name {name} holds a slash, which separates parts from their entries.", nameof(name));
        if (!parts.TryAdd(name, (get, set))) throw new ArgumentException($"TrainingCheckpoint.Add: a part named {name} is there already.", nameof(name));
        return this;
    }

    /// <summary>Writes all parts to one file, which appears whole or not at all.</summary>
    public void Save(string path)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, part) in parts)
            foreach (var (key, tensor) in part.Get())
                if (tensor.DataType == DataType.Complex128) tensors.Add($"{name}/{key}{PairSuffix}", Optimizers.Optimizer.RealView(tensor));
                else tensors.Add($"{name}/{key}", tensor);
        SafeTensors.Save(path, tensors, new Dictionary<string, string>
        {
            ["kind"] = Kind,
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["parts"] = string.Join('/', parts.Keys.Order(StringComparer.Ordinal)),
        });
    }

    /// <summary>Restores all parts and <see cref="Step"/>.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or holds other parts than were registered, or a part does not fit.</exception>
    public void Load(string path)
    {
        var metadata = SafeTensors.LoadMetadata(path);
        var wanted = string.Join('/', parts.Keys.Order(StringComparer.Ordinal));
        if (metadata.GetValueOrDefault("kind") != Kind || !long.TryParse(metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
            throw new CheckpointException($"{path}: not a training checkpoint; give a file that TrainingCheckpoint.Save wrote.");
        if (metadata.GetValueOrDefault("parts") != wanted)
            throw new CheckpointException($"{path}: the file holds the parts {metadata.GetValueOrDefault("parts")}, the run has {wanted}; register the same parts before loading.");
        var states = parts.Keys.ToDictionary(name => name, _ => new Dictionary<string, Tensor>());
        foreach (var (key, tensor) in SafeTensors.Load(path))
        {
            var slash = key.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !states.TryGetValue(key[..slash], out var state)) throw new CheckpointException($"{path}: {key} belongs to no part; the file is damaged.");
            if (!key.EndsWith(PairSuffix, StringComparison.Ordinal)) state.Add(key[(slash + 1)..], tensor);
            else if (tensor.DataType == DataType.Float64 && tensor.Rank > 0 && tensor.Shape[-1] == 2)
                state.Add(key[(slash + 1)..^PairSuffix.Length], new(tensor.Storage, 0, tensor.Shape[..^1], tensor.Shape[..^1].ContiguousStrides(), DataType.Complex128));
            else throw new CheckpointException($"{path}: {key} does not hold pairs of float64; the file is damaged.");
        }
        // What was there before comes back when a part does not fit.
        var before = parts.ToDictionary(part => part.Key, part => part.Value.Get().ToDictionary(entry => entry.Key, entry => entry.Value.Clone()));
        var current = "";
        try
        {
            foreach (var (name, part) in parts)
            {
                current = name;
                part.Set(states[name]);
            }
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            foreach (var (name, part) in parts)
            {
                part.Set(before[name]);
                if (name == current) break;
            }
            throw new CheckpointException($"{path}: the part {current} does not fit the run ({error.Message}). Build the run with the settings it was saved with.", error);
        }
        Step = step;
    }

    private static Dictionary<string, Tensor> StateOf(Module module)
    {
        var state = new Dictionary<string, Tensor>(module.State());
        foreach (var (name, source) in module.NamedRandomSources()) state.Add(RandomPrefix + name, Tensor.From(source.Seed, source.Counter));
        return state;
    }

    private static void LoadState(Module module, IReadOnlyDictionary<string, Tensor> state)
    {
        // Types must agree: a conversion would lose bits.
        var own = StateOf(module);
        foreach (var (key, tensor) in state)
            if (own.TryGetValue(key, out var current) && current.DataType != tensor.DataType)
                throw new ArgumentException($"{key} is {tensor.DataType} in the file, {current.DataType} in the module", nameof(state));
        foreach (var (name, source) in module.NamedRandomSources())
        {
            if (!state.TryGetValue(RandomPrefix + name, out var saved) || saved.ElementCount != 2) throw new ArgumentException($"the random source {name} is missing", nameof(state));
            if (saved.ToArray<long>()[0] != source.Seed) throw new ArgumentException($"the random source {name} has the seed {source.Seed}, the file has {saved.ToArray<long>()[0]}", nameof(state));
        }
        module.LoadState(state.Where(entry => !entry.Key.StartsWith(RandomPrefix, StringComparison.Ordinal)).ToDictionary());
        foreach (var (name, source) in module.NamedRandomSources()) source.Counter = state[RandomPrefix + name].ToArray<long>()[1];
    }

    private static Dictionary<string, Tensor> One(params long[] numbers) => new() { ["numbers"] = Tensor.From(numbers) };

    private static long[] Numbers(IReadOnlyDictionary<string, Tensor> state, int count) =>
        state.TryGetValue("numbers", out var numbers) && numbers.DataType == DataType.Int64 && numbers.ElementCount == count
            ? numbers.ToArray<long>()
            : throw new ArgumentException($"{count} whole numbers are needed", nameof(state));
}
