using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Scorch.Digest;

/// <summary>Reads posts: Markdown with front matter.</summary>
/// <remarks>
/// The format is the one that <see cref="PostMarkdown"/> writes, to the byte: what is read exactly renders to the bytes that
/// were read. Time and memory are linear in the post's size, which is bounded.
/// </remarks>
public static class PostParser
{
    /// <summary>The largest post that is read, in bytes: 64 MiB.</summary>
    public const int LargestPost = 64 << 20;

    private const int MostDamageTold = 100;

    /// <summary>Reads a post exactly.</summary>
    /// <param name="post">The bytes of its file: UTF-8, line feeds, no byte order mark.</param>
    /// <exception cref="PostFormatException">Something in it cannot be represented: the first such line, what was expected there and what was found.</exception>
    public static DigestPost Read(ReadOnlySpan<byte> post) => Read(post, isExact: true).Post!;

    /// <summary>Reads what can be read of a post and names the rest.</summary>
    /// <remarks>
    /// A paper whose head cannot be read is left out, and so is a mention that cannot be read; each is a problem with its line.
    /// What can be read but would be written differently (line ends of CR LF, a byte order mark, unusual empty lines, other
    /// character entities, bytes that are not UTF-8, which become U+FFFD) is kept, and is a problem too.
    /// </remarks>
    /// <param name="post">The bytes of its file.</param>
    public static PostReading ReadLeniently(ReadOnlySpan<byte> post) => Read(post, isExact: false);

    private static PostReading Read(ReadOnlySpan<byte> post, bool isExact)
    {
        var problems = new PostProblems(isExact);
        if (post.Length > LargestPost)
        {
            problems.Add(1, string.Create(CultureInfo.InvariantCulture, $"the post has {post.Length} bytes; at most {LargestPost} are read"));
            return new PostReading(null, [], problems.Found);
        }

        return new PostReader(Decode(post, problems), problems).Read();
    }

    private static string Decode(ReadOnlySpan<byte> post, PostProblems problems)
    {
        var skipped = 0;
        if (post.StartsWith(Encoding.UTF8.Preamble))
        {
            skipped = Encoding.UTF8.Preamble.Length;
            problems.Add(1, "the post begins with a byte order mark; save it as UTF-8 without one");
            post = post[skipped..];
        }

        var text = Utf8.IsValid(post) ? Encoding.UTF8.GetString(post) : DecodeDamaged(post, skipped, problems);
        var firstEnd = text.IndexOf('\n', StringComparison.Ordinal);
        if (firstEnd > 0 && text[firstEnd - 1] == '\r')
        {
            problems.Add(1, "the lines end in CR LF; save the post with LF alone");
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        }

        return text;
    }

    private static string DecodeDamaged(ReadOnlySpan<byte> post, int skipped, PostProblems problems)
    {
        var text = new char[post.Length];
        var (read, written, line, damage) = (0, 0, 1, 0);
        while (true)
        {
            var status = Utf8.ToUtf16(post[read..], text.AsSpan(written), out var taken, out var given, replaceInvalidSequences: false);
            line += post.Slice(read, taken).Count((byte)'\n');
            (read, written) = (read + taken, written + given);
            if (status == OperationStatus.Done)
            {
                break;
            }

            if (++damage <= MostDamageTold)
            {
                problems.Add(line, string.Create(CultureInfo.InvariantCulture, $"invalid UTF-8 at byte {skipped + read} of the post (0x{post[read]:X2}); save it as UTF-8"));
            }

            Rune.DecodeFromUtf8(post[read..], out _, out var length);
            text[written++] = '\uFFFD';
            read += length;
        }

        if (damage > MostDamageTold)
        {
            problems.Add(line, string.Create(CultureInfo.InvariantCulture, $"invalid UTF-8 at {damage} places in all"));
        }

        return new string(text, 0, written);
    }
}
