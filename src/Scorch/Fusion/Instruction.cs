namespace Scorch.Fusion;

/// <summary>Which kernel an instruction runs.</summary>
internal enum InstructionKind
{
    Fill, Copy, Unary, Binary, Compare, Where,
}

/// <summary>One kernel of a program, with the values that it reads and makes.</summary>
/// <param name="Kind">Which kernel.</param>
/// <param name="Kernel">Which operation of it: a member of the kernel's enumeration.</param>
/// <param name="Target">The value that it makes.</param>
/// <param name="First">The first value that it reads, or -1.</param>
/// <param name="Second">The second, or -1.</param>
/// <param name="Third">The third, or -1.</param>
/// <param name="Parameter">The number that it takes.</param>
internal readonly record struct Instruction(InstructionKind Kind, int Kernel, int Target, int First, int Second, int Third, Scalar Parameter)
{
    /// <summary>Whether it reads a value.</summary>
    public bool Reads(int value) => First == value || Second == value || Third == value;
}
