using System.Buffers.Binary;

namespace Scorch.Text;

/// <summary>SentencePiece's precompiled normaliser: a double-array trie (Darts-clone's units) from byte strings to their replacements.</summary>
/// <remarks>Layout: uint32 size of the trie in bytes, its uint32 units, then the replacements, each ending in a zero byte.</remarks>
internal sealed class CharacterMap
{
    private readonly uint[] units;
    private readonly byte[] replacements;

    public CharacterMap(byte[] map)
    {
        var size = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : uint.MaxValue;
        if (size == 0 || size % 4 != 0 || size > map.Length - 4 || map[^1] != 0)
            throw new TextFormatException($"the normaliser's character map of {map.Length} bytes is damaged. Copy the model anew, or train it again.");
        units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + (4 * i)));
        replacements = map[(4 + (int)size)..];
    }

    /// <summary>The longest rule that begins the text: its length (0 for none) and its replacement.</summary>
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var longest = 0;
        var node = Offset(units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= units.Length) break;
            var unit = units[node];
            if ((unit & 0x8000_00FF) != text[i]) break;
            node ^= Offset(unit);
            if ((unit & 0x100) == 0) continue;
            if (node >= units.Length || (units[node] & 0x7FFF_FFFF) >= replacements.Length)
                throw new TextFormatException("the normaliser's character map points outside itself. Copy the model anew, or train it again.");
            longest = i + 1;
            var rule = replacements.AsSpan((int)(units[node] & 0x7FFF_FFFF));
            replacement = rule[..rule.IndexOf((byte)0)];
        }
        return longest;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
