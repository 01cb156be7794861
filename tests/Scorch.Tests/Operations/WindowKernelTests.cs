namespace Scorch.Tests.Operations;

/// <summary>Kernels that move windows over planes, against the same written with padding, slices and sums.</summary>
public class WindowKernelTests() : DefinitionTests(seed: 11)
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 0, 1)]
    [InlineData(2, 3, 5, 7, 3, 1, 1)]
    [InlineData(2, 3, 1, 40, 3, 1, 1)]
    [InlineData(1, 2, 3, 17, 3, 2, 1)]
    [InlineData(2, 5, 9, 33, 5, 2, 1)]
    [InlineData(1, 3, 12, 31, 3, 2, 2)]
    [InlineData(2, 2, 11, 19, 2, 0, 1)]
    [InlineData(1, 2, 13, 50, 7, 3, 1)]
    [InlineData(2, 3, 6, 8, 3, 4, 1)]
    [InlineData(1, 2, 130, 500, 3, 1, 1)]
    [InlineData(2, 2, 56, 56, 3, 1, 1)]
    public void Depthwise_convolutions_are_sums_of_shifted_planes(int batch, int channels, int height, int width, int kernel, int padding, int dilation)
    {
        foreach (var stride in new[] { 1, 2 })
        {
            if (stride == 2 && dilation > 1) continue;
            var (x, w) = (Draw(batch, channels, height, width), Draw(channels, 1, kernel, kernel));
            Hold(
                t => t[0].Convolution(t[1], null, new(stride, padding, dilation, channels)),
                t =>
                {
                    var padded = t[0].Pad([padding, padding, padding, padding]);
                    var (down, across) = ((height + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride, (width + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride);
                    Tensor? sum = null;
                    for (var i = 0; i < kernel; i++)
                        for (var j = 0; j < kernel; j++)
                        {
                            var lines = padded.Narrow(2, i * dilation, (down * stride) + 1).Narrow(3, j * dilation, (across * stride) + 1);
                            var term = lines[.., .., TensorIndex.Every(stride, ..), TensorIndex.Every(stride, ..)] * t[1].Narrow(2, i, 1).Narrow(3, j, 1).Reshape(channels, 1, 1);
                            sum = sum is null ? term : sum + term;
                        }
                    return sum!;
                },
                x,
                w);
        }
    }

    [Theory]
    [InlineData(1, 130, 230, 7, 7, 3, 1)]
    [InlineData(3, 128, 240, 6, 9, 3, 2)]
    [InlineData(2, 300, 901, 4, 5, 1, 2)]
    [InlineData(3, 600, 500, 1, 1, 1, 1)]
    public void Convolutions_of_few_windows_are_products_of_windows(int batch, int inputs, int outputs, int height, int width, int kernel, int stride)
    {
        var (x, w) = (Draw(batch, inputs, height, width), Draw(outputs, inputs, kernel, kernel));
        var padding = kernel / 2;
        var (down, across) = (((height + (2 * padding) - kernel) / stride) + 1, ((width + (2 * padding) - kernel) / stride) + 1);
        var padded = x.Pad([padding, padding, padding, padding]);
        var windows = new List<Tensor>();
        for (var i = 0; i < down; i++)
            for (var j = 0; j < across; j++)
                windows.Add(padded.Narrow(2, i * stride, kernel).Narrow(3, j * stride, kernel).Reshape(batch, inputs * kernel * kernel));
        var expected = Tensor.Stack([.. windows], 2);
        expected = w.Reshape(outputs, inputs * kernel * kernel).MatMul(expected).Reshape(batch, outputs, down, across);
        TensorAssert.Close(expected, x.Convolution(w, null, new(stride, padding)), 1e-10);
        TensorAssert.Close(expected, x.To(DataType.Float32).Convolution(w.To(DataType.Float32), null, new(stride, padding)).To(DataType.Float64), 1e-3);
    }

    [Theory]
    [InlineData(8, 8, 32)]
    [InlineData(17, 13, 37)]
    [InlineData(40, 9, 300)]
    [InlineData(9, 61, 129)]
    public void Pointwise_convolutions_are_products(int inputs, int outputs, int length) =>
        Hold(t => t[0].Convolution(t[1]), t => t[1].Reshape(outputs, inputs).MatMul(t[0]), Draw(3, inputs, length), Draw(outputs, inputs, 1));

    [Theory]
    [InlineData(32, 48, 1, 3, 1, 1, 13, 18)] // Winograd's
    [InlineData(32, 32, 1, 3, 1, 1, 30, 31)]
    [InlineData(16, 37, 1, 1, 1, 0, 9, 11)] // a product of planes
    [InlineData(24, 30, 3, 1, 1, 0, 7, 13)]
    [InlineData(5, 5, 5, 3, 1, 1, 9, 40)] // one filter a channel
    [InlineData(4, 4, 4, 5, 2, 2, 9, 33)]
    [InlineData(6, 26, 2, 3, 1, 1, 8, 37)] // windows along lines,
    [InlineData(3, 13, 1, 7, 2, 3, 21, 29)] // through lines,
    [InlineData(4, 50, 1, 3, 2, 1, 5, 5)] // gathered,
    [InlineData(3, 2, 1, 3, 1, 1, 9, 40)] // and row by row
    [InlineData(3, 1, 1, 2, 3, 0, 9, 10)]
    [InlineData(128, 240, 1, 3, 2, 1, 9, 13)] // few windows, many weights
    public void A_bias_is_added_in_every_kernel(int inputs, int outputs, int groups, int kernel, int stride, int padding, int height, int width)
    {
        foreach (var (type, tolerance) in new[] { (DataType.Float32, 1e-4), (DataType.Float64, 1e-12) })
        {
            var options = new ConvolutionOptions(stride, padding, groups: groups);
            var (x, w, b) = (Draw(2, inputs, height, width).To(type), Draw(outputs, inputs / groups, kernel, kernel).To(type), Draw(outputs).To(type));
            TensorAssert.Close(x.Convolution(w, null, options) + b.Reshape(outputs, 1, 1), x.Convolution(w, b, options), tolerance);
            var (y, back) = (Draw(2, outputs, height, width).To(type), Draw(inputs).To(type));
            TensorAssert.Close(y.TransposedConvolution(w, null, options) + back.Reshape(inputs, 1, 1), y.TransposedConvolution(w, back, options), tolerance);
        }
    }

    [Theory]
    [InlineData(5, 40, 3, 2, 1, 1)]
    [InlineData(9, 37, 3, 1, 1, 1)]
    [InlineData(7, 64, 2, 2, 0, 1)]
    [InlineData(8, 35, 3, 1, 1, 2)]
    [InlineData(20, 70, 5, 3, 2, 1)]
    public void Maxima_of_windows_are_the_first_of_the_greatest_and_not_a_number_wins(int height, int width, int kernel, int stride, int padding, int dilation)
    {
        var values = Draw(2, height, width).ToArray<double>().Select(value => Math.Round(value)).ToArray();
        for (var i = 5; i < values.Length; i += 41) values[i] = double.NaN;
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            var (maxima, places) = Tensor.From(values, [1, 2, height, width]).To(type).MaxPool([kernel], [stride], [padding], [dilation]);
            var (found, at, next) = (maxima.To(DataType.Float64).ToArray<double>(), places.ToArray<long>(), 0);
            for (var c = 0; c < 2; c++)
                for (var h = 0; h < maxima.Shape[2]; h++)
                    for (var w = 0; w < maxima.Shape[3]; w++, next++)
                    {
                        var best = -1;
                        for (var i = 0; i < kernel; i++)
                            for (var j = 0; j < kernel; j++)
                            {
                                var (v, u) = ((h * stride) + (i * dilation) - padding, (w * stride) + (j * dilation) - padding);
                                if (v < 0 || v >= height || u < 0 || u >= width) continue;
                                var (old, now) = (best < 0 ? double.NegativeInfinity : values[(c * height * width) + best], values[(c * height * width) + (v * width) + u]);
                                if (best < 0 || now > old || (double.IsNaN(now) && !double.IsNaN(old))) best = (v * width) + u;
                            }
                        Assert.Equal(best, at[next]);
                        Assert.Equal(values[(c * height * width) + best], found[next]);
                    }
        }
    }
}
