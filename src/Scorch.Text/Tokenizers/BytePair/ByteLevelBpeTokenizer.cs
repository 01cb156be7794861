using System.Text;
using Scorch.Checkpoints;

namespace Scorch.Text;

/// <summary>Byte-level byte-pair encoding, as in GPT-2 (Radford et al. 2019): every text has an encoding, and decoding gives it back exactly.</summary>
/// <remarks>Text is cut by GPT-2's pattern, its UTF-8 bytes are written with GPT-2's byte-to-character map, and pairs are merged by rank.
/// Reads and writes GPT-2's <c>vocab.json</c> and <c>merges.txt</c>.</remarks>
public sealed class ByteLevelBpeTokenizer : Tokenizer
{
    private readonly string[] tokens;
    private readonly Dictionary<string, int> ids;
    private readonly byte[]?[] bytesOfToken;
    private readonly int[] idOfByte = new int[256];
    private readonly IReadOnlyList<(string Left, string Right)> merges;
    private readonly BytePairMerges merger;
    private readonly PieceCache<(int[] Ids, int[] Lengths)> cache = new();

    /// <summary>A tokeniser over a vocabulary.</summary>
    /// <param name="vocabulary">Tokens in the order of their ids, written with GPT-2's characters for bytes; the 256 single bytes are among them.</param>
    /// <param name="merges">Pairs of tokens, the first merged first.</param>
    /// <param name="specialTokens">Tokens of the vocabulary that stand for no text, such as <c>&lt;|endoftext|&gt;</c>.</param>
    /// <exception cref="TextFormatException">A byte has no token, or a merge names or makes a token that is not there.</exception>
    public ByteLevelBpeTokenizer(IReadOnlyList<string> vocabulary, IReadOnlyList<(string Left, string Right)> merges, params IReadOnlyList<string> specialTokens)
        : base(Specials(vocabulary, specialTokens))
    {
        ArgumentNullException.ThrowIfNull(merges);
        tokens = [.. vocabulary];
        ids = VocabularyFile.Index(tokens, nameof(vocabulary));
        this.merges = [.. merges];
        for (var value = 0; value < 256; value++)
        {
            var name = ByteAlphabet.Characters[value].ToString();
            if (!ids.TryGetValue(name, out idOfByte[value]))
                throw new TextFormatException($"ByteLevelBpeTokenizer: no token '{name}' for byte 0x{value:X2}; a byte-level vocabulary has one for each of the 256 bytes. A vocabulary of another kind needs another tokeniser.");
        }
        bytesOfToken = [.. tokens.Select(ByteAlphabet.Read)];
        for (var id = 0; id < tokens.Length; id++)
            if (bytesOfToken[id] is null && !IsSpecial(id))
                throw new TextFormatException($"ByteLevelBpeTokenizer: token {id}, '{tokens[id]}', holds a character that stands for no byte; list it among the special tokens.");
        merger = new BytePairMerges([.. merges.Select((merge, rank) => (Find(merge.Left, rank), Find(merge.Right, rank), Find(merge.Left + merge.Right, rank)))]);

        int Find(string token, int rank) => ids.TryGetValue(token, out var id) ? id
            : throw new TextFormatException($"ByteLevelBpeTokenizer: merge {rank + 1}, '{merges[rank].Left} {merges[rank].Right}', needs the token '{token}', which the vocabulary lacks. Take both files from the same model.");
    }

    /// <inheritdoc/>
    public override int Count => tokens.Length;

    /// <summary>The merges, the first merged first.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => merges;

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="vocabularyPath">JSON: token to id.</param>
    /// <param name="mergesPath">A pair a line, after a line that begins <c>#version</c>.</param>
    /// <param name="specialTokens">The special tokens; by default <c>&lt;|endoftext|&gt;</c> where the vocabulary has it.</param>
    /// <exception cref="TextFormatException">A file is not what it should be; the message names the line.</exception>
    public static ByteLevelBpeTokenizer Load(string vocabularyPath, string mergesPath, params IReadOnlyList<string> specialTokens)
    {
        var vocabulary = VocabularyFile.ReadJson(vocabularyPath);
        if (specialTokens.Count == 0 && vocabulary.Contains(EndOfText)) specialTokens = [EndOfText];
        return new(vocabulary, MergesFile.Read(mergesPath), specialTokens);
    }

