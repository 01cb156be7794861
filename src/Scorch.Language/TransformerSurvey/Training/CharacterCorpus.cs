using Scorch.Text;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A text in numbered characters, and a part of it, or another text, held out.</summary>
public sealed class CharacterCorpus
{
    /// <summary>Stands for characters that the training text lacks.</summary>
    public const string Unknown = "<unk>";

    private CharacterCorpus(CharacterTokenizer? tokenizer, int vocabulary, IReadOnlyList<int> training, IReadOnlyList<int> heldOut) =>
        (Tokenizer, VocabularySize, Training, HeldOut) = (tokenizer, vocabulary, training, heldOut);

    /// <summary>Numbers characters; none where they are bytes.</summary>
    public CharacterTokenizer? Tokenizer { get; }

    /// <summary>How many different characters there are; 256 of bytes.</summary>
    public int VocabularySize { get; }

    /// <summary>Characters to learn from, lines ended by a newline.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>Characters held out.</summary>
    public IReadOnlyList<int> HeldOut { get; }

    /// <summary>Numbers two texts.</summary>
    /// <param name="training">Lines to learn from.</param>
    /// <param name="heldOut">Lines held out.</param>
    /// <param name="tokenizer">Numbers characters as before, when a run goes on; none to collect those of the training text.</param>
    /// <exception cref="ArgumentException">A text has no characters.</exception>
    public static CharacterCorpus FromLines(IEnumerable<string> training, IEnumerable<string> heldOut, CharacterTokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        string[] lines = [.. training.Select(line => line + "\n")];
        tokenizer ??= CharacterTokenizer.FromTexts(lines, specialTokens: [Unknown]);
        int[] Numbered(IEnumerable<string> text, string name)
        {
            int[] ids = [.. text.SelectMany(line => tokenizer.Encode(line))];
            return ids.Length > 0 ? ids : throw new ArgumentException($"CharacterCorpus: the {name} text is empty; give at least a line.", name);
        }
        return new(tokenizer, tokenizer.Count, Numbered(lines, nameof(training)), Numbered(heldOut.Select(line => line + "\n"), nameof(heldOut)));
    }

    /// <summary>Numbers a text of which the last twentieth is held out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">Numbers characters as before, when a run goes on.</param>
    /// <exception cref="ArgumentException">It has fewer than two lines.</exception>
    public static CharacterCorpus FromText(TextCorpus text, CharacterTokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] lines = [.. text];
        if (lines.Length < 2) throw new ArgumentException($"CharacterCorpus: the text has {lines.Length} lines; give at least 2, the last twentieth of them is held out.", nameof(text));
        var kept = Math.Clamp(lines.Length - (lines.Length / 20), 1, lines.Length - 1);
        return FromLines(lines[..kept], lines[kept..], tokenizer);
    }

    /// <summary>Bytes as they are.</summary>
    /// <param name="training">Bytes to learn from.</param>
    /// <param name="heldOut">Bytes held out.</param>
    public static CharacterCorpus FromBytes(ReadOnlyMemory<byte> training, ReadOnlyMemory<byte> heldOut) => new(null, 256, new ByteList(training), new ByteList(heldOut));

    /// <summary>Bytes that look like numbers, without a copy four times their size.</summary>
    private sealed class ByteList(ReadOnlyMemory<byte> bytes) : IReadOnlyList<int>
    {
        public int Count => bytes.Length;

        public int this[int index] => bytes.Span[index];

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>A text cut into parallel streams, whose segments follow each other from step to step.</summary>
internal sealed class CharacterStreams
{
    private readonly IReadOnlyList<int> text;
    private readonly int streamLength;

    /// <param name="text">Characters.</param>
    /// <param name="streams">Rows of a batch.</param>
    /// <param name="length">Characters of a segment; a window has one more.</param>
    public CharacterStreams(IReadOnlyList<int> text, int streams, int length)
    {
        (this.text, Streams, Length) = (text, streams, length);
        streamLength = text.Count / streams;
        Segments = (streamLength - 1) / length;
        if (Segments < 1)
            throw new ArgumentException($"CharacterStreams: {text.Count} characters are too few for {streams} streams of {length} and the one after; give more text, fewer streams or shorter segments.", nameof(text));
    }

    public int Streams { get; }

    public int Length { get; }

    /// <summary>Segments of a stream; after the last they begin anew.</summary>
    public int Segments { get; }

    /// <summary>Int64 [streams, length + 1].</summary>
    public Tensor Window(long step)
    {
        var start = (int)(step % Segments) * Length;
        var ids = new long[Streams * (Length + 1)];
        for (var row = 0; row < Streams; row++)
            for (var i = 0; i <= Length; i++) ids[(row * (Length + 1)) + i] = text[(row * streamLength) + start + i];
        return Tensor.From(ids, [Streams, Length + 1]);
    }
}
