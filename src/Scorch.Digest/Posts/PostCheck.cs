using System.Globalization;

namespace Scorch.Digest;

/// <summary>Checks that a post, read and written again, has the same bytes.</summary>
public static class PostCheck
{
    /// <summary>The first line that cannot be read or that would be written differently; null where the bytes are the same.</summary>
    /// <param name="post">The bytes of its file.</param>
    public static PostProblem? FindDifference(ReadOnlySpan<byte> post)
    {
        byte[] written;
        try
        {
            written = PostMarkdown.RenderBytes(PostParser.Read(post));
        }
        catch (PostFormatException problem)
        {
            return new PostProblem(problem.Line, problem.Reason);
        }

        var same = post.CommonPrefixLength(written);
        return same == post.Length && same == written.Length
            ? null
            : new PostProblem(
                post[..same].Count((byte)'\n') + 1,
                string.Create(CultureInfo.InvariantCulture, $"written again it differs from byte {same} on ({post.Length} bytes read, {written.Length} written)"));
    }
}
