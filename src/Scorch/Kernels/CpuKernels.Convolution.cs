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
        if (output.Type == DataType.Float32) Convolve<float>(geometry, output, input, weight, bias);
        else if (output.Type == DataType.Float64) Convolve<double>(geometry, output, input, weight, bias);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    public override void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight, in Operand? bias)
    {
        if (output.Type == DataType.Float32) ConvolveInput<float>(geometry, input, output, weight, bias);
        else if (output.Type == DataType.Float64) ConvolveInput<double>(geometry, input, output, weight, bias);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    public override void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output)
    {
        if (output.Type == DataType.Float32) ConvolveWeight<float>(geometry, weight, input, output);
        else if (output.Type == DataType.Float64) ConvolveWeight<double>(geometry, weight, input, output);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    private static void Convolve<T>(ConvolutionGeometry g, in Operand output, in Operand input, in Operand weight, in Operand? bias)
        where T : unmanaged, INumberBase<T>
    {
        if (output.Count == 0) return;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference, biasBytes = &(bias ?? output).Reference)
        {
            var y = (T*)outputBytes;
            var x = (T*)inputBytes;
            var w = (T*)weightBytes;
            var start = bias is null ? null : (T*)biasBytes;
            if (g.Inputs == 0) Fill(y, start, g.Batch, g.Groups * g.Outputs, g.ResultSize);
            else if (typeof(T) == typeof(float) && WinogradConvolution.Fits(g, g.Inputs, g.Outputs, g.Result))
                WinogradConvolution.Run(
                    (float*)y,
                    (float*)x,
                    new WindowWeights<float>((float*)w, 0, 9L * g.Inputs, 9),
                    (float*)start,
                    false,
                    new(g.Batch, g.Inputs, g.Outputs, g.Image[1], g.Image[2], g.Result[1], g.Result[2], g.Padding[1], g.Padding[2]));
            else if (PointwiseConvolution<T>.Fits(g)) PointwiseConvolution<T>.Run(g, y, x, w, start, false);
            else if (DepthwiseWindows.Fits(g)) DepthwiseConvolution<T>.Run(DepthwiseWindows.Forward(g), y, x, w, start, g.Batch, g.Groups, false);
            else
            {
                var (layout, windows) = WindowSet.Forward(g);
                var weights = new WindowWeights<T>(w, (long)g.Outputs * g.Inputs * g.KernelSize, (long)g.Inputs * g.KernelSize, g.KernelSize);
                WindowProducts<T>.Run(layout, [windows], weights, start, x, y, g.Batch, g.Groups, g.Inputs, g.Outputs, g.ResultSize, g.ImageSize);
            }
        }
    }

    /// <summary>What a sum over nothing gives: zeros, or the bias of each channel.</summary>
    private static void Fill<T>(T* result, T* bias, int batch, int channels, int plane)
        where T : unmanaged
    {
        for (var number = 0L; number < (long)batch * channels; number++) new Span<T>(result + (number * plane), plane).Fill(bias is null ? default : bias[number % channels]);
    }

    /// <summary>A convolution of the output for each phase of the stride.</summary>
    private static void ConvolveInput<T>(ConvolutionGeometry g, in Operand input, in Operand output, in Operand weight, in Operand? bias)
        where T : unmanaged, INumberBase<T>
    {
        if (input.Count == 0) return;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference, biasBytes = &(bias ?? input).Reference)
        {
            var x = (T*)inputBytes;
            var y = (T*)outputBytes;
            var w = (T*)weightBytes;
            var start = bias is null ? null : (T*)biasBytes;
            if (g.Outputs == 0 || g.ResultSize == 0) Fill(x, start, g.Batch, g.Groups * g.Inputs, g.ImageSize);
            else if (typeof(T) == typeof(float) && WinogradConvolution.Fits(g, g.Outputs, g.Inputs, g.Image))
                WinogradConvolution.Run(
                    (float*)x,
                    (float*)y,
                    new WindowWeights<float>((float*)w, 0, 9, 9L * g.Inputs),
                    (float*)start,
                    true,
                    new(g.Batch, g.Outputs, g.Inputs, g.Result[1], g.Result[2], g.Image[1], g.Image[2], 2 - g.Padding[1], 2 - g.Padding[2]));
            else if (PointwiseConvolution<T>.Fits(g)) PointwiseConvolution<T>.Run(g, x, y, w, start, true);
            else if (DepthwiseWindows.Fits(g) && g.Stride is [_, 1, 1])
                DepthwiseConvolution<T>.Run(DepthwiseWindows.Adjoint(g), x, y, w, start, g.Batch, g.Groups, true);
            else
            {
                var (layout, windows) = WindowSet.Adjoint(g);
                var weights = new WindowWeights<T>(w, (long)g.Outputs * g.Inputs * g.KernelSize, g.KernelSize, (long)g.Inputs * g.KernelSize);
                WindowProducts<T>.Run(layout, windows, weights, start, y, x, g.Batch, g.Groups, g.Outputs, g.Inputs, g.ImageSize, g.ResultSize);
            }
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
