using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>Convolution of contiguous [n, c, ...] with contiguous [o, c / groups, ...].</summary>
    public abstract void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight);

    /// <summary>The adjoint of <see cref="Convolve"/> in its input: [n, o, ...] back to [n, c, ...].</summary>
    public abstract void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight);

    /// <summary>The adjoint of <see cref="Convolve"/> in its weight.</summary>
    public abstract void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output);
}

internal sealed unsafe partial class CpuKernels
{
    /// <summary>Images whose weight gradients are summed before they join the others; fixes the order of the sum.</summary>
    private const int WeightImages = 8;

    public override void Convolve(ConvolutionGeometry geometry, in Operand output, in Operand input, in Operand weight)
    {
        if (output.Type == DataType.Float32) Convolve<float>(geometry, output, input, weight);
        else if (output.Type == DataType.Float64) Convolve<double>(geometry, output, input, weight);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    public override void ConvolveInput(ConvolutionGeometry geometry, in Operand input, in Operand output, in Operand weight)
    {
        if (output.Type == DataType.Float32) ConvolveInput<float>(geometry, input, output, weight);
        else if (output.Type == DataType.Float64) ConvolveInput<double>(geometry, input, output, weight);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    public override void ConvolveWeight(ConvolutionGeometry geometry, in Operand weight, in Operand input, in Operand output)
    {
        if (output.Type == DataType.Float32) ConvolveWeight<float>(geometry, weight, input, output);
        else if (output.Type == DataType.Float64) ConvolveWeight<double>(geometry, weight, input, output);
        else throw new NotSupportedException($"Convolution is not defined for {output.Type}; convert the tensors to a floating type.");
    }

    /// <summary>y[o, p] = sum_k W[o, k] columns[k, p]: a matrix product whose right factor is read from the image.</summary>
    private static void Convolve<T>(ConvolutionGeometry g, in Operand output, in Operand input, in Operand weight)
        where T : unmanaged, INumberBase<T>
    {
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference)
        {
            var y = (T*)outputBytes;
            var x = (T*)inputBytes;
            var w = (T*)weightBytes;
            var depth = g.Inputs * g.KernelSize;
            var rowBlocks = (g.Outputs + BlockRows - 1) / BlockRows;
            var columnBlocks = (g.ResultSize + BlockColumns - 1) / BlockColumns;
            var blocks = rowBlocks * columnBlocks;
            var cost = Math.Max(1, (long)Math.Min(g.Outputs, BlockRows) * Math.Min(g.ResultSize, BlockColumns) * depth / 16);
            Dispatch((long)g.Batch * g.Groups * blocks, cost, task =>
            {
                var plane = task / blocks;
                var block = (int)(task % blocks);
                var group = plane % g.Groups;
                var row = block % rowBlocks * BlockRows;
                var column = block / rowBlocks * BlockColumns;
                var product = new BlockProduct<T, ImageColumns<T>>(
                    y + (((plane * g.Outputs) + row) * g.ResultSize) + column,
                    w + (((group * g.Outputs) + row) * depth),
                    new ImageColumns<T>(g, x + (plane * g.Inputs * g.ImageSize)),
                    column,
                    g.ResultSize,
                    depth,
                    1,
                    Math.Min(BlockRows, g.Outputs - row),
                    Math.Min(BlockColumns, g.ResultSize - column),
                    depth);
                product.Run(accumulate: false);
            });
        }
    }

    /// <summary>columns[k, p] = sum_o W[o, k] y[o, p], then each column entry is added where its tap read.</summary>
    private static void ConvolveInput<T>(ConvolutionGeometry g, in Operand input, in Operand output, in Operand weight)
        where T : unmanaged, INumberBase<T>
    {
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference)
        {
            var y = (T*)outputBytes;
            var x = (T*)inputBytes;
            var w = (T*)weightBytes;
            var together = (int)Math.Clamp((1L << 20) / Math.Max(1L, (long)g.KernelSize * g.ResultSize * sizeof(T)), 1, g.Inputs);
            var channelBlocks = (g.Inputs + together - 1) / together;
            var cost = Math.Max(1, (long)together * g.KernelSize * g.ResultSize * g.Outputs / 16);
            Dispatch((long)g.Batch * g.Groups * channelBlocks, cost, task =>
            {
                var plane = task / channelBlocks;
                var group = plane % g.Groups;
                var channel = (int)(task % channelBlocks) * together;
                var channels = Math.Min(together, g.Inputs - channel);
                var rows = channels * g.KernelSize;
                var columns = (T*)Workspace.Get(2, (long)rows * g.ResultSize * sizeof(T));
                var right = new StridedColumns<T>(y + (plane * g.Outputs * g.ResultSize), g.ResultSize, 1);
                var weights = w + (group * g.Outputs * g.Inputs * g.KernelSize) + (channel * g.KernelSize);
                for (var row = 0; row < rows; row += BlockRows)
                    for (var column = 0; column < g.ResultSize; column += BlockColumns)
                        new BlockProduct<T, StridedColumns<T>>(
                            columns + ((long)row * g.ResultSize) + column,
                            weights + row,
                            right,
                            column,
                            g.ResultSize,
                            1,
                            (long)g.Inputs * g.KernelSize,
                            Math.Min(BlockRows, rows - row),
                            Math.Min(BlockColumns, g.ResultSize - column),
                            g.Outputs).Run(accumulate: false);
                var target = x + (((plane * g.Inputs) + channel) * g.ImageSize);
                new Span<T>(target, channels * g.ImageSize).Clear();
                for (var k = 0; k < rows; k++) AddTaps(g, target, columns + ((long)k * g.ResultSize), k);
            });
        }
    }

