namespace Scorch.Media;

/// <summary>A Huffman code of JPEG (ITU-T T.81, annex C): code lengths and symbols, decoded by one look-up that gives the value behind a short code along with it.</summary>
internal sealed class JpegHuffmanTable
{
    /// <summary>Bits of a look-up: nearly all codes, and most codes with their value.</summary>
    public const int LookupBits = 10;

    private readonly byte[] symbols;
    private readonly int[] greatest = new int[17];
    private readonly int[] offset = new int[17];

    /// <summary>A table from the 16 counts of codes by length and the symbols; a symbol's low four bits are the size of the value that follows.</summary>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, byte[] symbols, Func<string, MediaFormatException> error)
    {
        this.symbols = symbols;
        Array.Fill(greatest, -1);
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++)
        {
            if (code + counts[length - 1] > 1 << length) throw error("a Huffman table has more codes than fit their lengths; the file is damaged.");
            offset[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, index++, code++)
                if (length <= LookupBits) Enter(code, length, symbols[index]);
            if (counts[length - 1] > 0) greatest[length] = code - 1;
            code <<= 1;
        }
    }

    /// <summary>
    /// By the next <see cref="LookupBits"/> bits. Bits 0-3: length of code and value together, or 0 where the value does not lie within the bits;
    /// bits 4-7: length of the code, 0 where it is longer; bits 8-15: symbol; bits 16-31: value.
    /// </summary>
    public int[] Lookup { get; } = new int[1 << LookupBits];

    /// <summary>The symbol and length of a code longer than a look-up, from the next 16 bits; length 0 when no code begins so.</summary>
    public (int Symbol, int Length) Long(int next)
    {
        for (var length = LookupBits + 1; length <= 16; length++)
        {
            var code = next >> (16 - length);
            if (code <= greatest[length]) return (symbols[code + offset[length]], length);
        }
        return (0, 0);
    }

    /// <summary>A number of the given size from its bits: half of them are negative (T.81, figure F.12).</summary>
    public static int Signed(int bits, int size) => size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    private void Enter(int code, int length, int symbol)
    {
        var (rest, size) = (LookupBits - length, symbol & 15);
        var entries = Lookup.AsSpan(code << rest, 1 << rest);
        var entry = (symbol << 8) | (length << 4);
        if (size > rest)
        {
            entries.Fill(entry);
            return;
        }
        for (var bits = 0; bits < 1 << size; bits++)
            entries.Slice(bits << (rest - size), 1 << (rest - size)).Fill((Signed(bits, size) << 16) | entry | (length + size));
    }
}
