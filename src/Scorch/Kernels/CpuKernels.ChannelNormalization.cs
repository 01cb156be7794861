using System.Numerics;

namespace Scorch.Kernels;

/// <content>Batch, group and instance normalisation: runs of a channel gather into groups that share mean and variance.</content>
internal sealed unsafe partial class CpuKernels
{
    public override void NormalizeChannels(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, int groups, double epsilon)
    {
        if (output.Type == DataType.Float32) NormalizeChannels<float>(output, statistics, input, weight, bias, groups, epsilon);
        else NormalizeChannels<double>(output, statistics, input, weight, bias, groups, epsilon);
    }

    public override void NormalizeChannelsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight, int groups)
    {
        if (result.Type == DataType.Float32) NormalizeChannelsGradient<float>(result, weightGradient, biasGradient, gradient, input, statistics, weight, groups);
        else NormalizeChannelsGradient<double>(result, weightGradient, biasGradient, gradient, input, statistics, weight, groups);
    }

    /// <summary>How the runs [batch, channels] of a channel normalisation gather into groups.</summary>
    private readonly record struct ChannelGroups(int Batch, int Channels, int Groups)
    {
        public int Count => Groups == 0 ? Channels : Batch * Groups;

        public int Runs => Groups == 0 ? Batch : Channels / Groups;

        /// <summary>The number of the run in [batch, channels].</summary>
        public int Run(int group, int i) => Groups == 0 ? (i * Channels) + group : (group * Runs) + i;
    }

    private static void NormalizeChannels<T>(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, int groups, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (layout, n) = (new ChannelGroups(input.Shape[0], input.Shape[1], groups), (long)input.Shape[2]);
        if (input.Count == 0) return;
        var (weightOperand, biasOperand, hasWeight, hasBias) = (weight ?? input, bias ?? input, weight is not null, bias is not null);
        fixed (byte* yBytes = &output.Reference, sBytes = &statistics.Reference, xBytes = &input.Reference, wBytes = &weightOperand.Reference, bBytes = &biasOperand.Reference)
        {
            var y = (T*)yBytes;
            var s = (T*)sBytes;
            var x = (T*)xBytes;
            var w = hasWeight ? (T*)wBytes : null;
            var b = hasBias ? (T*)bBytes : null;
            Dispatch(layout.Count, layout.Runs * n * 4, task =>
            {
                var group = (int)task;
                double mean = 0, distances = 0, count = 0;
                for (var i = 0; i < layout.Runs; i++)
                {
                    // Chan's formula joins the statistics of a run to those so far.
                    var run = x + (layout.Run(group, i) * n);
                    var runSum = ByWidth.RowSum(run, n);
                    var runMean = T.CreateTruncating(double.CreateTruncating(runSum) / n);
                    var delta = double.CreateTruncating(runMean) - mean;
                    distances += double.CreateTruncating(ByWidth.SquaredDistances(run, n, runMean)) + (delta * delta * count * n / (count + n));
                    mean += delta * n / (count + n);
                    count += n;
                }
                var scale = 1 / Math.Sqrt((distances / count) + epsilon);
                s[3 * group] = T.CreateTruncating(mean);
                s[(3 * group) + 1] = T.CreateTruncating(scale);
                s[(3 * group) + 2] = T.CreateTruncating(distances / count);
                for (var i = 0; i < layout.Runs; i++)
                {
                    var run = layout.Run(group, i);
                    var channel = run % layout.Channels;
                    var factor = scale * (w is null ? 1 : double.CreateTruncating(w[channel]));
                    var term = (-mean * factor) + (b is null ? 0 : double.CreateTruncating(b[channel]));
                    ByWidth.ScaleShift(y + (run * n), x + (run * n), n, T.CreateTruncating(factor), T.CreateTruncating(term));
                }
            });
        }
    }

    private static void NormalizeChannelsGradient<T>(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight, int groups)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (layout, n) = (new ChannelGroups(input.Shape[0], input.Shape[1], groups), (long)input.Shape[2]);
        var (weightOperand, hasWeight) = (weight ?? input, weight is not null);
        var sums = new double[2 * layout.Batch * layout.Channels];
        if (input.Count > 0)
        {
            fixed (byte* rBytes = &result.Reference, gBytes = &gradient.Reference, xBytes = &input.Reference, sBytes = &statistics.Reference, wBytes = &weightOperand.Reference)
            {
                var r = (T*)rBytes;
                var g = (T*)gBytes;
                var x = (T*)xBytes;
                var s = (T*)sBytes;
                var w = (T*)wBytes;
                Dispatch(layout.Count, layout.Runs * n * 4, task =>
                {
                    var group = (int)task;
                    var (mean, scale) = (s[3 * group], s[(3 * group) + 1]);
                    double plain = 0, product = 0;
                    for (var i = 0; i < layout.Runs; i++)
                    {
                        var run = layout.Run(group, i);
                        var (a, b) = ByWidth.GradientSums(g + (run * n), x + (run * n), n, mean);
                        (sums[2 * run], sums[(2 * run) + 1]) = (double.CreateTruncating(a), double.CreateTruncating(b) * double.CreateTruncating(scale));
                        var factor = hasWeight ? double.CreateTruncating(w[run % layout.Channels]) : 1;
                        plain += factor * double.CreateTruncating(a);
                        product += factor * double.CreateTruncating(b);
                    }
                    var count = layout.Runs * (double)n;
                    var (own, slope, term) = GradientFactors(mean, scale, plain / count, product / count);
                    for (var i = 0; i < layout.Runs; i++)
                    {
                        var run = layout.Run(group, i);
                        var factor = hasWeight ? own * w[run % layout.Channels] : own;
                        ByWidth.Combine(r + (run * n), g + (run * n), x + (run * n), n, factor, slope, term);
                    }
                });
            }
        }
        WriteChannelSums<T>(weightGradient, sums, 1, layout);
        WriteChannelSums<T>(biasGradient, sums, 0, layout);
    }

    private static void WriteChannelSums<T>(in Operand? target, double[] sums, int offset, ChannelGroups layout)
        where T : unmanaged, INumberBase<T>
    {
        if (target is not { } operand) return;
        fixed (byte* bytes = &operand.Reference)
        {
            for (var channel = 0; channel < layout.Channels; channel++)
            {
                double sum = 0;
                for (var sample = 0; sample < layout.Batch; sample++) sum += sums[(2 * ((sample * layout.Channels) + channel)) + offset];
                ((T*)bytes)[channel] = T.CreateTruncating(sum);
            }
        }
    }
}
