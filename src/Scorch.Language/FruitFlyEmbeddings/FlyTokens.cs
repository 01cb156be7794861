using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Scorch.Checkpoints;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>A text as word numbers, cut into chunks; kept on disk as the two NumPy arrays that the authors' trainer takes.</summary>
/// <remarks>All numbers are held in memory, so a text has fewer than 2^31 words.</remarks>
public sealed class FlyTokens
{
    private readonly int[] ids;
    private readonly long[] offsets;

    /// <summary>Makes a stream.</summary>
    /// <param name="ids">Word numbers, at least 0.</param>
    /// <param name="offsets">Where chunks begin, strictly increasing from 0; the last may be the number of words.</param>
    /// <exception cref="ArgumentException">A number is negative, or the offsets do not begin at 0, do not increase, or lie beyond the words.</exception>
    public FlyTokens(int[] ids, long[] offsets)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length == 0 || offsets[0] != 0)
            throw new ArgumentException($"FlyTokens: the offsets {(offsets.Length == 0 ? "are empty" : $"begin at {offsets[0]}")}; they must begin at 0.", nameof(offsets));
        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] <= offsets[i - 1])
                throw new ArgumentException($"FlyTokens: offset {i} is {offsets[i]}, not above the one before ({offsets[i - 1]}); offsets must increase.", nameof(offsets));
        }
        if (offsets[^1] > ids.Length)
            throw new ArgumentException($"FlyTokens: offset {offsets.Length - 1} is {offsets[^1]}, but there are only {ids.Length} words; do ids and offsets belong together?", nameof(offsets));
        if (ids.AsSpan().ContainsAnyExceptInRange(0, int.MaxValue))
            throw new ArgumentException("FlyTokens: a word number is negative; numbers begin at 0, the unknown word.", nameof(ids));
        this.ids = ids;
        this.offsets = offsets[^1] == ids.Length ? offsets : [.. offsets, ids.Length];
    }

    /// <summary>All word numbers.</summary>
    public ReadOnlySpan<int> Ids => ids;

    /// <summary>Borders of the chunks: the first is 0, the last the number of words.</summary>
    public ReadOnlySpan<long> Offsets => offsets;

    /// <summary>How many windows of a length there are: n - window + 1 in a chunk of n words, none in a shorter one.</summary>
    public long CountWindows(int window)
    {
        var count = 0L;
        for (var i = 1; i < offsets.Length; i++)
            count += Math.Max(0, offsets[i] - offsets[i - 1] - window + 1);
        return count;
    }

    /// <summary>How often each number below <paramref name="size"/> stands in the text.</summary>
    /// <exception cref="ArgumentException">A number is <paramref name="size"/> or more.</exception>
    public double[] CountWords(int size)
    {
        var counts = new double[size];
        foreach (var id in ids)
        {
            if (id >= size)
                throw new ArgumentException($"FlyTokens: word number {id} stands in the text, but the vocabulary has {size} words.", nameof(size));
            counts[id]++;
        }
        return counts;
    }

    /// <summary>The first part of the text, whole chunks and a cut last one.</summary>
    /// <param name="share">Which part, in (0, 1].</param>
    public FlyTokens Take(double share)
    {
        if (!(share > 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "FlyTokens: the share must lie in (0, 1].");
        var count = Math.Max(1, (int)(share * ids.Length));
        return new FlyTokens(ids[..count], [.. offsets.Where(offset => offset < count)]);
    }

    /// <summary>Numbers a corpus. Words that the vocabulary dropped leave the text, and unknown ones with them; else unknown words are number 0.</summary>
    /// <exception cref="ArgumentException">Nothing is left, or the text has 2^31 words or more.</exception>
    public static FlyTokens FromCorpus(FlyCorpus corpus, FlyVocabulary vocabulary, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var ids = new List<int>();
        var offsets = new List<long>();
        var keepsUnknown = vocabulary.Dropped.Count == 0;
        foreach (var chunk in corpus.Chunks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = ids.Count;
            if (start > Array.MaxLength - chunk.Count)
                throw new ArgumentException("FlyTokens: the text has more words than fit into memory (2^31); train on a part of it.", nameof(corpus));
            foreach (var word in chunk)
            {
                var id = vocabulary.NumberOf(word);
                if (id > 0 || keepsUnknown)
                    ids.Add(id);
            }
            if (ids.Count > start)
                offsets.Add(start);
        }
        if (ids.Count == 0)
            throw new ArgumentException("FlyTokens: no word of the vocabulary stands in the text; is it plain text in UTF-8?", nameof(corpus));
        return new FlyTokens([.. ids], [.. offsets]);
    }

    /// <summary>Writes <c>encodings.npy</c> (int32) and <c>offsets.npy</c> (uint64) into a folder.</summary>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.Write(Path.Combine(folder, IdsFile), stream => Write(stream, "<i4", ids.Length, MemoryMarshal.AsBytes(ids.AsSpan())));
        AtomicFile.Write(Path.Combine(folder, OffsetsFile), stream => Write(stream, "<u8", offsets.Length, MemoryMarshal.AsBytes(offsets.AsSpan())));
    }

    /// <summary>Reads what <see cref="Save"/>, or the authors' preparation, wrote.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="CheckpointException">A file is no such array, or is damaged.</exception>
    /// <exception cref="ArgumentException">The offsets do not fit the numbers.</exception>
    public static FlyTokens Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new FlyTokens(Read<int>(Path.Combine(folder, IdsFile), "i4", 4), Read<long>(Path.Combine(folder, OffsetsFile), "u8", 8));
    }

    /// <summary>Name of the file of word numbers.</summary>
    public const string IdsFile = "encodings.npy";

    /// <summary>Name of the file of the chunks' borders.</summary>
    public const string OffsetsFile = "offsets.npy";

    // NumPy's format, version 1.0: magic, header length, a dictionary as text padded to 64 bytes, the values.
    private static void Write(Stream stream, string type, int count, ReadOnlySpan<byte> bytes)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({count},), }}");
        var header = Encoding.ASCII.GetBytes(text.PadRight((text.Length + 11 + 63) / 64 * 64 - 11) + "\n");
        stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(header);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("FlyTokens: files are written on little-endian machines only.");
        stream.Write(bytes);
    }

    private static T[] Read<T>(string path, string type, int width)
        where T : unmanaged
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[10];
        if (stream.ReadAtLeast(start, 10, throwOnEndOfStream: false) < 10 || !start[1..6].SequenceEqual("NUMPY"u8) || start[0] != 0x93 || start[6] != 1)
            throw new CheckpointException($"{path}: not a NumPy array of format 1.0. Write it with numpy.save.");
        var headerBytes = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start[8..])];
        if (stream.ReadAtLeast(headerBytes, headerBytes.Length, throwOnEndOfStream: false) < headerBytes.Length)
            throw new CheckpointException($"{path}: the header is cut off. Get the file again.");
        var header = Encoding.ASCII.GetString(headerBytes);
        var remaining = stream.Length - stream.Position;
        if (!header.Contains($"'<{type}'", StringComparison.Ordinal))
            throw new CheckpointException($"{path}: the element type is not '<{type}' ({header.Trim()}). Convert the array with astype('<{type}').");
        var shape = header.IndexOf("'shape': (", StringComparison.Ordinal);
        var size = shape < 0 ? "" : header[(shape + 10)..].Split(')')[0].TrimEnd(',', ' ');
        if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || (long)count * width != remaining)
            throw new CheckpointException($"{path}: the header speaks of ({size}) elements of {width} bytes, the file holds {remaining} bytes. It must be a one-dimensional array, and whole.");
        var values = new T[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
