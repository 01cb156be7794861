namespace Scorch.Media;

/// <summary>A Huffman code of JPEG (ITU-T T.81, annex C): code lengths and symbols, decoded by an 8-bit look-up and then bit by bit.</summary>
internal sealed class JpegHuffmanTable
{
    private readonly byte[] symbols;
    private readonly int[] greatest = new int[18];
    private readonly int[] offset = new int[17];
    private readonly short[] lookup = new short[256];

    /// <summary>A table from the 16 counts of codes by length and the symbols.</summary>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, byte[] symbols, Func<string, MediaFormatException> error)
    {
        this.symbols = symbols;
        Array.Fill(lookup, (short)-1);
        Array.Fill(greatest, -1);
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++)
        {
            if (code + counts[length - 1] > 1 << length) throw error("a Huffman table has more codes than fit their lengths; the file is damaged.");
            offset[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, index++, code++)
            {
                if (length > 8) continue;
                for (var rest = 0; rest < 1 << (8 - length); rest++) lookup[(code << (8 - length)) | rest] = (short)((length << 8) | symbols[index]);
            }
            if (counts[length - 1] > 0) greatest[length] = code - 1;
            code <<= 1;
        }
    }

    public int Decode(JpegBits bits)
    {
        var entry = lookup[bits.Peek8()];
        if (entry >= 0)
        {
            bits.Skip(entry >> 8);
            return entry & 0xFF;
        }
        var code = bits.Read(8);
        for (var length = 9; length <= 16; length++)
        {
            code = (code << 1) | bits.Read(1);
            if (code <= greatest[length]) return symbols[code + offset[length]];
        }
        throw bits.Error("a Huffman code is not in its table; the file is damaged, get another copy.");
    }
}

/// <summary>Bits of entropy-coded data, most significant first; a stuffed zero after 0xFF is dropped, and a marker ends the data.</summary>
internal sealed class JpegBits(ByteReader reader)
{
    private uint buffer;
    private int count;
    private int missing;

    public int Peek8()
    {
        Fill(8);
        return (int)(buffer >> (count - 8)) & 0xFF;
    }

    public void Skip(int bits)
    {
        count -= bits;
        if (count < missing) throw Error("the coded pixels end too early: the file is truncated or damaged, get a complete copy.");
    }

    public int Read(int bits)
    {
        if (bits == 0) return 0;
        Fill(bits);
        var value = (int)(buffer >> (count - bits)) & ((1 << bits) - 1);
        Skip(bits);
        return value;
    }

    /// <summary>A number of the given size, its sign in the leading bit (T.81, figure F.12).</summary>
    public int ReadSigned(int bits)
    {
        if (bits == 0) return 0;
        var value = Read(bits);
        return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
    }

    /// <summary>Drops the bits up to the next whole byte.</summary>
    public void Align() => (buffer, count, missing) = (0, 0, 0);

    public MediaFormatException Error(string problem) => reader.Error(problem);

    private void Fill(int bits)
    {
        while (count < bits)
        {
            var next = 0;
            if (reader.Remaining > 0 && reader.Bytes[reader.Position] != 0xFF) next = reader.Byte();
            else if (reader.Remaining > 1 && reader.Bytes[reader.Position + 1] == 0)
            {
                reader.Position += 2;
                next = 0xFF;
            }
            else
            {
                // Behind the last byte: zeros that may be looked at but not used.
                missing += 8;
            }
            buffer = (buffer << 8) | (uint)next;
            count += 8;
        }
    }
}
