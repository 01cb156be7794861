using Scorch.Devices;
using Scorch.Kernels;

namespace Scorch.Fusion;

/// <summary>Memory that holds no bytes: it knows which value of a program lies in it.</summary>
internal sealed class TracedStorage(Device device, long byteCount) : Storage(device, byteCount)
{
    /// <summary>The value that was written last; -1 before the first.</summary>
    public int Value { get; set; } = -1;

    /// <summary>Whether the caller's elements lie here.</summary>
    public bool IsArgument { get; init; }

    public override ref byte Reference => throw TracingKernels.Refused("an operation that reads values, or a tensor that is not among its arguments");
}

/// <summary>A function to be fused does what cannot be.</summary>
internal sealed class RefusedException(string message) : InvalidOperationException(message);

/// <summary>Kernels that compute nothing and write down what they were asked for.</summary>
internal sealed partial class TracingKernels : KernelTable
{
    /// <summary>Elements of a stand-in: more than one, so that an operation across elements shows.</summary>
    public const int Elements = 2;

    /// <summary>What was written down, in order.</summary>
    public List<Instruction> Instructions { get; } = [];

    /// <summary>Type of each value, and whether it is one number for all elements.</summary>
    public List<(DataType Type, bool IsSingle)> Values { get; } = [];

    public static RefusedException Refused(string what) => new(
        $"Fuse.Elementwise: the function uses {what}. It may combine its arguments element by element only: pass tensors as arguments, numbers as numbers, and do the rest outside.");

    /// <summary>A value that no instruction makes, in a storage of its own.</summary>
    public int Add(DataType type, bool isSingle)
    {
        Values.Add((type, isSingle));
        return Values.Count - 1;
    }

    public override void Fill(in Operand output, Scalar value)
    {
        // The same number everywhere needs no element of its own.
        var target = Add(output.Type, isSingle: true);
        Instructions.Add(new(InstructionKind.Fill, 0, target, -1, -1, -1, value));
        Store(output, target);
    }

    public override void Copy(in Operand output, in Operand input) => Note(InstructionKind.Copy, 0, output, Load(input));

    public override void Unary(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter) =>
        Note(InstructionKind.Unary, (int)kernel, output, Load(input), parameter: parameter);

    public override void Binary(BinaryKernel kernel, in Operand output, in Operand left, in Operand right) =>
        Note(InstructionKind.Binary, (int)kernel, output, Load(left), Load(right));

    public override void Compare(CompareKernel kernel, in Operand output, in Operand left, in Operand right) =>
        Note(InstructionKind.Compare, (int)kernel, output, Load(left), Load(right));

    public override void Where(in Operand output, in Operand condition, in Operand left, in Operand right) =>
        Note(InstructionKind.Where, 0, output, Load(condition), Load(left), Load(right));

    /// <summary>The value that an operand holds.</summary>
    public static int ValueOf(Tensor tensor) => Load(tensor.Operand);

    private void Note(InstructionKind kind, int kernel, in Operand output, int first, int second = -1, int third = -1, Scalar parameter = default)
    {
        var isSingle = Values[first].IsSingle && (second < 0 || Values[second].IsSingle) && (third < 0 || Values[third].IsSingle);
        var target = Add(output.Type, isSingle);
        Instructions.Add(new(kind, kernel, target, first, second, third, parameter));
        Store(output, target);
    }

    private static int Load(in Operand operand)
    {
        if (operand.Storage is not TracedStorage traced) throw Refused("a tensor that is not among its arguments");
        if (!IsWhole(operand)) throw Refused("a view of part of a tensor");
        return traced.Value >= 0 ? traced.Value : throw Refused("a tensor before anything was written to it");
    }

    private static void Store(in Operand operand, int value)
    {
        if (operand.Storage is not TracedStorage traced) throw Refused("a tensor that is not among its arguments");
        if (traced.IsArgument) throw Refused("an operation that writes to an argument");
        if (!IsWhole(operand)) throw Refused("a view of part of a tensor");
        traced.Value = value;
    }

    /// <summary>A whole storage in order: elements keep their places.</summary>
    private static bool IsWhole(in Operand operand)
    {
        if (operand.Offset != 0 || operand.Count is not (1 or Elements) || operand.Count * operand.Type.Size() != operand.Storage.ByteCount) return false;
        long expected = 1;
        var sizes = operand.Shape.Sizes;
        for (var d = sizes.Length - 1; d >= 0; d--)
        {
            if (sizes[d] != 1 && operand.Strides[d] != expected) return false;
            expected *= sizes[d];
        }
        return true;
    }
}
