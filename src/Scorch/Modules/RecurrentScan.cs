using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch.Modules;

/// <summary>All steps of one layer in one direction as one operation; what it computes is defined by the steps of <see cref="Recurrent"/>.</summary>
internal static class RecurrentScan
{
    /// <summary>Whether the kernels take these tensors: all float32 or all float64.</summary>
    public static bool Serves(Tensor series, Tensor[] states, Recurrent.Weights weights)
    {
        var type = series.DataType;
        return type is DataType.Float32 or DataType.Float64 && Array.TrueForAll(states, state => state.DataType == type) && Array.TrueForAll(weights.All(), weight => weight.DataType == type);
    }

    /// <summary>The states at all times [time, batch, hidden] and the last states.</summary>
    /// <param name="cell">What a step computes.</param>
    /// <param name="series">[time, batch, inputs].</param>
    /// <param name="states">First states [batch, hidden]; an LSTM has a cell behind the output.</param>
    /// <param name="weights">Weights and biases.</param>
    /// <param name="backwards">Whether the last step comes first.</param>
    /// <param name="definition">The same step by step, from series, states and weights.</param>
    public static (Tensor Output, Tensor[] States) Run(
        RecurrentCell cell, Tensor series, Tensor[] states, Recurrent.Weights weights, bool backwards, Func<Tensor, Tensor[], Recurrent.Weights, (Tensor Output, Tensor[] States)> definition)
    {
        var (time, batch, hidden, width) = (series.Shape[0], series.Shape[1], states[0].Shape[1], weights.Hidden.Shape[0]);
        var type = series.DataType;
        Tensor[] inputs = [series, .. states, .. weights.All()];
        var records = Tape.Records(inputs);
        Tensor gates, slots, output;
        Tensor? carry = null;
        Tensor[] last;
        using (GradientMode.Disable())
        {
            gates = series.Contiguous().MatMul(weights.Input.T);
            var (firstSlot, lastSlot) = backwards ? (time, 0) : (0, time);
            slots = Slots(states[0]);
            if (cell == RecurrentCell.Lstm) carry = Slots(states[1]);
            else if (cell == RecurrentCell.Gru) carry = Tensor.Empty([time, batch, hidden], type, series.Device);
            gates.Kernels.Recur(
                cell, backwards, slots.Operand, carry?.Operand, gates.Operand, weights.Hidden.Contiguous().Operand, weights.InputBias?.Contiguous().Operand, weights.HiddenBias?.Contiguous().Operand);
            output = slots.Narrow(0, backwards ? 0 : 1, time).Detach();
            // The last states are handles of their own: copies, so that a write to one does not show in another.
            last = cell == RecurrentCell.Lstm ? [Last(slots), Last(carry!)] : [Last(slots)];

            Tensor Slots(Tensor first)
            {
                var all = Tensor.Empty([time + 1, batch, hidden], type, series.Device);
                all.Select(0, firstSlot).CopyFrom(first);
                return all;
            }

            Tensor Last(Tensor all) => all.Select(0, lastSlot).Clone();
        }
        if (records)
        {
            Tensor?[] saved = [.. inputs, slots, gates, carry];
            Tape.Record([output, .. last], cell.ToString(), inputs, [.. saved.OfType<Tensor>()], gradients =>
            {
                if (GradientMode.IsEnabled) return Differentiated(inputs, states.Length, gradients, definition);
                return Gradients(cell, series, states, weights, backwards, slots, carry, gates, gradients);
            });
        }
        Tape.Watch(output, cell.ToString());
        return (output, last);
    }

    /// <summary>A further derivative is wanted: differentiate the definition.</summary>
    private static Tensor?[] Differentiated(
        Tensor[] inputs, int stateCount, Tensor?[] gradients, Func<Tensor, Tensor[], Recurrent.Weights, (Tensor Output, Tensor[] States)> definition)
    {
        var again = inputs.Select(input => input.View(input.Shape)).ToArray();
        var weights = again[(1 + stateCount)..];
        var (output, last) = definition(again[0], again[1..(1 + stateCount)], new(weights[0], weights[1], weights.ElementAtOrDefault(2), weights.ElementAtOrDefault(3)));
        Tensor[] outputs = [output, .. last];
        var arrived = Enumerable.Range(0, outputs.Length).Where(i => gradients[i] is not null).ToArray();
        var wanted = Enumerable.Range(0, again.Length).Where(i => again[i].RequiresGradient).ToArray();
        var found = Differentiation.Gradients(
            [.. arrived.Select(i => outputs[i])], [.. wanted.Select(i => again[i])], [.. arrived.Select(i => gradients[i])], createGraph: true, allowUnused: true);
        var result = new Tensor?[inputs.Length];
        for (var i = 0; i < wanted.Length; i++) result[wanted[i]] = found[i];
        return result;
    }

    private static Tensor?[] Gradients(
        RecurrentCell cell, Tensor series, Tensor[] states, Recurrent.Weights weights, bool backwards, Tensor slots, Tensor? carry, Tensor gates, Tensor?[] gradients)
    {
        var (time, type, device) = (series.Shape[0], series.DataType, series.Device);
        var gateGradients = Tensor.Empty(gates.Shape, type, device);
        var hiddenGradients = cell == RecurrentCell.Gru ? Tensor.Empty(gates.Shape, type, device) : null;
        var stateGradient = gradients[1]?.Clone() ?? Tensor.Zeros(states[0].Shape, type, device);
        var cellGradient = cell == RecurrentCell.Lstm ? gradients[2]?.Clone() ?? Tensor.Zeros(states[1].Shape, type, device) : null;
        gates.Kernels.RecurGradient(
            cell,
            backwards,
            gateGradients.Operand,
            hiddenGradients?.Operand,
            stateGradient.Operand,
            cellGradient?.Operand,
            gradients[0]?.Contiguous().Operand,
            slots.Operand,
            carry?.Operand,
            gates.Operand,
            weights.Hidden.Contiguous().Operand);
        // All steps together: each weight's gradient is one product, each bias's one sum.
        var byInput = gateGradients.Flatten(0, 1);
        var byHidden = hiddenGradients?.Flatten(0, 1) ?? byInput;
        var before = slots.Narrow(0, backwards ? 1 : 0, time).Flatten(0, 1);
        var inputBias = weights.InputBias is { RequiresGradient: true } ? byInput.Sum(0) : null;
        var hiddenBias = weights.HiddenBias is not { RequiresGradient: true } ? null : hiddenGradients is null && inputBias is not null ? inputBias : byHidden.Sum(0);
        Tensor?[] result =
        [
            series.RequiresGradient ? gateGradients.MatMul(weights.Input) : null,
            stateGradient,
            .. cellGradient is null ? [] : new Tensor?[] { cellGradient },
            weights.Input.RequiresGradient ? byInput.T.MatMul(series.Flatten(0, 1)) : null,
            weights.Hidden.RequiresGradient ? byHidden.T.MatMul(before) : null,
        ];
        return weights.InputBias is null ? result : [.. result, inputBias, hiddenBias];
    }
}
