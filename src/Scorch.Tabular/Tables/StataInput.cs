using System.Buffers.Binary;
using System.Text;

namespace Scorch.Tabular;

/// <summary>A forward-only cursor over a .dta file that knows where it is and never asks for more memory than a record.</summary>
internal sealed class StataInput(Stream stream, string source)
{
    private readonly byte[] small = new byte[8];

    public string Source => source;

    public long Position { get; private set; }

    public bool LittleEndian { get; set; } = true;

    public TableFormatException Error(string what) => new($"{source}, byte {Position}: {what}.");

    public void Fill(Span<byte> target)
    {
        stream.ReadExactly(target);
        Position += target.Length;
    }

    public byte Byte()
    {
        Fill(small.AsSpan(0, 1));
        return small[0];
    }

    public ushort UInt16()
    {
        Fill(small.AsSpan(0, 2));
        return LittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(small) : BinaryPrimitives.ReadUInt16BigEndian(small);
    }

    public uint UInt32()
    {
        Fill(small.AsSpan(0, 4));
        return LittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(small) : BinaryPrimitives.ReadUInt32BigEndian(small);
    }

    public ulong UInt64()
    {
        Fill(small);
        return LittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(small) : BinaryPrimitives.ReadUInt64BigEndian(small);
    }

    public string AsciiText(int length)
    {
        var bytes = new byte[length];
        Fill(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    public void Expect(string text)
    {
        var found = AsciiText(text.Length);
        if (found != text)
            throw Error($"'{text}' was expected, but '{found}' was found");
    }

    public void Skip(long count)
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (count > 0)
        {
            var step = (int)Math.Min(count, buffer.Length);
            Fill(buffer[..step]);
            count -= step;
        }
    }
}
