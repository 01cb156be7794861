using System.Numerics;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Recurrent layers: series of a batch are independent, so a task takes a few of them through all of time, with the weights packed once.</content>
internal sealed unsafe partial class CpuKernels
{
    public override void Recur(
        RecurrentCell cell, bool backwards, in Operand states, in Operand? carry, in Operand gates, in Operand weight, in Operand? inputBias, in Operand? hiddenBias)
    {
        if (states.Count == 0) return;
        var (extra, first, second) = (carry ?? states, inputBias ?? states, hiddenBias ?? states);
        fixed (byte* s = &states.Reference, c = &extra.Reference, g = &gates.Reference, w = &weight.Reference, i = &first.Reference, h = &second.Reference)
        {
            var scan = Scan(cell, backwards, states, gates) with
            {
                States = s,
                Carry = c,
                Gates = g,
                Weight = w,
                InputBias = inputBias is null ? null : i,
                HiddenBias = hiddenBias is null ? null : h,
            };
            if (states.Type == DataType.Float32) Run<float>(scan, forward: true);
            else Run<double>(scan, forward: true);
        }
    }

    public override void RecurGradient(
        RecurrentCell cell,
        bool backwards,
        in Operand gateGradients,
        in Operand? hiddenGradients,
        in Operand stateGradient,
        in Operand? cellGradient,
        in Operand? outputGradient,
        in Operand states,
        in Operand? carry,
        in Operand gates,
        in Operand weight)
    {
        if (states.Count == 0) return;
        var (hidden, cells, outputs, extra) = (hiddenGradients ?? gateGradients, cellGradient ?? stateGradient, outputGradient ?? states, carry ?? states);
        fixed (byte* gg = &gateGradients.Reference, hg = &hidden.Reference, sg = &stateGradient.Reference, cg = &cells.Reference, og = &outputs.Reference)
        fixed (byte* s = &states.Reference, c = &extra.Reference, g = &gates.Reference, w = &weight.Reference)
        {
            var scan = Scan(cell, backwards, states, gates) with
            {
                States = s,
                Carry = c,
                Gates = g,
                Weight = w,
                GateGradients = gg,
                HiddenGradients = hg,
                StateGradient = sg,
                CellGradient = cg,
                OutputGradient = outputGradient is null ? null : og,
            };
            if (states.Type == DataType.Float32) Run<float>(scan, forward: false);
            else Run<double>(scan, forward: false);
        }
    }

    private static RecurrentScan Scan(RecurrentCell cell, bool backwards, in Operand states, in Operand gates) => new()
    {
        Cell = cell,
        IsBackwards = backwards,
        Time = gates.Shape[0],
        Batch = gates.Shape[1],
        Hidden = states.Shape[2],
        Width = gates.Shape[2],
    };

    private static void Run<T>(in RecurrentScan scan, bool forward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>, T>(scan, forward);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>, T>(scan, forward);
        else Run<Simd128<T>, T>(scan, forward);
    }

