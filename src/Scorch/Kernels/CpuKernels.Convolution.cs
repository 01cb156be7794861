using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>Convolution of contiguous [n, c, ...] with contiguous [o, c / groups, ...], plus a bias of shape [o, 1, ...] where there is one.</summary>
    public abstract void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight, in Operand? bias);

    /// <summary>The adjoint of <see cref="Convolve"/> in its input: [n, o, ...] back to [n, c, ...], plus a bias of shape [c, 1, ...] where there is one.</summary>
    public abstract void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight, in Operand? bias);

    /// <summary>The adjoint of <see cref="Convolve"/> in its weight.</summary>
    public abstract void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output);
}

internal sealed unsafe partial class CpuKernels
{
    public override void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight, in Operand? bias)
    {
        // Where the product has no place for it, the bias is added afterwards.
        var isIn = output.Type == DataType.Float32 ? Convolve<float>(geometry, output, input, weight, bias)
            : output.Type == DataType.Float64 ? Convolve<double>(geometry, output, input, weight, bias)
            : throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
        if (bias is { } added && !isIn) Binary(BinaryKernel.Add, output, output, added);
    }

    public override void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight, in Operand? bias)
    {
        if (output.Type == DataType.Float32) ConvolveInput<float>(geometry, input, output, weight);
        else if (output.Type == DataType.Float64) ConvolveInput<double>(geometry, input, output, weight);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
        if (bias is { } added) Binary(BinaryKernel.Add, input, input, added);
    }

    public override void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output)
    {
        if (output.Type == DataType.Float32) ConvolveWeight<float>(geometry, weight, input, output);
        else if (output.Type == DataType.Float64) ConvolveWeight<double>(geometry, weight, input, output);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    /// <summary>True when the bias is in the result.</summary>
    private static bool Convolve<T>(ConvolutionGeometry g, in Operand output, in Operand input, in Operand weight, in Operand? bias)
        where T : unmanaged, INumberBase<T>
    {
        if (output.Count == 0) return true;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference, biasBytes = &(bias ?? output).Reference)
        {
            var y = (T*)outputBytes;
            if (g.Inputs == 0)
            {
                new Span<T>(y, checked((int)output.Count)).Clear();
                return false;
            }
            if (typeof(T) == typeof(float) && WinogradConvolution.Fits(g, g.Inputs, g.Outputs, g.Result))
            {
                WinogradConvolution.Run(
                    (float*)y,
                    (float*)inputBytes,
                    new WindowWeights<float>((float*)weightBytes, 0, 9L * g.Inputs, 9),
                    false,
                    new(g.Batch, g.Inputs, g.Outputs, g.Image[1], g.Image[2], g.Result[1], g.Result[2], g.Padding[1], g.Padding[2]));
                return false;
            }
            if (PointwiseConvolution<T>.Fits(g))
            {
                PointwiseConvolution<T>.Run(g, y, (T*)inputBytes, (T*)weightBytes, false);
                return false;
            }
            if (DepthwiseWindows.Fits(g))
            {
                DepthwiseConvolution<T>.Run(DepthwiseWindows.Forward(g), y, (T*)inputBytes, (T*)weightBytes, bias is null ? null : (T*)biasBytes, g.Batch, g.Groups, false);
                return true;
            }
            var (layout, windows) = WindowSet.Forward(g);
            var weights = new WindowWeights<T>((T*)weightBytes, (long)g.Outputs * g.Inputs * g.KernelSize, (long)g.Inputs * g.KernelSize, g.KernelSize);
            WindowProducts<T>.Run(layout, [windows], weights, (T*)inputBytes, y, g.Batch, g.Groups, g.Inputs, g.Outputs, g.ResultSize, g.ImageSize);
            return false;
        }
    }

    /// <summary>A convolution of the output for each phase of the stride.</summary>
    private static void ConvolveInput<T>(ConvolutionGeometry g, in Operand input, in Operand output, in Operand weight)
        where T : unmanaged, INumberBase<T>
    {
        if (input.Count == 0) return;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference)
        {
            var x = (T*)inputBytes;
            if (g.Outputs == 0 || g.ResultSize == 0)
            {
                new Span<T>(x, checked((int)input.Count)).Clear();
                return;
            }
            if (typeof(T) == typeof(float) && WinogradConvolution.Fits(g, g.Outputs, g.Inputs, g.Image))
            {
                WinogradConvolution.Run(
                    (float*)x,
                    (float*)outputBytes,
                    new WindowWeights<float>((float*)weightBytes, 0, 9, 9L * g.Inputs),
                    true,
                    new(g.Batch, g.Outputs, g.Inputs, g.Result[1], g.Result[2], g.Image[1], g.Image[2], 2 - g.Padding[1], 2 - g.Padding[2]));
                return;
            }
            if (PointwiseConvolution<T>.Fits(g))
            {
                PointwiseConvolution<T>.Run(g, x, (T*)outputBytes, (T*)weightBytes, true);
                return;
            }
            if (DepthwiseWindows.Fits(g) && g.Stride is [_, 1, 1])
            {
                DepthwiseConvolution<T>.Run(DepthwiseWindows.Adjoint(g), x, (T*)outputBytes, (T*)weightBytes, null, g.Batch, g.Groups, true);
                return;
            }
            var (layout, windows) = WindowSet.Adjoint(g);
            var weights = new WindowWeights<T>((T*)weightBytes, (long)g.Outputs * g.Inputs * g.KernelSize, g.KernelSize, (long)g.Inputs * g.KernelSize);
            WindowProducts<T>.Run(layout, windows, weights, (T*)outputBytes, x, g.Batch, g.Groups, g.Outputs, g.Inputs, g.ImageSize, g.ResultSize);
        }
    }

    private static void ConvolveWeight<T>(ConvolutionGeometry g, in Operand weight, in Operand input, in Operand output)
        where T : unmanaged, INumberBase<T>
    {
        if (weight.Count == 0) return;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference)
        {
            if (output.Count == 0) new Span<T>((T*)weightBytes, checked((int)weight.Count)).Clear();
            else if (typeof(T) == typeof(float) && WinogradConvolution.Fits(g, g.Inputs, g.Outputs, g.Result))
                WinogradGradient.Run(
                    (float*)weightBytes,
                    (float*)inputBytes,
                    (float*)outputBytes,
                    new(g.Batch, g.Inputs, g.Outputs, g.Image[1], g.Image[2], g.Result[1], g.Result[2], g.Padding[1], g.Padding[2]));
            else if (DepthwiseWindows.Fits(g)) DepthwiseConvolution<T>.Gradient(DepthwiseWindows.Forward(g), (T*)weightBytes, (T*)inputBytes, (T*)outputBytes, g.Batch, g.Groups);
            else WindowGradients<T>.Run(g, (T*)weightBytes, (T*)inputBytes, (T*)outputBytes);
        }
    }
}
