using System.Buffers.Binary;

namespace Scorch.Media;

/// <summary>Reads a file that lies in memory; every read beyond its end is an error that names the place.</summary>
internal sealed class ByteReader(byte[] bytes, string name)
{
    public byte[] Bytes { get; } = bytes;

    public string Name { get; } = name;

    public int Position { get; set; }

    public int Remaining => Bytes.Length - Position;

    public MediaFormatException Error(string problem) => new(Name, Position, problem);

    public byte Byte() => Take(1)[0];

    public int UInt16Big() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32Big() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
            throw Error($"the file is truncated: {count} bytes are needed and {Remaining} are left; get a complete copy of it.");
        var span = Bytes.AsSpan(Position, count);
        Position += count;
        return span;
    }

    /// <summary>Reads a whole file after looking at its size.</summary>
    public static ByteReader Open(string path, MediaLimits limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var length = new FileInfo(path).Length;
        if (length > limits.MaximumFileBytes)
            throw new MediaFormatException(path, 0, $"the file has {length} bytes, the limit is {limits.MaximumFileBytes}; raise MediaLimits.MaximumFileBytes if it is trusted.");
        return new(System.IO.File.ReadAllBytes(path), path);
    }

    /// <summary>Refuses sizes that are empty or beyond the limit, before pixels are allocated.</summary>
    public void CheckSize(long width, long height, int channels, int bytesPerSample, MediaLimits limits)
    {
        if (width < 1 || height < 1) throw Error($"the header says {width} x {height} pixels; both must be at least 1.");
        if (width > int.MaxValue || height > int.MaxValue || width * height > limits.MaximumPixels || width * height * channels * bytesPerSample > Array.MaxLength)
            throw Error($"the header asks for {width} x {height} pixels, the limit is {limits.MaximumPixels} pixels; raise MediaLimits.MaximumPixels if the file is trusted.");
    }
}
