using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Scorch.Text;

/// <summary>SentencePiece's unigram model (Kudo 2018), read from its <c>.model</c> file: the most probable cut of the text into pieces.</summary>
/// <remarks>The normaliser's own character map is applied. Path scores are summed in float32 as SentencePiece does; of equally probable paths the one whose last
/// piece is longest wins. Neighbouring unknown characters share one unknown id, unless the model falls back to bytes.
/// Decoding gives back the normalised text.</remarks>
public sealed class UnigramTokenizer : Tokenizer
{
    private const float UnknownPenalty = 10;

    private readonly SentencePieceModel model;
    private readonly SentencePieceNormalizer normalizer;
    private readonly string[] tokens;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly int[] idOfByte = new int[256];
    private readonly Dictionary<int, byte> byteOfId = [];
    private readonly ByteTrie trie;
    private readonly double[] scores;
    private readonly float unknownScore;

    private UnigramTokenizer(SentencePieceModel model, IReadOnlyList<string> added)
        : base(Specials(model, added))
    {
        this.model = model;
        normalizer = new SentencePieceNormalizer(model);
        tokens = [.. model.Pieces.Select(piece => piece.Text), .. added];
        for (var id = 0; id < tokens.Length; id++)
            if (!ids.TryAdd(tokens[id], id)) throw new TextFormatException($"the piece '{Excerpt.Of(tokens[id])}' has the ids {ids[tokens[id]]} and {id}; every piece stands once.");
        var unknowns = model.Pieces.Count(piece => piece.Kind == PieceKind.Unknown);
        if (unknowns != 1) throw new TextFormatException($"the model has {unknowns} unknown pieces; it needs exactly one.");
        UnknownId = model.Pieces.FindIndex(piece => piece.Kind == PieceKind.Unknown);
        if (model.ByteFallback) ReadBytePieces();
        trie = new ByteTrie(model.Pieces.Select((piece, id) => (piece.Text, Id: id, piece.Kind)).Where(piece => piece.Kind is PieceKind.Normal or PieceKind.UserDefined).Select(piece => (piece.Text, piece.Id)));
        var normal = model.Pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty().ToArray();
        unknownScore = normal.Min() - UnknownPenalty;
        // SentencePiece starts its maximum at the smallest positive float32, so that of negative scores it is that.
        var highest = Math.Max(normal.Max(), 1.17549435e-38f);
        scores = [.. model.Pieces.Select(piece => piece.Kind == PieceKind.UserDefined ? (Encoding.UTF8.GetByteCount(piece.Text) * highest) - 0.1 : piece.Score)];
    }

    /// <inheritdoc/>
    public override int Count => tokens.Length;

    /// <summary>The id of what no piece covers.</summary>
    public int UnknownId { get; }

