using Scorch.Devices;
using Scorch.Kernels;

namespace Scorch.Fusion;

/// <summary>A function as a list of kernels, run block by block: what lies between stays in the cache.</summary>
internal sealed class FusedProgram
{
    [ThreadStatic]
    private static Storage? scratch;

    private readonly DataType[] inputs;
    private readonly (DataType Type, bool IsSingle)[] values;
    private readonly Instruction[] once;
    private readonly Instruction[] each;

    /// <summary>The value of each result; -1 for one that is 0.</summary>
    private readonly int[] results;

    /// <summary>The register of each value; -1 for arguments and results.</summary>
    private readonly int[] registers;
    private readonly int registerCount;
    private readonly int elementSize;

    private FusedProgram(DataType[] inputs, (DataType, bool)[] values, List<Instruction> instructions, int[] results)
    {
        (this.inputs, this.values, this.results) = (inputs, values, results);
        var live = Live(instructions, results);
        once = [.. live.Where(instruction => this.values[instruction.Target].IsSingle)];
        each = [.. live.Where(instruction => !this.values[instruction.Target].IsSingle)];
        (registers, registerCount) = Registers();
        elementSize = live.Count == 0 ? 1 : live.Max(instruction => this.values[instruction.Target].Type.Size());
    }

    /// <summary>Runs a function on stand-ins and keeps what it did.</summary>
    public static FusedProgram Trace(Func<Tensor[], Tensor?[]> function, DataType[] inputs)
    {
        var kernels = new TracingKernels();
        var device = new Device("trace", kernels, (bytes, device) => new TracedStorage(device, bytes));
        var stands = Array.ConvertAll(inputs, type =>
        {
            var storage = new TracedStorage(device, TracingKernels.Elements * type.Size()) { Value = kernels.Add(type, isSingle: false), IsArgument = true };
            return new Tensor(storage, 0, [TracingKernels.Elements], [1], type);
        });
        var outputs = Follow(function, stands);
        var results = new int[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            results[i] = -1;
            if (outputs[i] is not { } output) continue;
            var value = TracingKernels.ValueOf(output);
            if (kernels.Values[value].IsSingle || value < inputs.Length || Array.IndexOf(results, value, 0, i) >= 0)
            {
                // Each result has memory of its own, which an instruction fills.
                var copy = kernels.Add(output.DataType, isSingle: false);
                kernels.Instructions.Add(new(InstructionKind.Copy, 0, copy, value, -1, -1, default));
                value = copy;
            }
            results[i] = value;
        }
        return new(inputs, [.. kernels.Values], kernels.Instructions, results);
    }

    private static Tensor?[] Follow(Func<Tensor[], Tensor?[]> function, Tensor[] stands)
    {
        using var mode = Autograd.GradientMode.SetUnwatched(false);
        try
        {
            return function(stands);
        }
        catch (Exception error) when (error is not RefusedException)
        {
            // The sizes of a captured tensor do not fit the stand-ins', for example.
            throw TracingKernels.Refused($"something that fails on its stand-ins ({error.Message})");
        }
    }

    /// <summary>Whether the program was traced for these types.</summary>
    public bool Fits(Tensor[] tensors)
    {
        for (var i = 0; i < inputs.Length; i++)
            if (tensors[i].DataType != inputs[i]) return false;
        return true;
    }

    /// <summary>This thread's memory for registers: always the same, so that it stays in the nearest cache.</summary>
    private static Storage Scratch(Device device, long bytes)
    {
        if (scratch is { } kept && kept.Device == device && kept.ByteCount >= bytes) return kept;
        return scratch = device.Allocate(bytes);
    }

    /// <summary>The results for inputs of one shape.</summary>
    public Tensor?[] Run(Tensor[] tensors, Shape shape)
    {
        var outputs = new Tensor?[results.Length];
        for (var i = 0; i < outputs.Length; i++)
            if (results[i] >= 0) outputs[i] = Tensor.Empty(shape, values[results[i]].Type, tensors[0].Device);
        if (shape.ElementCount == 0 || Array.TrueForAll(outputs, output => output is null)) return outputs;
        var blocks = new Blocks(shape, Array.TrueForAll(tensors, LiesFlat));
        if (blocks.Count == 1)
        {
            Run(tensors, outputs, blocks, 0, 1);
        }
        else
        {
            var chunks = (int)((blocks.Count + Blocks.PerChunk - 1) / Blocks.PerChunk);
            WorkPool.Run(chunks, chunk => Run(tensors, outputs, blocks, chunk * (long)Blocks.PerChunk, Math.Min(blocks.Count, (chunk + 1L) * Blocks.PerChunk)));
        }
        return outputs;
    }

    /// <summary>Row-major without gaps, or one number for all elements.</summary>
    private static bool LiesFlat(Tensor tensor) => tensor.IsContiguous || IsSingle(tensor);

