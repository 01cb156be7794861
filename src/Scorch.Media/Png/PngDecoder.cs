using System.IO.Compression;
using System.Text;

namespace Scorch.Media;

/// <summary>Reads PNG (W3C, second edition): all colour types, depths and interlacing, transparency as alpha, every chunk's CRC checked.</summary>
internal static class PngDecoder
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    // Adam7: first column, first row, column step, row step of each pass.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static Image Decode(ByteReader reader, MediaLimits limits)
    {
        reader.Position = Signature.Length;
        Header? header = null;
        byte[]? palette = null;
        byte[]? transparency = null;
        using var compressed = new MemoryStream();
        while (true)
        {
            var start = reader.Position;
            var length = reader.UInt32Big();
            if (length > int.MaxValue) throw reader.Error($"a chunk says it has {length} bytes; the file is damaged.");
            var type = reader.Take(4);
            var data = reader.Take((int)length);
            if (Crc32.Of(type, data) != reader.UInt32Big())
                throw new MediaFormatException(reader.Name, start, $"the checksum of chunk {Encoding.Latin1.GetString(type)} does not fit its bytes; the file is damaged, get another copy.");
            if (header is null && !type.SequenceEqual("IHDR"u8)) throw new MediaFormatException(reader.Name, start, "the first chunk is not IHDR; this is no PNG file.");
            if (type.SequenceEqual("IHDR"u8))
            {
                if (header is not null) throw new MediaFormatException(reader.Name, start, "there is a second IHDR chunk; the file is damaged.");
                header = ReadHeader(data, reader, start, limits);
            }
            else if (type.SequenceEqual("PLTE"u8)) palette = data.ToArray();
            else if (type.SequenceEqual("tRNS"u8)) transparency = data.ToArray();
            else if (type.SequenceEqual("IDAT"u8)) compressed.Write(data);
            else if (type.SequenceEqual("IEND"u8)) break;
            else if ((type[0] & 0x20) == 0)
                throw new MediaFormatException(reader.Name, start, $"the critical chunk {Encoding.Latin1.GetString(type)} is not known; convert the file to plain PNG.");
        }
        // Deflate packs at most 1032 bytes into one: a small file cannot hold the pixels of a great one.
        var needed = (long)header!.Width * header.Height * header.Channels * header.Depth / 8;
        if (needed / 1032 > compressed.Length)
            throw reader.Error($"the header asks for {needed} bytes of pixels, which {compressed.Length} compressed bytes cannot hold; the file is truncated or damaged.");
        compressed.Position = 0;
        var samples = ReadSamples(header, compressed, reader);
        return ToImage(header, samples, palette, transparency, reader);
    }

    private static Header ReadHeader(ReadOnlySpan<byte> data, ByteReader reader, int start, MediaLimits limits)
    {
        if (data.Length != 13) throw new MediaFormatException(reader.Name, start, $"IHDR has {data.Length} bytes instead of 13; the file is damaged.");
        var inner = new ByteReader(data.ToArray(), reader.Name);
        var (width, height) = (inner.UInt32Big(), inner.UInt32Big());
        var (depth, colour, compression, filter, interlace) = (data[8], data[9], data[10], data[11], data[12]);
        var channels = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        var allowed = colour switch { 0 => depth is 1 or 2 or 4 or 8 or 16, 3 => depth is 1 or 2 or 4 or 8, _ => depth is 8 or 16 };
        if (channels == 0 || !allowed || compression != 0 || filter != 0 || interlace > 1)
            throw new MediaFormatException(reader.Name, start, $"IHDR has colour type {colour}, depth {depth}, compression {compression}, filter {filter}, interlacing {interlace}, which PNG does not define.");
        reader.CheckSize(width, height, 4, sizeof(ushort), limits);
        return new((int)width, (int)height, depth, colour, channels, interlace == 1);
    }

    /// <summary>Unfiltered samples, one ushort each, row-major.</summary>
    private static ushort[] ReadSamples(Header header, MemoryStream compressed, ByteReader reader)
    {
        var samples = new ushort[header.Width * header.Height * header.Channels];
        using var stream = new ZLibStream(compressed, CompressionMode.Decompress);
        foreach (var (firstX, firstY, stepX, stepY) in header.Interlaced ? Passes : [(0, 0, 1, 1)])
        {
            var columns = (header.Width - firstX + stepX - 1) / stepX;
            var rows = (header.Height - firstY + stepY - 1) / stepY;
            if (columns <= 0 || rows <= 0) continue;
            var rowBytes = (int)((((long)columns * header.Channels * header.Depth) + 7) / 8);
            var distance = Math.Max(1, header.Channels * header.Depth / 8);
            var (above, row) = (new byte[rowBytes], new byte[rowBytes]);
            for (var y = 0; y < rows; y++)
            {
                int filter;
                try
                {
                    filter = stream.ReadByte();
                    if (filter >= 0) stream.ReadExactly(row);
                }
                catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException)
                {
                    throw reader.Error($"the compressed pixels end or are damaged at row {y} of {rows}; get another copy of the file.");
                }
                if (filter is < 0 or > 4) throw reader.Error(filter < 0 ? $"the compressed pixels end at row {y} of {rows}; get a complete copy of the file." : $"row {y} has filter {filter}; PNG defines 0 to 4, the file is damaged.");
                Unfilter(filter, row, above, distance);
                for (var x = 0; x < columns; x++)
                {
                    var target = ((((firstY + (y * stepY)) * header.Width) + firstX + (x * stepX)) * header.Channels);
                    for (var channel = 0; channel < header.Channels; channel++) samples[target + channel] = Sample(row, (x * header.Channels) + channel, header.Depth);
                }
                (above, row) = (row, above);
            }
        }
        return samples;
    }

    private static ushort Sample(byte[] row, int index, int depth) => depth switch
    {
        8 => row[index],
        16 => (ushort)((row[2 * index] << 8) | row[(2 * index) + 1]),
        _ => (ushort)((row[index * depth / 8] >> (8 - depth - (index * depth % 8))) & ((1 << depth) - 1)),
    };

    private static void Unfilter(int filter, byte[] row, byte[] above, int distance)
    {
        for (var i = 0; i < row.Length && filter != 0; i++)
        {
            int left = i < distance ? 0 : row[i - distance];
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                _ => Paeth(left, above[i], i < distance ? 0 : above[i - distance]),
            });
        }
    }

    internal static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private static Image ToImage(Header header, ushort[] samples, byte[]? palette, byte[]? transparency, ByteReader reader)
    {
        var (width, height) = (header.Width, header.Height);
        if (header.Colour == 3)
        {
            if (palette is null || palette.Length == 0 || palette.Length % 3 != 0) throw reader.Error("the picture has colour numbers but no valid palette (PLTE); the file is damaged.");
            var channels = transparency is null ? 3 : 4;
            var colours = new byte[samples.Length * channels];
            for (var i = 0; i < samples.Length; i++)
            {
                if (3 * samples[i] >= palette.Length) throw reader.Error($"pixel {i} has colour {samples[i]}, the palette holds {palette.Length / 3}; the file is damaged.");
                palette.AsSpan(3 * samples[i], 3).CopyTo(colours.AsSpan(i * channels));
                if (channels == 4) colours[(4 * i) + 3] = samples[i] < transparency!.Length ? transparency[samples[i]] : (byte)255;
            }
            return new(width, height, channels, colours);
        }
        var source = header.Channels;
        var result = source;
        if (transparency is not null && header.Colour is 0 or 2)
        {
            if (transparency.Length != 2 * source) throw reader.Error($"tRNS has {transparency.Length} bytes for colour type {header.Colour}; {2 * source} are needed.");
            samples = WithKeyedAlpha(samples, source, transparency, header.Depth);
            result = source + 1;
        }
        if (header.Depth == 16) return new(width, height, result, samples);
        var factor = 255 / ((1 << header.Depth) - 1);
        return new(width, height, result, [.. samples.Select(sample => (byte)(sample * factor))]);
    }

    private static ushort[] WithKeyedAlpha(ushort[] samples, int channels, byte[] key, int depth)
    {
        var pixels = samples.Length / channels;
        var result = new ushort[pixels * (channels + 1)];
        for (var i = 0; i < pixels; i++)
        {
            var same = true;
            for (var c = 0; c < channels; c++)
            {
                result[(i * (channels + 1)) + c] = samples[(i * channels) + c];
                same &= samples[(i * channels) + c] == ((key[2 * c] << 8) | key[(2 * c) + 1]);
            }
            result[(i * (channels + 1)) + channels] = same ? (ushort)0 : (ushort)((1 << depth) - 1);
        }
        return result;
    }

    private sealed record Header(int Width, int Height, int Depth, int Colour, int Channels, bool Interlaced);
}