    /// <summary>Learns merges from texts; see <see cref="BytePairTraining"/> for the rules.</summary>
    /// <param name="texts">The texts, read once.</param>
    /// <param name="training">The size of the vocabulary and its special tokens.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static ByteLevelBpeTokenizer Train(IEnumerable<string> texts, BytePairTraining training, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(training);
        var (vocabulary, merges) = new BytePairTrainer(training).Run(texts, cancellation);
        return new(vocabulary, merges, training.SpecialTokens);
    }

    /// <summary>The special token that GPT-2 puts between documents.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c> into a folder, each to a temporary name first.</summary>
    /// <param name="folder">Made when missing.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        VocabularyFile.WriteJson(Path.Combine(folder, "vocab.json"), tokens);
        AtomicFile.WriteText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Concat(merges.Select(merge => $"{merge.Left} {merge.Right}\n")));
    }

    /// <inheritdoc/>
    public override string TokenOf(int id)
    {
        CheckId(id);
        return tokens[id];
    }

    /// <inheritdoc/>
    public override int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <inheritdoc/>
    /// <remarks>Bytes that are no valid UTF-8, as when ids are cut inside a character, become U+FFFD.</remarks>
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var bytes = new List<byte>(ids.Length * 4);
        foreach (var id in ids)
        {
            CheckId(id);
            if (!IsSpecial(id)) bytes.AddRange(bytesOfToken[id]!);
            else if (!skipSpecialTokens) bytes.AddRange(Encoding.UTF8.GetBytes(tokens[id]));
        }
        return Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
    }

    private protected override void EncodePart(string text, int start, int end, TokenSink sink)
    {
        while (start < end)
        {
            var stop = WordPattern.EndOfPiece(text, start, end);
            var piece = text.AsSpan(start, stop - start);
            if (!cache.TryGet(piece, out var tokensOfPiece))
            {
                tokensOfPiece = Merge(piece);
                cache.Add(piece, tokensOfPiece);
            }
            if (sink.Spans is null) sink.Ids.AddRange(tokensOfPiece.Ids);
            else AddSpans(text, start, tokensOfPiece, sink);
            start = stop;
        }
    }

    private (int[] Ids, int[] Lengths) Merge(ReadOnlySpan<char> piece)
    {
        var symbols = new int[Encoding.UTF8.GetByteCount(piece)];
        var bytes = new byte[symbols.Length];
        Encoding.UTF8.GetBytes(piece, bytes);
        for (var i = 0; i < bytes.Length; i++) symbols[i] = idOfByte[bytes[i]];
        var lengths = new int[symbols.Length];
        Array.Fill(lengths, 1);
        var count = merger.Merge(symbols, lengths);
        return (symbols[..count], lengths[..count]);
    }

    private static void AddSpans(string text, int start, (int[] Ids, int[] Lengths) piece, TokenSink sink)
    {
        // at: the first character not wholly covered yet; covered: how many of its bytes are.
        var at = start;
        var covered = 0;
        for (var i = 0; i < piece.Ids.Length; i++)
        {
            var from = at;
            var last = at;
            for (var bytes = piece.Lengths[i]; bytes > 0;)
            {
                var rune = Rune.GetRuneAt(text, at);
                var taken = Math.Min(bytes, rune.Utf8SequenceLength - covered);
                bytes -= taken;
                covered += taken;
                last = at + rune.Utf16SequenceLength;
                if (covered < rune.Utf8SequenceLength) continue;
                at = last;
                covered = 0;
            }
            sink.Add(piece.Ids[i], from, last);
        }
    }

    private static IEnumerable<KeyValuePair<string, int>> Specials(IReadOnlyList<string> vocabulary, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(names);
        return VocabularyFile.Specials(vocabulary, names, nameof(ByteLevelBpeTokenizer));
    }
}
