using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Media;

/// <summary>Dequantised blocks of a component on their way to its plane: eight go through the inverse transform together, each in a lane of the vectors.</summary>
/// <param name="plane">Receives samples; whole blocks.</param>
/// <param name="stride">Samples a row of the plane.</param>
internal sealed class JpegBlocks(byte[] plane, int stride)
{
    public const int Lanes = 8;

    private readonly int[] places = new int[Lanes];
    private int count;

    /// <summary>Coefficients [64 in natural order, lanes]; zero where nothing was written.</summary>
    public int[] Work { get; } = new int[64 * Lanes];

    /// <summary>The lane for the coefficients of a block, given by its column and row.</summary>
    public int Next(int x, int y)
    {
        if (count == Lanes) Flush();
        places[count] = (8 * y * stride) + (8 * x);
        return count++;
    }

    /// <summary>Transforms the blocks that are waiting.</summary>
    public void Flush()
    {
        if (count == 0) return;
        var work = MemoryMarshal.Cast<int, Vector256<int>>(Work.AsSpan());
        JpegTransform.Inverse(work);
        Span<int> left = stackalloc int[Lanes], right = stackalloc int[Lanes];
        for (var y = 0; y < 8; y++)
        {
            // A lane gathers four samples of its block, first lowest: the bytes of a whole number.
            Packed(work, 8 * y).CopyTo(left);
            Packed(work, (8 * y) + 4).CopyTo(right);
            for (var lane = 0; lane < count; lane++)
            {
                var row = plane.AsSpan(places[lane] + (y * stride), 8);
                MemoryMarshal.Write(row, left[lane]);
                MemoryMarshal.Write(row[4..], right[lane]);
            }
        }
        work.Clear();
        count = 0;
    }

    private static Vector256<int> Packed(ReadOnlySpan<Vector256<int>> work, int at) =>
        Sample(work[at]) | (Sample(work[at + 1]) << 8) | (Sample(work[at + 2]) << 16) | (Sample(work[at + 3]) << 24);

    private static Vector256<int> Sample(Vector256<int> value) => Vector256.Min(Vector256.Max(value + Vector256.Create(128), Vector256<int>.Zero), Vector256.Create(255));
}
