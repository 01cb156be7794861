using System.Buffers.Binary;
using System.IO.Compression;

namespace Scorch.Media;

/// <summary>Writes PNG of 8 or 16 bits; each row takes the filter with the smallest sum of absolute differences.</summary>
internal static class PngEncoder
{
    public static byte[] Encode(Image image)
    {
        using var file = new MemoryStream();
        file.Write(PngDecoder.Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = (byte)image.BitDepth;
        header[9] = (byte)(image.Channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 });
        Chunk(file, "IHDR"u8, header);
        using var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) WriteRows(image, stream);
        Chunk(file, "IDAT"u8, compressed.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteRows(Image image, Stream stream)
    {
        var width = image.BitDepth / 8;
        var distance = image.Channels * width;
        var rowBytes = image.Width * distance;
        var (above, row) = (new byte[rowBytes], new byte[rowBytes]);
        var filtered = Enumerable.Range(0, 5).Select(_ => new byte[rowBytes]).ToArray();
        for (var y = 0; y < image.Height; y++)
        {
            if (width == 1) image.Bytes.Slice(y * rowBytes, rowBytes).CopyTo(row);
            else
                for (var i = 0; i < rowBytes / 2; i++) BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * i), image.Words[(y * rowBytes / 2) + i]);
            var best = 0;
            var least = long.MaxValue;
            for (var filter = 0; filter < 5; filter++)
            {
                long sum = 0;
                for (var i = 0; i < rowBytes; i++)
                {
                    int left = i < distance ? 0 : row[i - distance];
                    int corner = i < distance ? 0 : above[i - distance];
                    var prediction = filter switch { 0 => 0, 1 => left, 2 => above[i], 3 => (left + above[i]) / 2, _ => PngDecoder.Paeth(left, above[i], corner) };
                    filtered[filter][i] = (byte)(row[i] - prediction);
                    sum += Math.Abs((int)(sbyte)filtered[filter][i]);
                }
                if (sum < least) (best, least) = (filter, sum);
            }
            stream.WriteByte((byte)best);
            stream.Write(filtered[best]);
            (above, row) = (row, above);
        }
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(type, data));
        file.Write(number);
    }
}
