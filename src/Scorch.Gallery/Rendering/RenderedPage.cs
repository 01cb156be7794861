using System.IO.Compression;
using System.Security.Cryptography;

namespace Scorch.Gallery.Rendering;

/// <summary>A finished answer: its bytes, plain and compressed, ready to be sent any number of times.</summary>
public sealed class RenderedPage
{
    private RenderedPage(byte[] plain, byte[] gzip, byte[] brotli, string contentType, string hash)
    {
        Plain = plain;
        Gzip = gzip;
        Brotli = brotli;
        ContentType = contentType;
        Hash = hash;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Plain { get; }

    /// <summary>The bytes, compressed by gzip.</summary>
    public ReadOnlyMemory<byte> Gzip { get; }

    /// <summary>The bytes, compressed by Brotli.</summary>
    public ReadOnlyMemory<byte> Brotli { get; }

    /// <summary>The media type.</summary>
    public string ContentType { get; }

    /// <summary>Sixteen hexadecimal digits that change with the content.</summary>
    public string Hash { get; }

    /// <summary>How much memory it takes, in bytes.</summary>
    public long Size => Plain.Length + Gzip.Length + Brotli.Length;

    /// <summary>Compresses and names the bytes of an answer.</summary>
    /// <param name="bytes">The bytes; not to be changed afterwards.</param>
    /// <param name="contentType">The media type.</param>
    public static RenderedPage Of(byte[] bytes, string contentType)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new RenderedPage(
            bytes,
            Compressed(bytes, stream => new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true)),
            Compressed(bytes, stream => new BrotliStream(stream, CompressionLevel.Optimal, leaveOpen: true)),
            contentType,
            Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }

    private static byte[] Compressed(byte[] bytes, Func<Stream, Stream> open)
    {
        using var target = new MemoryStream();
        using (var compressor = open(target))
        {
            compressor.Write(bytes);
        }

        return target.ToArray();
    }
}
