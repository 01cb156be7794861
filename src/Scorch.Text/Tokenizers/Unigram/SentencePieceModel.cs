using System.Text;

namespace Scorch.Text;

/// <summary>What a piece of a SentencePiece model is.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>The parts of a SentencePiece <c>.model</c> file (<c>sentencepiece_model.proto</c>) that tokenising needs.</summary>
internal sealed class SentencePieceModel
{
    private const long LargestFile = 256L << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public List<(string Text, float Score, PieceKind Kind)> Pieces { get; } = [];

    public bool ByteFallback { get; private set; }

    public bool SpaceAsSuffix { get; private set; }

    public string UnknownSurface { get; private set; } = " \u2047 ";

    public byte[] CharacterMap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraSpaces { get; private set; } = true;

    public bool EscapeSpaces { get; private set; } = true;

    public static SentencePieceModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var length = new FileInfo(path).Length;
        if (length > LargestFile) throw new TextFormatException($"{path}: {length} bytes; a SentencePiece model has at most {LargestFile}. Is it another file?");
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (TextFormatException error)
        {
            throw new TextFormatException($"{path}: {error.Message}", error);
        }
    }

    public static SentencePieceModel Parse(ReadOnlySpan<byte> bytes)
    {
        var model = new SentencePieceModel();
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1) model.ReadPiece(reader.Bytes);
            else if (reader.Field == 2) model.ReadTrainer(reader.Bytes);
            else if (reader.Field == 3) model.ReadNormalizer(reader.Bytes);
        }
        if (model.Pieces.Count == 0) throw new TextFormatException("the model holds no pieces. Is it a SentencePiece .model file?");
        return model;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new TextFormatException("a piece is no valid UTF-8; the file is damaged or not a SentencePiece model. Copy it anew.", error);
        }
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1) text = Text(reader.Bytes);
            else if (reader.Field == 2) score = reader.Float;
            else if (reader.Field == 3) kind = reader.Number is >= 1 and <= 6 ? (PieceKind)reader.Number : throw new TextFormatException($"piece {Pieces.Count} is of kind {reader.Number}; the kinds are 1 to 6.");
        }
        if (text.Length == 0) throw new TextFormatException($"piece {Pieces.Count} is empty. The file is damaged or not a SentencePiece model; copy it anew.");
        if (!float.IsFinite(score)) throw new TextFormatException($"the score of piece {Pieces.Count}, '{Excerpt.Of(text)}', is {score}; scores are finite.");
        Pieces.Add((text, score, kind));
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3 when reader.Number != 1:
                    throw new TextFormatException($"the model is of type {reader.Number switch { 2 => "BPE", 3 => "word", 4 => "character", var type => $"{type}" }}; only unigram models are read. Train with --model_type=unigram, or take {nameof(ByteLevelBpeTokenizer)}'s files.");
                case 24:
                    SpaceAsSuffix = reader.Number != 0;
                    break;
                case 35:
                    ByteFallback = reader.Number != 0;
                    break;
                case 44:
                    UnknownSurface = Text(reader.Bytes);
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMap = reader.Bytes.ToArray();
                    break;
                case 3:
                    AddDummyPrefix = reader.Number != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = reader.Number != 0;
                    break;
                case 5:
                    EscapeSpaces = reader.Number != 0;
                    break;
            }
        }
    }
}
