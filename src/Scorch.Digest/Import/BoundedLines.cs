using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>A line of a file.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Bytes">Its bytes without the line end, valid until the next line is read; empty where it is too long.</param>
/// <param name="IsTooLong">Whether it is longer than allowed; its bytes were passed over.</param>
internal readonly record struct BoundedLine(long Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);

/// <summary>Reads lines of bytes with a bound on their length, so that a file without line ends takes no more memory than others.</summary>
internal static class BoundedLines
{
    private const int BlockBytes = 64 << 10;

    /// <summary>The lines of a stream; a byte order mark is left out, the line end is LF or CR LF.</summary>
    /// <param name="stream">Where they are read from.</param>
    /// <param name="longest">The longest line in bytes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async IAsyncEnumerable<BoundedLine> ReadAsync(Stream stream, int longest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = new byte[Math.Min(BlockBytes, longest + 1)];
        var (start, end, number, isPassing) = (0, 0, 1L, false);
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                yield return Line(start, at);
                (start, number, isPassing) = (start + at + 1, number + 1, false);
                continue;
            }

            if (end - start > longest)
            {
                // The rest of a line that is too long is passed over.
                (start, end, isPassing) = (0, 0, true);
            }
            else if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, longest + 1L));
            }

            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                if (end > start || isPassing)
                {
                    yield return Line(start, end - start);
                }

                yield break;
            }

            end += count;
        }

        BoundedLine Line(int from, int length)
        {
            if (isPassing || length > longest)
            {
                return new BoundedLine(number, default, true);
            }

            ReadOnlyMemory<byte> bytes = buffer.AsMemory(from, length);
            bytes = number == 1 && bytes.Span.StartsWith("\ufeff"u8) ? bytes[3..] : bytes;
            return new BoundedLine(number, bytes.Span.EndsWith("\r"u8) ? bytes[..^1] : bytes, false);
        }
    }
}