    private static void Run<V, T>(RecurrentScan scan, bool forward)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Forward h W^T, whose right factor's columns are the rows of W; back g W.
        var (columns, depth) = forward ? (scan.Width, scan.Hidden) : (scan.Hidden, scan.Width);
        var packed = (T*)Workspace.Get(Workspace.Right, (long)Panels.Padded<V, T>(columns) * depth * sizeof(T));
        Panels.Pack<V, T>((T*)scan.Weight, packed, columns, depth, forward ? 1 : scan.Hidden, forward ? scan.Hidden : 1);
        var bias = forward ? Bias<T>(scan) : null;
        // A series comes out the same in whatever company it is computed, so the tasks may depend on the number of threads: fewer read the weights less often.
        var isSmall = (long)scan.Time * scan.Batch * columns * depth < 1 << 20;
        var together = isSmall ? scan.Batch : Math.Max(8, (scan.Batch + (8 * WorkPool.Threads) - 1) / (8 * WorkPool.Threads) * 8);
        if (together >= scan.Batch) Series<V, T>(scan, forward, packed, bias, 0, scan.Batch);
        else RunTogether<V, T>(scan, forward, packed, bias, together);
    }

    private static void RunTogether<V, T>(RecurrentScan scan, bool forward, T* packed, T* bias, int together)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> =>
        WorkPool.Run(
            (scan.Batch + together - 1) / together,
            task => Series<V, T>(scan, forward, packed, bias, task * together, Math.Min(together, scan.Batch - (task * together))));

    private static void Series<V, T>(in RecurrentScan scan, bool forward, T* packed, T* bias, int first, int count)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (forward) Forward<V, T>(scan, packed, bias, first, count);
        else Back<V, T>(scan, packed, first, count);
    }

    /// <summary>One bias a gate. A GRU's new gate has its hidden bias apart, behind the others, as its reset gate acts in between.</summary>
    private static T* Bias<T>(in RecurrentScan scan)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var bias = (T*)Workspace.Get(Workspace.Bias, (long)(scan.Width + scan.Hidden) * sizeof(T));
        new Span<T>(bias, scan.Width + scan.Hidden).Clear();
        T* input = (T*)scan.InputBias, hidden = (T*)scan.HiddenBias;
        var joined = scan.Cell == RecurrentCell.Gru ? 2 * scan.Hidden : scan.Width;
        for (var i = 0; input is not null && i < scan.Width; i++) bias[i] = input[i];
        for (var i = 0; hidden is not null && i < scan.Width; i++) bias[i < joined ? i : i + scan.Hidden] += hidden[i];
        return bias;
    }

    private static void Forward<V, T>(in RecurrentScan scan, T* packed, T* bias, int first, int count)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (n, width) = (scan.Hidden, scan.Width);
        var stride = Panels.Padded<V, T>(width);
        var product = (T*)Workspace.Get(Workspace.Sums, (long)Panels.PaddedRows(count) * stride * sizeof(T));
        for (var step = 0; step < scan.Time; step++)
        {
            var t = scan.IsBackwards ? scan.Time - 1 - step : step;
            var (before, after) = scan.IsBackwards ? (t + 1, t) : (t, t + 1);
            Panels.Multiply<V, T>((T*)scan.States + (scan.Row(before, first) * n), n, packed, product, count, width, n, add: false);
            for (var row = 0; row < count; row++) Step<V, T>(scan, t, before, after, first + row, product + ((long)row * stride), bias);
        }
    }

    private static void Step<V, T>(in RecurrentScan scan, int t, int before, int after, int series, T* shares, T* bias)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var n = scan.Hidden;
        var (now, old, next) = (scan.Row(t, series), scan.Row(before, series), scan.Row(after, series));
        var gates = (T*)scan.Gates + (now * scan.Width);
        T* states = (T*)scan.States, carry = (T*)scan.Carry;
        switch (scan.Cell)
        {
            case RecurrentCell.Lstm: RecurrentUnits<V, T>.Lstm(gates, shares, bias, carry + (old * n), carry + (next * n), states + (next * n), n); break;
            case RecurrentCell.Gru: RecurrentUnits<V, T>.Gru(gates, shares, bias, carry + (now * n), states + (old * n), states + (next * n), n); break;
            default: RecurrentUnits<V, T>.Plain(gates, shares, bias, states + (next * n), n, scan.Cell == RecurrentCell.Rectifier); break;
        }
    }

    private static void Back<V, T>(in RecurrentScan scan, T* packed, int first, int count)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (n, width) = (scan.Hidden, scan.Width);
        var stride = Panels.Padded<V, T>(n);
        var rows = Panels.PaddedRows(count);
        var gradients = (T*)Workspace.Get(Workspace.Sums, ((long)rows + 1) * stride * sizeof(T));
        var zeros = gradients + ((long)rows * stride);
        new Span<T>(gradients, checked((rows + 1) * stride)).Clear();
        for (var row = 0; row < count; row++)
            new Span<T>((T*)scan.StateGradient + (((long)first + row) * n), n).CopyTo(new(gradients + ((long)row * stride), n));
        for (var step = scan.Time - 1; step >= 0; step--)
        {
            var t = scan.IsBackwards ? scan.Time - 1 - step : step;
            var (before, after) = scan.IsBackwards ? (t + 1, t) : (t, t + 1);
            for (var row = 0; row < count; row++) StepGradient<V, T>(scan, t, before, after, first + row, gradients + ((long)row * stride), zeros);
            Panels.Multiply<V, T>((T*)scan.HiddenGradients + (scan.Row(t, first) * width), width, packed, gradients, count, n, width, add: true);
        }
        for (var row = 0; row < count; row++)
            new Span<T>(gradients + ((long)row * stride), n).CopyTo(new((T*)scan.StateGradient + (((long)first + row) * n), n));
    }

    private static void StepGradient<V, T>(in RecurrentScan scan, int t, int before, int after, int series, T* gradient, T* zeros)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var n = scan.Hidden;
        var (now, old, next) = (scan.Row(t, series), scan.Row(before, series), scan.Row(after, series));
        T* gates = (T*)scan.Gates + (now * scan.Width), result = (T*)scan.GateGradients + (now * scan.Width);
        T* states = (T*)scan.States, carry = (T*)scan.Carry;
        var arriving = scan.OutputGradient is null ? zeros : (T*)scan.OutputGradient + (now * n);
        switch (scan.Cell)
        {
            case RecurrentCell.Lstm:
                RecurrentUnits<V, T>.LstmGradient(result, gates, arriving, gradient, (T*)scan.CellGradient + ((long)series * n), carry + (old * n), carry + (next * n), n);
                break;
            case RecurrentCell.Gru:
                RecurrentUnits<V, T>.GruGradient(result, (T*)scan.HiddenGradients + (now * scan.Width), gates, arriving, gradient, carry + (now * n), states + (old * n), n);
                break;
            default:
                RecurrentUnits<V, T>.PlainGradient(result, gates, arriving, gradient, n, scan.Cell == RecurrentCell.Rectifier);
                break;
        }
    }

    /// <summary>Sizes of a layer and where its operands lie.</summary>
    private struct RecurrentScan
    {
        public RecurrentCell Cell;
        public bool IsBackwards;
        public int Time, Batch, Hidden, Width;
        public byte* States, Carry, Gates, Weight, InputBias, HiddenBias;
        public byte* GateGradients, HiddenGradients, StateGradient, CellGradient, OutputGradient;

        /// <summary>Place of a series in a slot of time.</summary>
        public readonly long Row(int slot, int series) => ((long)slot * Batch) + series;
    }
}
