using Scorch.Kernels;

namespace Scorch.Modules;

/// <summary>How a recurrent network is built.</summary>
/// <param name="Layers">Layers, each reading the one below.</param>
/// <param name="Bidirectional">Whether a second network reads backwards; outputs are joined.</param>
/// <param name="BatchFirst">Whether inputs are [batch, time, features], else [time, batch, features]. States are [layers * directions, batch, hidden] in any case.</param>
/// <param name="Bias">Whether biases are there.</param>
/// <param name="Dropout">Probability of dropping an output between layers, in training.</param>
/// <param name="DataType">Type of the weights.</param>
public sealed record RecurrentOptions(int Layers = 1, bool Bidirectional = false, bool BatchFirst = false, bool Bias = true, double Dropout = 0, DataType DataType = DataType.Float32);

/// <summary>What RNN, GRU and LSTM share: layers, directions, and PyTorch's parameter names (<c>weight_ih_l0</c>, <c>weight_hh_l0_reverse</c>, …).</summary>
public abstract class Recurrent : Module
{
    private readonly Weights[] weights;
    private readonly RandomSource random;
    private readonly int gates;

    private protected Recurrent(int inputs, int hidden, int gates, RandomSource random, RecurrentOptions? options)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        Options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Layers, 1, nameof(options));
        (Inputs, Hidden, this.gates, this.random) = (inputs, hidden, gates, random);
        var bound = 1 / Math.Sqrt(hidden);
        Parameter Draw(params int[] shape) => Parameter.Uniform(shape, -bound, bound, random, Options.DataType);
        weights = new Weights[Options.Layers * Directions];
        for (var i = 0; i < weights.Length; i++)
        {
            var size = i < Directions ? inputs : hidden * Directions;
            weights[i] = new(Draw(gates * hidden, size), Draw(gates * hidden, hidden), Options.Bias ? Draw(gates * hidden) : null, Options.Bias ? Draw(gates * hidden) : null);
        }
    }

    /// <summary>How the network is built.</summary>
    public RecurrentOptions Options { get; }

    /// <summary>Features of the input.</summary>
    public int Inputs { get; }

    /// <summary>Features of a state.</summary>
    public int Hidden { get; }

    private int Directions => Options.Bidirectional ? 2 : 1;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, Parameter Parameter)> OwnParameters()
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var suffix = $"l{i / Directions}{(i % Directions == 1 ? "_reverse" : "")}";
            string[] names = ["weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_"];
            foreach (var (name, tensor) in names.Zip(weights[i].All())) yield return (name + suffix, (Parameter)tensor);
        }
    }

    private protected abstract RecurrentCell Cell { get; }

    /// <summary>One step: the input's share of the gates [batch, gates * hidden], the states before, the hidden weights; gives the states after, output first.</summary>
    private protected abstract Tensor[] Step(Tensor input, Tensor[] states, Weights weights);

    /// <summary>Runs all layers over [time, batch, features], or [time, features] without a batch.</summary>
    private protected (Tensor Output, Tensor[] States) Run(Tensor x, Tensor?[] initial)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank is < 2 or > 3 || x.Shape[-1] != Inputs)
            throw new ArgumentException($"{GetType().Name}: input {x.Shape}; give {(Options.BatchFirst ? "[batch, time" : "[time, batch")}, {Inputs}] or [time, {Inputs}].", nameof(x));
        if (x.Rank == 2)
        {
            var (single, last) = Run(x.Unsqueeze(Options.BatchFirst ? 0 : 1), [.. initial.Select(state => state?.Unsqueeze(1))]);
            return (single.Squeeze(Options.BatchFirst ? 0 : 1), [.. last.Select(state => state.Squeeze(1))]);
        }
        var series = Options.BatchFirst ? x.Transpose(0, 1) : x;
        if (series.Shape[0] == 0) throw new ArgumentException($"{GetType().Name}: input {x.Shape} has no time steps.", nameof(x));
        Shape shape = [weights.Length, series.Shape[1], Hidden];
        var starts = initial.Select(state => state ?? Tensor.Zeros(shape, x.DataType, x.Device)).ToArray();
        foreach (var start in starts)
            if (start.Shape != shape) throw new ArgumentException($"{GetType().Name}: a first state has shape {start.Shape}; it must be {shape}.", nameof(initial));
        var finals = starts.Select(_ => new List<Tensor>()).ToArray();
        for (var layer = 0; layer < Options.Layers; layer++)
        {
            if (layer > 0 && IsTraining && Options.Dropout > 0) series = series.Dropout(Options.Dropout, random);
            var outputs = new Tensor[Directions];
            for (var direction = 0; direction < Directions; direction++)
            {
                var place = (layer * Directions) + direction;
                (outputs[direction], var last) = Scan(series, [.. starts.Select(start => start.Select(0, place))], weights[place], direction == 1);
                for (var i = 0; i < last.Length; i++) finals[i].Add(last[i]);
            }
            series = outputs.Length == 1 ? outputs[0] : Tensor.Concatenate(outputs, -1);
        }
        return (Options.BatchFirst ? series.Transpose(0, 1) : series, [.. finals.Select(states => Tensor.Stack(states))]);
    }

    private (Tensor Output, Tensor[] States) Scan(Tensor series, Tensor[] states, Weights own, bool backwards) => RecurrentScan.Serves(series, states, own)
        ? RecurrentScan.Run(Cell, series, states, own, backwards, (x, first, weights) => ScanByStep(x, first, weights, backwards))
        : ScanByStep(series, states, own, backwards);

    /// <summary>The definition of a scan: one step after the other, in differentiable operations.</summary>
    internal (Tensor Output, Tensor[] States) ScanByStep(Tensor series, Tensor[] states, Weights own, bool backwards)
    {
        // The input's share of the gates of all steps is one matrix product.
        var shares = series.Affine(own.Input, own.InputBias);
        var outputs = new Tensor[series.Shape[0]];
        for (var i = 0; i < outputs.Length; i++)
        {
            var t = backwards ? outputs.Length - 1 - i : i;
            states = Step(shares.Select(0, t), states, own);
            outputs[t] = states[0];
        }
        return (Tensor.Stack(outputs), states);
    }

    private protected Tensor[] Gates(Tensor x) => x.Split(x.Shape[-1] / gates, -1);

    /// <summary>The weights of one layer in one direction: both biases or none.</summary>
    internal sealed record Weights(Tensor Input, Tensor Hidden, Tensor? InputBias, Tensor? HiddenBias)
    {
        public Tensor[] All() => InputBias is null ? [Input, Hidden] : [Input, Hidden, InputBias, HiddenBias!];
    }
}

