using System.Text;

namespace Scorch.Text;

/// <summary>A text in the bytes that a model cuts, and the UTF-16 units each byte came from.</summary>
internal sealed class NormalizedBytes(int capacity)
{
    public List<byte> Bytes { get; } = new(capacity);

    public List<TextSpan> Sources { get; } = new(capacity);

    public void Add(byte value, TextSpan source)
    {
        Bytes.Add(value);
        Sources.Add(source);
    }

    public void Remove(int count)
    {
        Bytes.RemoveRange(Bytes.Count - count, count);
        Sources.RemoveRange(Sources.Count - count, count);
    }
}

/// <summary>SentencePiece's normaliser: character map, white space joined, spaces written as ▁, a space before the first word.</summary>
internal sealed class SentencePieceNormalizer
{
    private readonly SentencePieceModel model;
    private readonly CharacterMap? map;
    private readonly ByteTrie? verbatim;

    public SentencePieceNormalizer(SentencePieceModel model)
    {
        this.model = model;
        map = model.CharacterMap.Length > 0 ? new CharacterMap(model.CharacterMap) : null;
        var userDefined = model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select((piece, index) => (piece.Text, index)).ToList();
        verbatim = userDefined.Count > 0 ? new ByteTrie(userDefined) : null;
    }

    private static ReadOnlySpan<byte> Space => " "u8;

    private static ReadOnlySpan<byte> EscapedSpace => "▁"u8;

    public NormalizedBytes Normalize(string text, int start, int end)
    {
        var input = Encoding.UTF8.GetBytes(text, start, end - start);
        var sources = SourceOfByte(text, start, end, input.Length);
        var result = new NormalizedBytes(input.Length + 8);
        var space = model.EscapeSpaces ? EscapedSpace : Space;
        var at = 0;
        if (model.RemoveExtraSpaces)
        {
            while (at < input.Length && Prefix(input.AsSpan(at), out var width) is [(byte)' ']) at += width;
            if (at == input.Length) return result;
        }
        if (!model.SpaceAsSuffix && model.AddDummyPrefix) AddAll(space, new TextSpan(sources[at].Start, sources[at].Start));
        var afterSpace = model.RemoveExtraSpaces;
        while (at < input.Length)
        {
            var piece = Prefix(input.AsSpan(at), out var width);
            var unchanged = piece.SequenceEqual(input.AsSpan(at, width));
            var whole = new TextSpan(sources[at].Start, sources[at + width - 1].End);
            var first = afterSpace ? piece.Length - piece.TrimStart((byte)' ').Length : 0;
            for (var i = first; i < piece.Length; i++)
            {
                var source = unchanged ? sources[at + i] : whole;
                if (piece[i] == ' ') AddAll(space, source);
                else result.Add(piece[i], source);
            }
            if (first < piece.Length) afterSpace = model.RemoveExtraSpaces && piece[^1] == ' ';
            at += width;
        }
        if (model.RemoveExtraSpaces)
            while (EndsWith(result.Bytes, space)) result.Remove(space.Length);
        if (model.SpaceAsSuffix && model.AddDummyPrefix) AddAll(space, new TextSpan(end, end));
        return result;

        void AddAll(ReadOnlySpan<byte> values, TextSpan source)
        {
            foreach (var value in values) result.Add(value, source);
        }
    }

    /// <summary>What the beginning of the input becomes, and how many bytes of it that are.</summary>
    private ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> input, out int width)
    {
        if (verbatim is not null && LongestVerbatim(input) is > 0 and var length)
        {
            width = length;
            return input[..length];
        }
        if (map is not null && map.Match(input, out var replacement) is > 0 and var matched)
        {
            width = matched;
            return replacement;
        }
        width = input[0] < 0x80 ? 1 : input[0] < 0xE0 ? 2 : input[0] < 0xF0 ? 3 : 4;
        return input[..width];
    }

    private int LongestVerbatim(ReadOnlySpan<byte> input)
    {
        var longest = 0;
        var node = 0;
        for (var i = 0; i < input.Length && (node = verbatim!.Step(node, input[i])) >= 0; i++)
            if (verbatim.ValueOf(node) >= 0) longest = i + 1;
        return longest;
    }

    private static bool EndsWith(List<byte> bytes, ReadOnlySpan<byte> suffix)
    {
        if (bytes.Count < suffix.Length) return false;
        for (var i = 0; i < suffix.Length; i++)
            if (bytes[bytes.Count - suffix.Length + i] != suffix[i]) return false;
        return true;
    }

    /// <summary>For each byte the UTF-16 units of its character.</summary>
    private static TextSpan[] SourceOfByte(string text, int start, int end, int byteCount)
    {
        var result = new TextSpan[byteCount];
        var at = 0;
        for (var unit = start; unit < end;)
        {
            var rune = Rune.GetRuneAt(text, unit);
            for (var i = 0; i < rune.Utf8SequenceLength; i++) result[at++] = new TextSpan(unit, unit + rune.Utf16SequenceLength);
            unit += rune.Utf16SequenceLength;
        }
        return result;
    }
}
