using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Scorch.Text;

/// <summary>The lines of a UTF-8 stream, one in memory at a time.</summary>
internal sealed class Utf8LineReader(Stream stream, string source, int longestLine)
{
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int scanned;
    private long offset;
    private bool ended;

    /// <summary>The number of the line taken last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>True when more bytes are needed before <see cref="TryTake"/> can tell whether there is a line.</summary>
    public bool NeedsBytes => !ended && buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n') < 0;

    public void Fill() => Filled(stream.Read(MakeRoom().Span));

    public async ValueTask FillAsync(CancellationToken cancellation) => Filled(await stream.ReadAsync(MakeRoom(), cancellation).ConfigureAwait(false));

    /// <summary>Takes the next line without its end (\n or \r\n); call only when <see cref="NeedsBytes"/> is false.</summary>
    public bool TryTake(out string line)
    {
        line = "";
        if (start == end) return false;
        var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
        var content = length < 0 ? buffer.AsSpan(start, end - start) : buffer.AsSpan(start, length);
        var taken = length < 0 ? end - start : length + 1;
        Line++;
        if (content.Length > longestLine) throw TooLong();
        if (Line == 1 && content.StartsWith(Encoding.UTF8.Preamble)) content = content[3..];
        if (content.EndsWith("\r"u8)) content = content[..^1];
        if (!Utf8.IsValid(content)) throw Invalid(content);
        line = Encoding.UTF8.GetString(content);
        start += taken;
        offset += taken;
        scanned = start;
        return true;
    }

    private Memory<byte> MakeRoom()
    {
        scanned = end;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (end, scanned, start) = (end - start, scanned - start, 0);
        }
        if (end > longestLine + 2L)
        {
            Line++;
            throw TooLong();
        }
        if (end == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, Array.MaxLength));
        return buffer.AsMemory(end);
    }

    private void Filled(int count)
    {
        end += count;
        ended = count == 0;
    }

    private TextFormatException TooLong() =>
        new($"{source}, line {Line}: longer than {longestLine} bytes. Break the line, or raise {nameof(TextCorpusOptions)}.{nameof(TextCorpusOptions.LongestLine)}.");

    private TextFormatException Invalid(ReadOnlySpan<byte> content)
    {
        var at = buffer.AsSpan(start).Overlaps(content, out var skipped) ? skipped : 0;
        var position = offset + at;
        while (Rune.DecodeFromUtf8(content, out _, out var consumed) == OperationStatus.Done)
        {
            content = content[consumed..];
            position += consumed;
        }
        return new($"{source}, line {Line}: byte {position} of the file, 0x{content[0]:X2}, is no valid UTF-8. Convert the file, for instance with iconv -f LATIN1 -t UTF-8.");
    }
}
