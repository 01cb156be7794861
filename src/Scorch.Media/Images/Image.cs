using Scorch.Checkpoints;

namespace Scorch.Media;

/// <summary>A picture in memory: rows from top to bottom, pixels from left to right, channels interleaved; 8 or 16 bits a sample.</summary>
/// <remarks>One channel is grey, two are grey and alpha, three are red, green, blue, four have alpha last (not premultiplied).</remarks>
public sealed partial class Image
{
    private readonly byte[]? bytes;
    private readonly ushort[]? words;

    /// <summary>A picture of 8-bit samples; takes the array over.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">Samples a pixel, 1 to 4.</param>
    /// <param name="samples">height x width x channels samples.</param>
    /// <exception cref="ArgumentException">The number of samples is wrong.</exception>
    public Image(int width, int height, int channels, byte[] samples)
        : this(width, height, channels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        CheckLength(samples.Length);
        bytes = samples;
    }

    /// <summary>A picture of 16-bit samples; takes the array over.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">Samples a pixel, 1 to 4.</param>
    /// <param name="samples">height x width x channels samples.</param>
    /// <exception cref="ArgumentException">The number of samples is wrong.</exception>
    public Image(int width, int height, int channels, ushort[] samples)
        : this(width, height, channels)
    {
        ArgumentNullException.ThrowIfNull(samples);
        CheckLength(samples.Length);
        words = samples;
    }

    private Image(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is < 1 or > 4) throw new ArgumentOutOfRangeException(nameof(channels), channels, $"Image: {channels} channels; there are 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA).");
        (Width, Height, Channels) = (width, height, channels);
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel.</summary>
    public int Channels { get; }

    /// <summary>Bits a sample: 8 or 16.</summary>
    public int BitDepth => bytes is null ? 16 : 8;

    /// <summary>The greatest sample: 255 or 65535.</summary>
    public int MaximumSample => bytes is null ? ushort.MaxValue : byte.MaxValue;

    /// <summary>Whether the last channel is alpha.</summary>
    public bool HasAlpha => Channels is 2 or 4;

    /// <summary>The samples of an 8-bit picture.</summary>
    /// <exception cref="InvalidOperationException">The picture has 16 bits.</exception>
    public ReadOnlySpan<byte> Bytes => bytes ?? throw new InvalidOperationException("Image.Bytes: the picture has 16-bit samples; read Words, or convert with To8Bit().");

    /// <summary>The samples of a 16-bit picture.</summary>
    /// <exception cref="InvalidOperationException">The picture has 8 bits.</exception>
    public ReadOnlySpan<ushort> Words => words ?? throw new InvalidOperationException("Image.Words: the picture has 8-bit samples; read Bytes.");

    /// <summary>One sample.</summary>
    public int this[int x, int y, int channel]
    {
        get
        {
            if ((uint)x >= (uint)Width || (uint)y >= (uint)Height || (uint)channel >= (uint)Channels)
                throw new ArgumentOutOfRangeException(nameof(x), $"Image: pixel ({x}, {y}) channel {channel} of a picture of {Width} x {Height} pixels and {Channels} channels.");
            var at = (((long)y * Width) + x) * Channels + channel;
            return bytes is null ? words![at] : bytes[at];
        }
    }

    /// <summary>Reads a PNG, JPEG, BMP or PNM file; the content decides, not the name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What a header may ask for.</param>
    /// <exception cref="MediaFormatException">The file is damaged, truncated, too large or of another kind.</exception>
    public static Image Load(string path, MediaLimits? limits = null)
    {
        limits ??= MediaLimits.Default;
        return Decode(ByteReader.Open(path, limits), limits);
    }

    /// <summary>Reads a PNG, JPEG, BMP or PNM file that lies in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="limits">What a header may ask for.</param>
    /// <exception cref="MediaFormatException">The file is damaged, truncated, too large or of another kind.</exception>
    public static Image Decode(byte[] file, string name = "picture", MediaLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Decode(new ByteReader(file, name), limits ?? MediaLimits.Default);
    }

    /// <summary>Writes a file; its ending (.png, .jpg, .jpeg, .bmp, .ppm, .pgm, .pnm) decides the format.</summary>
    /// <param name="path">The file; an older one is replaced at once.</param>
    /// <param name="quality">Of JPEG, 1 to 100.</param>
    /// <exception cref="ArgumentException">The ending is not known, or the format cannot hold the picture.</exception>
    public void Save(string path, int quality = 90)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => ImageFormat.Png,
            ".jpg" or ".jpeg" => ImageFormat.Jpeg,
            ".bmp" => ImageFormat.Bmp,
            ".ppm" or ".pgm" or ".pnm" => ImageFormat.Pnm,
            var ending => throw new ArgumentException($"Image.Save: no format is known for '{ending}'; use .png, .jpg, .bmp, .ppm or .pgm.", nameof(path)),
        };
        AtomicFile.Write(path, stream => stream.Write(Encode(format, quality)));
    }

    /// <summary>The bytes of a file with this picture.</summary>
    /// <param name="format">PNG keeps everything; JPEG and BMP hold 8 bits; JPEG and PNM have no alpha.</param>
    /// <param name="quality">Of JPEG, 1 to 100.</param>
    /// <exception cref="ArgumentException">The format cannot hold the picture.</exception>
    public byte[] Encode(ImageFormat format, int quality = 90) => format switch
    {
        ImageFormat.Png => PngEncoder.Encode(this),
        ImageFormat.Jpeg => JpegEncoder.Encode(this, quality),
        ImageFormat.Bmp => BmpFormat.Encode(this),
        ImageFormat.Pnm => PnmFormat.Encode(this),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of pictures."),
    };

    private static Image Decode(ByteReader reader, MediaLimits limits)
    {
        var start = reader.Bytes.AsSpan(0, Math.Min(8, reader.Bytes.Length));
        if (start.StartsWith(PngDecoder.Signature)) return PngDecoder.Decode(reader, limits);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return JpegDecoder.Decode(reader, limits);
        if (start.StartsWith("BM"u8)) return BmpFormat.Decode(reader, limits);
        if (start.Length > 1 && start[0] == 'P' && start[1] is >= (byte)'1' and <= (byte)'6') return PnmFormat.Decode(reader, limits);
        throw reader.Error("this is not a PNG, JPEG, BMP or PNM (P1-P6) file; convert it to one of these.");
    }

    private void CheckLength(int length)
    {
        if (length != (long)Width * Height * Channels)
            throw new ArgumentException($"Image: {length} samples were given for {Width} x {Height} pixels of {Channels} channels, which hold {(long)Width * Height * Channels}.", "samples");
    }
}

/// <summary>A file format of pictures.</summary>
public enum ImageFormat
{
    /// <summary>Portable Network Graphics: lossless, 8 or 16 bits, alpha.</summary>
    Png,

    /// <summary>Baseline JPEG: lossy, grey or RGB.</summary>
    Jpeg,

    /// <summary>Windows bitmap, uncompressed.</summary>
    Bmp,

    /// <summary>Binary portable graymap or pixmap (P5, P6).</summary>
    Pnm,
}
