using System.Buffers.Binary;

namespace Scorch.Media;

/// <summary>Bits of entropy-coded data, most significant first; a stuffed zero after 0xFF is dropped, and a marker ends the data.</summary>
internal ref struct JpegBits(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>The next <see cref="Count"/> bits, from the top; bits below may repeat bytes that are still to be read.</summary>
    public ulong Buffer;

    public int Count;

    private int padding;

    /// <summary>The next byte to be read.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Whether bits were used that lie behind the last byte.</summary>
    public readonly bool IsExhausted => Count < padding;

    /// <summary>At least 48 bits, behind the data zeros: they may be looked at; who uses them is found out by <see cref="IsExhausted"/>.</summary>
    public void Fill()
    {
        if (Count >= 48) return;
        if (Position <= bytes.Length - 8)
        {
            var next = BinaryPrimitives.ReadUInt64BigEndian(bytes[Position..]);
            // No byte is 0xFF: no byte of the complement is 0.
            if (((~next - 0x0101010101010101) & next & 0x8080808080808080) == 0)
            {
                Buffer |= next >> Count;
                Position += (63 - Count) >> 3;
                Count |= 56;
                return;
            }
        }
        FillByByte();
    }

    public void Skip(int bits)
    {
        Buffer <<= bits;
        Count -= bits;
    }

    /// <summary>Up to 16 bits.</summary>
    public int Read(int bits)
    {
        if (bits == 0) return 0;
        Fill();
        var value = (int)(Buffer >> (64 - bits));
        Skip(bits);
        return value;
    }

    /// <summary>The next symbol, or -1 when no code begins so.</summary>
    public int Symbol(JpegHuffmanTable table)
    {
        Fill();
        var entry = table.Lookup[(int)(Buffer >> (64 - JpegHuffmanTable.LookupBits))];
        var (symbol, length) = ((entry >> 8) & 0xFF, (entry >> 4) & 15);
        if (length == 0) (symbol, length) = table.Long((int)(Buffer >> 48));
        if (length == 0) return -1;
        Skip(length);
        return symbol;
    }

    /// <summary>Drops the bits up to the next whole byte; false when whole bytes are left over.</summary>
    public bool Align()
    {
        var left = Count - padding;
        (Buffer, Count, padding) = (0, 0, 0);
        return left < 8;
    }

    /// <summary>Passes over fill bytes and a restart marker; false when it is another.</summary>
    public bool Restart(int number)
    {
        while (Position + 1 < bytes.Length && bytes[Position] == 0xFF && bytes[Position + 1] == 0xFF) Position++;
        if (Position + 1 >= bytes.Length || bytes[Position] != 0xFF || bytes[Position + 1] != 0xD0 + number) return false;
        Position += 2;
        return true;
    }

    private void FillByByte()
    {
        Buffer = Count == 0 ? 0 : Buffer & (ulong.MaxValue << (64 - Count));
        while (Count <= 56)
        {
            ulong next = 0;
            if (Position < bytes.Length && bytes[Position] != 0xFF) next = bytes[Position++];
            else if (Position + 1 < bytes.Length && bytes[Position + 1] == 0)
            {
                Position += 2;
                next = 0xFF;
            }
            else
            {
                padding += 8;
            }
            Buffer |= next << (56 - Count);
            Count += 8;
        }
    }
}
