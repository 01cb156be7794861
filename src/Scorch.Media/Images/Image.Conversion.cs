using System.Buffers;

namespace Scorch.Media;

public sealed partial class Image
{
    /// <summary>The picture with 8-bit samples: 16-bit ones are scaled by 255/65535 and rounded.</summary>
    public Image To8Bit()
    {
        if (words is null) return this;
        var samples = new byte[words.Length];
        for (var i = 0; i < samples.Length; i++) samples[i] = (byte)((words[i] + 128) / 257);
        return new(Width, Height, Channels, samples);
    }

    /// <summary>The picture with three channels: grey is repeated, alpha is left out.</summary>
    public Image ToRgb() => Channels == 3 ? this : Pick(Channels < 3 ? [0, 0, 0] : [0, 1, 2]);

    /// <summary>The picture with one channel: luma 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point, as PIL's; alpha is left out.</summary>
    public Image ToGrey()
    {
        if (Channels < 3) return Channels == 1 ? this : Pick([0]);
        if (bytes is null)
        {
            var luma = new ushort[Width * Height];
            for (int i = 0, at = 0; i < luma.Length; i++, at += Channels)
                luma[i] = (ushort)(((words![at] * 19595L) + (words[at + 1] * 38470L) + (words[at + 2] * 7471L) + 0x8000) >> 16);
            return new(Width, Height, 1, luma);
        }
        var grey = new byte[Width * Height];
        for (int i = 0, at = 0; i < grey.Length; i++, at += Channels)
            grey[i] = (byte)(((bytes[at] * 19595) + (bytes[at + 1] * 38470) + (bytes[at + 2] * 7471) + 0x8000) >> 16);
        return new(Width, Height, 1, grey);
    }

    /// <summary>Samples in 0 … 1 as float32 [channels, height, width].</summary>
    public Tensor ToTensor()
    {
        var plane = Width * Height;
        var rented = ArrayPool<float>.Shared.Rent(plane * Channels);
        try
        {
            var values = rented.AsSpan(0, plane * Channels);
            var scale = 1f / MaximumSample;
            if (bytes is not null && Channels == 3) Planes.Split(bytes, values, scale);
            else
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    var target = values.Slice(channel * plane, plane);
                    if (bytes is null)
                        for (int i = 0, at = channel; i < target.Length; i++, at += Channels) target[i] = words![at] * scale;
                    else
                        for (int i = 0, at = channel; i < target.Length; i++, at += Channels) target[i] = bytes[at] * scale;
                }
            }
            return Tensor.From<float>(values, [Channels, Height, Width]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>An 8-bit picture from [channels, height, width] in 0 … 1; values outside are cut off, values between are rounded.</summary>
    /// <exception cref="ArgumentException">The tensor has another rank or number of channels, or holds a NaN.</exception>
    public static Image FromTensor(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Rank != 3 || tensor.Shape[0] is < 1 or > 4)
            throw new ArgumentException($"Image.FromTensor: the tensor has shape {tensor.Shape}; [1 to 4 channels, height, width] is needed.", nameof(tensor));
        var (channels, height, width) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]);
        var values = tensor.To(DataType.Float32).ToArray<float>();
        var plane = width * height;
        var samples = new byte[checked(plane * channels)];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, pixel) = (i / plane, i % plane);
            if (float.IsNaN(values[i])) throw new ArgumentException($"Image.FromTensor: channel {channel}, row {pixel / width}, column {pixel % width} is NaN.", nameof(tensor));
            samples[(pixel * channels) + channel] = (byte)MathF.Round(Math.Clamp(values[i], 0, 1) * 255);
        }
        return new(width, height, channels, samples);
    }

    /// <summary>A part of the picture.</summary>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The part reaches outside.</exception>
    public Image Crop(int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || (long)left + width > Width || (long)top + height > Height)
            throw new ArgumentException($"Image.Crop: {width} x {height} pixels at ({left}, {top}) do not lie inside {Width} x {Height}.");
        var first = ((top * Width) + left) * Channels;
        return bytes is null
            ? new(width, height, Channels, Rows(words!, first, Width * Channels, width * Channels, height))
            : new(width, height, Channels, Rows(bytes, first, Width * Channels, width * Channels, height));
    }

    /// <summary>The part of the given size around the centre; offsets are rounded as torchvision does, to even at a half.</summary>
    public Image CenterCrop(int width, int height) =>
        Crop((int)Math.Round((Width - width) / 2.0), (int)Math.Round((Height - height) / 2.0), width, height);

    /// <summary>Left and right exchanged.</summary>
    public Image FlipHorizontal() => bytes is null
        ? new(Width, Height, Channels, Mirrored(words!, Width, Channels))
        : new(Width, Height, Channels, Mirrored(bytes, Width, Channels));

    /// <summary>Top and bottom exchanged.</summary>
    public Image FlipVertical()
    {
        var (size, first) = (Width * Channels, (Height - 1) * Width * Channels);
        return bytes is null
            ? new(Width, Height, Channels, Rows(words!, first, -size, size, Height))
            : new(Width, Height, Channels, Rows(bytes, first, -size, size, Height));
    }

    private Image Pick(int[] channels) => bytes is null
        ? new(Width, Height, channels.Length, Picked(words!, Channels, channels))
        : new(Width, Height, channels.Length, Picked(bytes, Channels, channels));

    /// <summary>Rows of a length, the first at a place and each a step behind the one before.</summary>
    private static T[] Rows<T>(T[] samples, int first, int step, int length, int count)
    {
        var result = GC.AllocateUninitializedArray<T>(length * count);
        for (var y = 0; y < count; y++) samples.AsSpan(first + (y * step), length).CopyTo(result.AsSpan(y * length));
        return result;
    }

    private static T[] Mirrored<T>(T[] samples, int width, int channels)
    {
        var result = GC.AllocateUninitializedArray<T>(samples.Length);
        var size = width * channels;
        for (var start = 0; start < samples.Length; start += size)
        {
            var (source, target) = (start, start + size - channels);
            for (var x = 0; x < width; x++, source += channels, target -= channels)
                for (var channel = 0; channel < channels; channel++) result[target + channel] = samples[source + channel];
        }
        return result;
    }

    private static T[] Picked<T>(T[] samples, int channels, int[] wanted)
    {
        var result = GC.AllocateUninitializedArray<T>(checked(samples.Length / channels * wanted.Length));
        var at = 0;
        for (var pixel = 0; pixel < samples.Length; pixel += channels)
            foreach (var channel in wanted) result[at++] = samples[pixel + channel];
        return result;
    }
}
