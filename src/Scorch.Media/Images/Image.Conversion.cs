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
        int Luma(int at) => bytes is null
            ? (int)(((words![at] * 19595L) + (words[at + 1] * 38470L) + (words[at + 2] * 7471L) + 0x8000) >> 16)
            : ((bytes[at] * 19595) + (bytes[at + 1] * 38470) + (bytes[at + 2] * 7471) + 0x8000) >> 16;
        return Build(Width, Height, 1, (x, y, _) => Luma(((y * Width) + x) * Channels));
    }

    /// <summary>Samples in 0 … 1 as float32 [channels, height, width].</summary>
    public Tensor ToTensor()
    {
        var values = new float[Width * Height * Channels];
        var plane = Width * Height;
        var scale = 1f / MaximumSample;
        for (var pixel = 0; pixel < plane; pixel++)
            for (var channel = 0; channel < Channels; channel++)
            {
                var at = (pixel * Channels) + channel;
                values[(channel * plane) + pixel] = (bytes is null ? words![at] : bytes[at]) * scale;
            }
        return Tensor.From(values, [Channels, Height, Width]);
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
        return Build8(width, height, channels, (x, y, channel) =>
        {
            var value = values[(channel * plane) + (y * width) + x];
            if (float.IsNaN(value)) throw new ArgumentException($"Image.FromTensor: channel {channel}, row {y}, column {x} is NaN.", nameof(tensor));
            return (int)MathF.Round(Math.Clamp(value, 0, 1) * 255);
        });
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
        return Build(width, height, Channels, (x, y, channel) => this[left + x, top + y, channel]);
    }

    /// <summary>The part of the given size around the centre; offsets are rounded as torchvision does, to even at a half.</summary>
    public Image CenterCrop(int width, int height) =>
        Crop((int)Math.Round((Width - width) / 2.0), (int)Math.Round((Height - height) / 2.0), width, height);

    /// <summary>Left and right exchanged.</summary>
    public Image FlipHorizontal() => Build(Width, Height, Channels, (x, y, channel) => this[Width - 1 - x, y, channel]);

    /// <summary>Top and bottom exchanged.</summary>
    public Image FlipVertical() => Build(Width, Height, Channels, (x, y, channel) => this[x, Height - 1 - y, channel]);

    private Image Pick(int[] channels) => Build(Width, Height, channels.Length, (x, y, channel) => this[x, y, channels[channel]]);

    private Image Build(int width, int height, int channels, Func<int, int, int, int> sample) => bytes is null
        ? Build16(width, height, channels, sample)
        : Build8(width, height, channels, sample);

    private static Image Build8(int width, int height, int channels, Func<int, int, int, int> sample)
    {
        var samples = new byte[checked(width * height * channels)];
        var at = 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var channel = 0; channel < channels; channel++) samples[at++] = (byte)sample(x, y, channel);
        return new(width, height, channels, samples);
    }

    private static Image Build16(int width, int height, int channels, Func<int, int, int, int> sample)
    {
        var samples = new ushort[checked(width * height * channels)];
        var at = 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var channel = 0; channel < channels; channel++) samples[at++] = (ushort)sample(x, y, channel);
        return new(width, height, channels, samples);
    }
}