/// <summary>The plain recurrent network <c>h = tanh(W_ih x + b_ih + W_hh h + b_hh)</c>, or with a rectifier.</summary>
/// <param name="inputs">Features of the input.</param>
/// <param name="hidden">Features of the state.</param>
/// <param name="random">Draws weights, uniform in ±1/sqrt(hidden), and dropout.</param>
/// <param name="options">Layers, directions, layout.</param>
/// <param name="rectifier">Use max(x, 0) in the place of tanh.</param>
public sealed class Rnn(int inputs, int hidden, RandomSource random, RecurrentOptions? options = null, bool rectifier = false) : Recurrent(inputs, hidden, 1, random, options)
{
    /// <summary>Reads a series.</summary>
    /// <param name="x">[time, batch, inputs], [batch, time, inputs] or [time, inputs].</param>
    /// <param name="state">First states [layers * directions, batch, hidden]; zeros by default.</param>
    /// <returns>The top layer's states at all times, and all layers' last states.</returns>
    public (Tensor Output, Tensor State) Forward(Tensor x, Tensor? state = null)
    {
        var (output, states) = Run(x, [state]);
        return (output, states[0]);
    }

    private protected override RecurrentCell Cell => rectifier ? RecurrentCell.Rectifier : RecurrentCell.Tanh;

    private protected override Tensor[] Step(Tensor input, Tensor[] states, Weights weights)
    {
        var sum = input + states[0].Affine(weights.Hidden, weights.HiddenBias);
        return [rectifier ? sum.Relu() : sum.Tanh()];
    }
}

/// <summary>Gated recurrent units (Cho et al. 2014), gates in the order reset, update, new; the reset gate acts behind the hidden weights, as in PyTorch.</summary>
/// <param name="inputs">Features of the input.</param>
/// <param name="hidden">Features of the state.</param>
/// <param name="random">Draws weights, uniform in ±1/sqrt(hidden), and dropout.</param>
/// <param name="options">Layers, directions, layout.</param>
public sealed class Gru(int inputs, int hidden, RandomSource random, RecurrentOptions? options = null) : Recurrent(inputs, hidden, 3, random, options)
{
    /// <summary>Reads a series.</summary>
    /// <param name="x">[time, batch, inputs], [batch, time, inputs] or [time, inputs].</param>
    /// <param name="state">First states [layers * directions, batch, hidden]; zeros by default.</param>
    /// <returns>The top layer's states at all times, and all layers' last states.</returns>
    public (Tensor Output, Tensor State) Forward(Tensor x, Tensor? state = null)
    {
        var (output, states) = Run(x, [state]);
        return (output, states[0]);
    }

    private protected override RecurrentCell Cell => RecurrentCell.Gru;

    private protected override Tensor[] Step(Tensor input, Tensor[] states, Weights weights)
    {
        var (x, h) = (Gates(input), Gates(states[0].Affine(weights.Hidden, weights.HiddenBias)));
        var reset = (x[0] + h[0]).Sigmoid();
        var update = (x[1] + h[1]).Sigmoid();
        var fresh = (x[2] + (reset * h[2])).Tanh();
        return [((1 - update) * fresh) + (update * states[0])];
    }
}

/// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output.</summary>
/// <param name="inputs">Features of the input.</param>
/// <param name="hidden">Features of the state.</param>
/// <param name="random">Draws weights, uniform in ±1/sqrt(hidden), and dropout.</param>
/// <param name="options">Layers, directions, layout.</param>
public sealed class Lstm(int inputs, int hidden, RandomSource random, RecurrentOptions? options = null) : Recurrent(inputs, hidden, 4, random, options)
{
    /// <summary>Reads a series.</summary>
    /// <param name="x">[time, batch, inputs], [batch, time, inputs] or [time, inputs].</param>
    /// <param name="state">First states [layers * directions, batch, hidden]; zeros by default.</param>
    /// <param name="cell">First cells, of the same shape.</param>
    /// <returns>The top layer's states at all times, and all layers' last states and cells.</returns>
    public (Tensor Output, Tensor State, Tensor Cell) Forward(Tensor x, Tensor? state = null, Tensor? cell = null)
    {
        var (output, states) = Run(x, [state, cell]);
        return (output, states[0], states[1]);
    }

    private protected override RecurrentCell Cell => RecurrentCell.Lstm;

    private protected override Tensor[] Step(Tensor input, Tensor[] states, Weights weights)
    {
        var gates = Gates(input + states[0].Affine(weights.Hidden, weights.HiddenBias));
        var cell = (gates[1].Sigmoid() * states[1]) + (gates[0].Sigmoid() * gates[2].Tanh());
        return [gates[3].Sigmoid() * cell.Tanh(), cell];
    }
}