    /// <summary>Reads a <c>.model</c> file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="extraIds">T5's sentinels: so many tokens <c>&lt;extra_id_0&gt;</c>, … are added after the pieces, the first with the highest id. T5 has 100.</param>
    /// <exception cref="TextFormatException">The file is damaged, or no unigram model.</exception>
    public static UnigramTokenizer Load(string path, int extraIds = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(extraIds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extraIds, 100_000);
        var model = SentencePieceModel.Load(path);
        try
        {
            return new(model, [.. Enumerable.Range(0, extraIds).Reverse().Select(SentinelName)]);
        }
        catch (TextFormatException error)
        {
            throw new TextFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The id of T5's sentinel <c>&lt;extra_id_index&gt;</c>.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tokeniser has fewer sentinels.</exception>
    public int Sentinel(int index) => IdOf(SentinelName(index))
        ?? throw new ArgumentOutOfRangeException(nameof(index), index, $"Sentinel: the tokeniser has no {SentinelName(index)}; load the model with more extraIds.");

    /// <inheritdoc/>
    public override string TokenOf(int id)
    {
        CheckId(id);
        return tokens[id];
    }

    /// <inheritdoc/>
    public override int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <inheritdoc/>
    /// <remarks>As SentencePiece: control pieces are silent, the unknown piece is written as the model says (usually <c> ⁇ </c>), bytes that are no
    /// valid UTF-8 become U+FFFD each. Added sentinels are written by name.</remarks>
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var result = new StringBuilder();
        var bytes = new List<byte>();
        var (begins, spaceSeen) = (true, false);
        foreach (var id in ids)
        {
            CheckId(id);
            if (byteOfId.TryGetValue(id, out var value))
            {
                bytes.Add(value);
                continue;
            }
            AppendBytes(bytes, result);
            if (spaceSeen || result.Length > 0) begins = false;
            spaceSeen = false;
            if (skipSpecialTokens && IsSpecial(id)) continue;
            if (id >= model.Pieces.Count)
            {
                result.Append(tokens[id]);
            }
            else if (id == UnknownId)
            {
                result.Append(model.UnknownSurface);
            }
            else if (model.Pieces[id].Kind != PieceKind.Control)
            {
                var piece = tokens[id];
                if (begins && (model.AddDummyPrefix || model.RemoveExtraSpaces) && piece.StartsWith('▁'))
                {
                    piece = piece[1..];
                    // Where extra spaces are removed, all leading ones go; otherwise only the dummy prefix.
                    spaceSeen = !model.RemoveExtraSpaces;
                }
                result.Append(piece.Replace('▁', ' '));
            }
        }
        AppendBytes(bytes, result);
        return result.ToString();
    }

    private protected override void EncodePart(string text, int start, int end, TokenSink sink)
    {
        var normalized = normalizer.Normalize(text, start, end);
        var bytes = CollectionsMarshal.AsSpan(normalized.Bytes);
        var sources = CollectionsMarshal.AsSpan(normalized.Sources);
        var cuts = Viterbi(bytes);
        var previousUnknown = false;
        for (var i = cuts.Count - 1; i >= 0; i--)
        {
            var (id, first, last) = cuts[i];
            var (from, to) = (sources[first].Start, sources[last - 1].End);
            if (id == UnknownId && model.ByteFallback)
            {
                for (var at = first; at < last; at++) sink.Add(idOfByte[bytes[at]], from, to);
            }
            else if (id == UnknownId && previousUnknown)
            {
                if (sink.Spans is not null) sink.Spans[^1] = sink.Spans[^1] with { End = to };
            }
            else
            {
                sink.Add(id, from, to);
            }
            previousUnknown = id == UnknownId;
        }
    }

    /// <summary>The pieces of the best path, last first.</summary>
    private List<(int Id, int First, int Last)> Viterbi(ReadOnlySpan<byte> text)
    {
        var best = new float[text.Length + 1];
        var starts = new int[text.Length + 1];
        var pieces = new int[text.Length + 1];
        Array.Fill(starts, -1);
        for (var start = 0; start < text.Length;)
        {
            var width = Math.Min(text[start] < 0x80 ? 1 : text[start] < 0xE0 ? 2 : text[start] < 0xF0 ? 3 : 4, text.Length - start);
            var whole = false;
            var node = 0;
            for (var at = start; at < text.Length && (node = trie.Step(node, text[at])) >= 0; at++)
            {
                var id = trie.ValueOf(node);
                if (id < 0) continue;
                Offer(at + 1, scores[id] + best[start], id);
                whole |= at + 1 - start == width;
            }
            if (!whole) Offer(start + width, unknownScore + best[start], UnknownId);
            start += width;

            void Offer(int end, double score, int id)
            {
                if (starts[end] >= 0 && score <= best[end]) return;
                (starts[end], best[end], pieces[end]) = (start, (float)score, id);
            }
        }
        var path = new List<(int, int, int)>();
        for (var end = text.Length; end > 0; end = starts[end]) path.Add((pieces[end], starts[end], end));
        return path;
    }

    private static string SentinelName(int index) => string.Create(CultureInfo.InvariantCulture, $"<extra_id_{index}>");

    private static void AppendBytes(List<byte> bytes, StringBuilder result)
    {
        var rest = CollectionsMarshal.AsSpan(bytes);
        while (!rest.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            result.Append(valid ? rune.ToString() : "\uFFFD");
            rest = rest[(valid ? consumed : 1)..];
        }
        bytes.Clear();
    }

    private static IEnumerable<KeyValuePair<string, int>> Specials(SentencePieceModel model, IReadOnlyList<string> added)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = 0; id < model.Pieces.Count; id++)
            if (model.Pieces[id].Kind is PieceKind.Control or PieceKind.Unknown && seen.Add(model.Pieces[id].Text)) yield return KeyValuePair.Create(model.Pieces[id].Text, id);
        for (var index = 0; index < added.Count; index++)
            if (seen.Add(added[index])) yield return KeyValuePair.Create(added[index], model.Pieces.Count + index);
    }

    private void ReadBytePieces()
    {
        for (var value = 0; value < 256; value++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");
            if (!ids.TryGetValue(name, out idOfByte[value]) || model.Pieces[idOfByte[value]].Kind != PieceKind.Byte)
                throw new TextFormatException($"the model falls back to bytes but has no byte piece {name}. Train it again with --byte_fallback.");
            byteOfId.Add(idOfByte[value], (byte)value);
        }
    }
}