    /// <summary>W[o, k] = sum over images and places of y[o, p] columns[k, p].</summary>
    private static void ConvolveWeight<T>(ConvolutionGeometry g, in Operand weight, in Operand input, in Operand output)
        where T : unmanaged, INumberBase<T>
    {
        var depth = g.Inputs * g.KernelSize;
        var size = (long)g.Groups * g.Outputs * depth;
        var shares = Math.Max(1, (g.Batch + WeightImages - 1) / WeightImages);
        using var partial = new PartialSums(shares > 1 ? (shares - 1) * size * sizeof(T) : 0);
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, weightBytes = &weight.Reference)
        {
            var y = (T*)outputBytes;
            var x = (T*)inputBytes;
            var w = (T*)weightBytes;
            var sums = (T*)partial.Pointer;
            var rowBlocks = (g.Outputs + BlockRows - 1) / BlockRows;
            var columnBlocks = (depth + BlockColumns - 1) / BlockColumns;
            var blocks = rowBlocks * columnBlocks;
            var cost = Math.Max(1, (long)Math.Min(g.Outputs, BlockRows) * Math.Min(depth, BlockColumns) * g.ResultSize * WeightImages / 16);
            if (g.Batch == 0 || g.ResultSize == 0)
            {
                for (long i = 0; i < size; i++) w[i] = T.Zero;
                return;
            }
            Dispatch((long)shares * g.Groups * blocks, cost, task =>
            {
                var block = (int)(task % blocks);
                var group = (int)(task / blocks % g.Groups);
                var share = (int)(task / blocks / g.Groups);
                var row = block % rowBlocks * BlockRows;
                var column = block / rowBlocks * BlockColumns;
                var target = (share == 0 ? w : sums + ((share - 1) * size)) + (((long)group * g.Outputs) + row) * depth + column;
                for (var image = share * WeightImages; image < Math.Min(g.Batch, (share + 1) * WeightImages); image++)
                {
                    var plane = ((long)image * g.Groups) + group;
                    new BlockProduct<T, ImageRows<T>>(
                        target,
                        y + (((plane * g.Outputs) + row) * g.ResultSize),
                        new ImageRows<T>(g, x + (plane * g.Inputs * g.ImageSize)),
                        column,
                        depth,
                        g.ResultSize,
                        1,
                        Math.Min(BlockRows, g.Outputs - row),
                        Math.Min(BlockColumns, depth - column),
                        g.ResultSize).Run(accumulate: image > share * WeightImages);
                }
            });
            for (var share = 1; share < shares; share++)
                for (long i = 0; i < size; i++) w[i] += sums[((share - 1) * size) + i];
        }
    }

    /// <summary>Adds one row of columns (channel and tap <paramref name="k"/>) to the image.</summary>
    private static void AddTaps<T>(ConvolutionGeometry g, T* image, T* row, int k)
        where T : unmanaged, INumberBase<T>
    {
        var tap = new Tap(g, k);
        var target = image + ((long)tap.Channel * g.ImageSize);
        for (var d = 0; d < g.Result[0]; d++)
        {
            var z = (d * g.Stride[0]) + tap.Depth;
            if ((uint)z >= (uint)g.Image[0]) continue;
            for (var h = 0; h < g.Result[1]; h++)
            {
                var v = (h * g.Stride[1]) + tap.Height;
                if ((uint)v >= (uint)g.Image[1]) continue;
                var line = target + (((z * g.Image[1]) + v) * g.Image[2]);
                var source = row + (((d * g.Result[1]) + h) * g.Result[2]);
                var (from, to) = tap.Inside(g);
                if (g.Stride[2] == 1)
                {
                    var into = (byte*)(line + from + tap.Width);
                    new BinaryLoop<T, AddOperation<T>>(default).Invoke(new Run { P0 = into, P1 = into, P2 = (byte*)(source + from), S0 = 1, S1 = 1, S2 = 1 }, to - from);
                    continue;
                }
                for (var i = from; i < to; i++) line[(i * g.Stride[2]) + tap.Width] += source[i];
            }
        }
    }

    /// <summary>Channel and offset of one row of the columns.</summary>
    private readonly struct Tap
    {
        public readonly int Channel;
        public readonly int Depth;
        public readonly int Height;
        public readonly int Width;

        public Tap(ConvolutionGeometry g, int k)
        {
            Width = (k % g.Kernel[2] * g.Dilation[2]) - g.Padding[2];
            k /= g.Kernel[2];
            Height = (k % g.Kernel[1] * g.Dilation[1]) - g.Padding[1];
            k /= g.Kernel[1];
            Depth = (k % g.Kernel[0] * g.Dilation[0]) - g.Padding[0];
            Channel = k / g.Kernel[0];
        }

        /// <summary>Columns of the result whose tap lies inside the image's width.</summary>
        public (int From, int To) Inside(ConvolutionGeometry g)
        {
            var stride = g.Stride[2];
            var from = Width >= 0 ? 0 : (-Width + stride - 1) / stride;
            var last = g.Image[2] - 1 - Width;
            var to = last < 0 ? 0 : Math.Min(g.Result[2], (last / stride) + 1);
            return (Math.Min(from, to), to);
        }
    }

    /// <summary>columns[k, p]: what tap k reads at place p.</summary>
    private readonly struct ImageColumns<T>(ConvolutionGeometry g, T* image) : IColumns<T>
        where T : unmanaged
    {
        public void Pack(T* packed, int from, int length, int first, int width, int tileColumns)
        {
            for (var k = 0; k < length; k++)
            {
                var target = packed + ((long)k * tileColumns);
                Line(target, new Tap(g, from + k), first, width);
                for (var j = width; j < tileColumns; j++) target[j] = default;
            }
        }

        private void Line(T* target, Tap tap, int first, int width)
        {
            var source = image + ((long)tap.Channel * g.ImageSize);
            var (from, to) = tap.Inside(g);
            while (width > 0)
            {
                var w = first % g.Result[2];
                var h = first / g.Result[2] % g.Result[1];
                var d = first / (g.Result[2] * g.Result[1]);
                var count = Math.Min(width, g.Result[2] - w);
                var z = (d * g.Stride[0]) + tap.Depth;
                var v = (h * g.Stride[1]) + tap.Height;
                if ((uint)z >= (uint)g.Image[0] || (uint)v >= (uint)g.Image[1])
                {
                    new Span<T>(target, count).Clear();
                }
                else
                {
                    var line = source + (((z * g.Image[1]) + v) * g.Image[2]) + tap.Width;
                    var i = w;
                    for (; i < Math.Min(w + count, from); i++) target[i - w] = default;
                    var end = Math.Min(w + count, to);
                    if (g.Stride[2] == 1 && end > i)
                    {
                        new Span<T>(line + i, end - i).CopyTo(new Span<T>(target + i - w, end - i));
                        i = end;
                    }
                    for (; i < end; i++) target[i - w] = line[i * g.Stride[2]];
                    for (; i < w + count; i++) target[i - w] = default;
                }
                target += count;
                first += count;
                width -= count;
            }
        }
    }

    /// <summary>The transpose of <see cref="ImageColumns{T}"/>: places down, taps across.</summary>
    private readonly struct ImageRows<T>(ConvolutionGeometry g, T* image) : IColumns<T>
        where T : unmanaged
    {
        public void Pack(T* packed, int from, int length, int first, int width, int tileColumns)
        {
            for (var j = 0; j < tileColumns; j++)
            {
                var target = packed + j;
                if (j >= width)
                {
                    for (var k = 0; k < length; k++) target[(long)k * tileColumns] = default;
                    continue;
                }
                var tap = new Tap(g, first + j);
                var source = image + ((long)tap.Channel * g.ImageSize);
                var (inside, outside) = tap.Inside(g);
                for (int k = 0, place = from; k < length;)
                {
                    // One line of the result at a time: zeros, what the tap reads, zeros.
                    var w = place % g.Result[2];
                    var h = place / g.Result[2] % g.Result[1];
                    var d = place / (g.Result[2] * g.Result[1]);
                    var end = Math.Min(length, k + g.Result[2] - w);
                    place += end - k;
                    var z = (d * g.Stride[0]) + tap.Depth;
                    var v = (h * g.Stride[1]) + tap.Height;
                    var present = (uint)z < (uint)g.Image[0] && (uint)v < (uint)g.Image[1];
                    var start = present ? Math.Min(end, k + Math.Max(0, inside - w)) : end;
                    var stop = present ? Math.Min(end, k + Math.Max(0, outside - w)) : end;
                    var line = source + (((z * g.Image[1]) + v) * g.Image[2]) + tap.Width + ((w - k) * g.Stride[2]);
                    for (; k < start; k++) target[(long)k * tileColumns] = default;
                    for (; k < stop; k++) target[(long)k * tileColumns] = line[k * g.Stride[2]];
                    for (; k < end; k++) target[(long)k * tileColumns] = default;
                }
            }
        }
    }

    /// <summary>A block of scratch memory for one call.</summary>
    private sealed class PartialSums(long byteCount) : IDisposable
    {
        private readonly Storage? storage = byteCount > 0 ? new Storage(Math.Max(byteCount, 128 * 1024), Devices.Device.Cpu) : null;

        public byte* Pointer => storage is null ? null : (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref storage.Reference);

        public void Dispose() => GC.KeepAlive(storage);
    }
}