    private static bool IsSingle(Tensor tensor) => Array.TrueForAll(tensor.Strides, stride => stride == 0);

    private void Run(Tensor[] tensors, Tensor?[] outputs, in Blocks blocks, long from, long to)
    {
        var device = tensors[0].Device;
        var operands = new Operand[values.Length];
        var memory = Scratch(device, (long)((registerCount * blocks.Length) + once.Length) * elementSize);
        for (var k = 0; k < once.Length; k++)
        {
            var type = values[once[k].Target].Type;
            operands[once[k].Target] = new(memory, ((long)(registerCount * blocks.Length) + k) * elementSize / type.Size(), [1], [1], type);
            Run(device.Kernels, once[k], operands);
        }
        for (var i = 0; i < tensors.Length; i++)
            if (IsSingle(tensors[i])) operands[i] = new(tensors[i].Storage, tensors[i].Offset, [1], [1], tensors[i].DataType);
        Shape last = default;
        for (var block = from; block < to; block++)
        {
            var part = blocks.Part(block);
            if (block == from || part.Shape != last) SetRegisters(operands, memory, part.Shape, blocks.Length);
            last = part.Shape;
            for (var i = 0; i < tensors.Length; i++)
                if (!IsSingle(tensors[i])) operands[i] = blocks.Slice(tensors[i], part);
            for (var i = 0; i < outputs.Length; i++)
                if (outputs[i] is { } output) operands[results[i]] = blocks.Slice(output, part);
            foreach (var instruction in each) Run(device.Kernels, instruction, operands);
        }
    }

    private void SetRegisters(Operand[] operands, Storage memory, Shape shape, int length)
    {
        var strides = Blocks.RowMajor(shape);
        for (var value = inputs.Length; value < values.Length; value++)
            if (registers[value] >= 0)
                operands[value] = new(memory, (long)registers[value] * length * elementSize / values[value].Type.Size(), shape, strides, values[value].Type);
    }

    private static void Run(KernelTable kernels, in Instruction instruction, Operand[] operands)
    {
        ref readonly var target = ref operands[instruction.Target];
        switch (instruction.Kind)
        {
            case InstructionKind.Fill: kernels.Fill(target, instruction.Parameter); break;
            case InstructionKind.Copy: kernels.Copy(target, operands[instruction.First]); break;
            case InstructionKind.Unary: kernels.Unary((UnaryKernel)instruction.Kernel, target, operands[instruction.First], instruction.Parameter); break;
            case InstructionKind.Binary: kernels.Binary((BinaryKernel)instruction.Kernel, target, operands[instruction.First], operands[instruction.Second]); break;
            case InstructionKind.Compare: kernels.Compare((CompareKernel)instruction.Kernel, target, operands[instruction.First], operands[instruction.Second]); break;
            default: kernels.Where(target, operands[instruction.First], operands[instruction.Second], operands[instruction.Third]); break;
        }
    }

    /// <summary>The instructions on which a result depends.</summary>
    private static List<Instruction> Live(List<Instruction> instructions, int[] results)
    {
        var wanted = results.ToHashSet();
        var live = new List<Instruction>();
        for (var i = instructions.Count - 1; i >= 0; i--)
        {
            var instruction = instructions[i];
            if (!wanted.Contains(instruction.Target)) continue;
            live.Add(instruction);
            wanted.UnionWith([instruction.First, instruction.Second, instruction.Third]);
        }
        live.Reverse();
        return live;
    }

    /// <summary>Values whose lives do not overlap share a register.</summary>
    private (int[] Registers, int Count) Registers()
    {
        var places = new int[values.Length];
        Array.Fill(places, -1);
        var free = new Stack<int>();
        var count = 0;
        for (var at = 0; at < each.Length; at++)
        {
            var instruction = each[at];
            // An operand that is read here for the last time gives its register to the result, but only at the same size: bytes keep their places.
            foreach (var value in new[] { instruction.First, instruction.Second, instruction.Third }.Distinct())
                if (value >= 0 && places[value] >= 0 && values[value].Type.Size() == values[instruction.Target].Type.Size() && IsLast(value, at)) free.Push(places[value]);
            if (Array.IndexOf(results, instruction.Target) < 0) places[instruction.Target] = free.TryPop(out var register) ? register : count++;
            foreach (var value in new[] { instruction.First, instruction.Second, instruction.Third }.Distinct())
                if (value >= 0 && places[value] >= 0 && values[value].Type.Size() != values[instruction.Target].Type.Size() && IsLast(value, at)) free.Push(places[value]);
        }
        return (places, count);
    }

    private bool IsLast(int value, int at)
    {
        for (var later = at + 1; later < each.Length; later++)
            if (each[later].Reads(value)) return false;
        return true;
    }
}
