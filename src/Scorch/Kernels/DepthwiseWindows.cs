namespace Scorch.Kernels;

/// <summary>
/// How filters of one channel read their planes where they lie: lines outside the plane are a line of zeros, columns outside it are masked.
/// </summary>
/// <param name="Height">Lines of a source plane.</param>
/// <param name="Width">Columns of a source plane.</param>
/// <param name="ResultHeight">Lines of a result plane.</param>
/// <param name="ResultWidth">Columns of a result plane.</param>
/// <param name="KernelHeight">Of the filter.</param>
/// <param name="KernelWidth">Of the filter.</param>
/// <param name="Stride">Distance between windows, down and across.</param>
/// <param name="Padding">Zeros above and on the left; negative to leave lines out.</param>
/// <param name="Dilation">Distance between taps, down and across.</param>
internal readonly record struct DepthwiseWindows(
    int Height,
    int Width,
    int ResultHeight,
    int ResultWidth,
    int KernelHeight,
    int KernelWidth,
    (int Down, int Across) Stride,
    (int Above, int Left) Padding,
    (int Down, int Across) Dilation)
{
    public int Taps => KernelHeight * KernelWidth;

    public int PlaneSize => Height * Width;

    public int ResultSize => ResultHeight * ResultWidth;

    /// <summary>Whether every channel has its own filter, over one or two axes, of stride 1 or 2 along lines.</summary>
    public static bool Fits(ConvolutionGeometry g) =>
        g is { Inputs: 1, Outputs: 1, Image: [1, ..], Kernel: [1, ..] } && g.Padding[0] == 0 && g.Stride[2] <= 2 && (g.Stride[2] == 1 || g.Dilation[2] == 1);

    public static DepthwiseWindows Forward(ConvolutionGeometry g) => new(
        g.Image[1], g.Image[2], g.Result[1], g.Result[2], g.Kernel[1], g.Kernel[2], (g.Stride[1], g.Stride[2]), (g.Padding[1], g.Padding[2]), (g.Dilation[1], g.Dilation[2]));

    /// <summary>The adjoint for stride 1: a convolution of the result with the taps from the last to the first.</summary>
    public static DepthwiseWindows Adjoint(ConvolutionGeometry g) => new(
        g.Result[1],
        g.Result[2],
        g.Image[1],
        g.Image[2],
        g.Kernel[1],
        g.Kernel[2],
        (1, 1),
        ((g.Dilation[1] * (g.Kernel[1] - 1)) - g.Padding[1], (g.Dilation[2] * (g.Kernel[2] - 1)) - g.Padding[2]),
        (g.Dilation[1], g.Dilation[2]));

    /// <summary>Elements from the start of a line that vectors of this length may touch.</summary>
    public int Reach(int vector) => Math.Max(0, (Math.Max(ResultWidth, vector) * Stride.Across) + ((KernelWidth - 1) * Dilation.Across) - Padding.Left);

    /// <summary>The line of the plane under a row of taps, for a line of the result.</summary>
    public int Line(int result, int tapRow) => (result * Stride.Down) + (tapRow * Dilation.Down) - Padding.Above;

    /// <summary>Whether a tap of the window at a column of the result lies in the plane.</summary>
    public bool IsInside(int result, int tapColumn) => (uint)((result * Stride.Across) + (tapColumn * Dilation.Across) - Padding.Left) < (uint)Width;

    /// <summary>The same in front of it.</summary>
    public int Before => Math.Max(0, Padding.Left);

    /// <summary>Vectors of columns; the last one overlaps its neighbour.</summary>
    public int Columns(int vector) => (ResultWidth + vector - 1) / vector;

    /// <summary>The first column of a vector.</summary>
    public int Start(int column, int vector) => Math.Max(0, Math.Min(column * vector, ResultWidth - vector));

    /// <summary>Room for the masks of all columns.</summary>
    public long MaskCount(int vector) => (long)Columns(vector) * (KernelWidth + 1) * vector;

    /// <summary>
    /// For every vector of columns and every tap of a line, and then for the result itself, the elements that lie in the plane; and in
    /// <paramref name="partial"/> whether some do not.
    /// </summary>
    /// <param name="masks">All bits set, or none.</param>
    /// <param name="partial">One for each vector.</param>
    /// <param name="vector">Elements of a vector.</param>
    /// <param name="once">Leave out what the vector before has, too.</param>
    public unsafe void Masks<T>(T* masks, bool[] partial, int vector, bool once)
        where T : unmanaged
    {
        for (var column = 0; column < partial.Length; column++)
            for (var tap = 0; tap <= KernelWidth; tap++)
                for (var i = 0; i < vector; i++, masks++)
                {
                    var w = Start(column, vector) + i;
                    var counts = w < ResultWidth && (!once || w >= column * vector);
                    var inside = counts && (tap == KernelWidth || IsInside(w, tap));
                    partial[column] |= !inside && (counts || once);
                    new Span<byte>(masks, sizeof(T)).Fill(inside ? byte.MaxValue : byte.MinValue);
                }
    }
}
