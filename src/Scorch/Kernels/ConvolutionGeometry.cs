namespace Scorch.Kernels;

/// <summary>Sizes of a convolution over three spatial dimensions; fewer are padded in front with 1.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Groups">Independent groups of channels.</param>
/// <param name="Inputs">Input channels of a group.</param>
/// <param name="Outputs">Output channels of a group.</param>
/// <param name="Image">Depth, height, width of the input.</param>
/// <param name="Kernel">Of the kernel.</param>
/// <param name="Result">Of the output.</param>
/// <param name="Stride">Distance between windows.</param>
/// <param name="Padding">Zeros in front.</param>
/// <param name="Dilation">Distance between taps.</param>
internal sealed record ConvolutionGeometry(
    int Batch, int Groups, int Inputs, int Outputs, int[] Image, int[] Kernel, int[] Result, int[] Stride, int[] Padding, int[] Dilation)
{
    public int ImageSize => Image[0] * Image[1] * Image[2];

    public int KernelSize => Kernel[0] * Kernel[1] * Kernel[2];

    public int ResultSize => Result[0] * Result[1] * Result[2];

    /// <summary>Where a tap reads, from the corner of its window.</summary>
    public (int Depth, int Height, int Width) TapOffset(int tap) => (
        tap / (Kernel[1] * Kernel[2]) * Dilation[0],
        tap / Kernel[2] % Kernel[1] * Dilation[1],
        tap % Kernel[2] * Dilation[2]);
}
