using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Writes posts as plain text, for the e-mail reader that shows no HTML.</summary>
/// <remarks>Characters that XML 1.0 forbids are replaced by U+FFFD.</remarks>
public static class PostText
{
    /// <summary>A post as text, lines ending in LF.</summary>
    public static string Render(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var text = new StringBuilder().Append(post.Header.Title).Append('\n');
        foreach (var entry in post.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{entry.Rank}. {entry.Title}\n")
                .AppendJoin(", ", entry.Authors).Append('\n')
                .Append(CultureInfo.InvariantCulture, $"{entry.Reposts} reposts, {entry.Likes} likes; ")
                .AppendJoin(", ", entry.Categories).Append('\n')
                .Append(SafeText.ArxivAddress("abs", entry.ArxivId)).Append('\n');
            if (!string.IsNullOrWhiteSpace(entry.Abstract))
            {
                text.Append('\n').Append(entry.Abstract.Trim('\n')).Append('\n');
            }

            foreach (var mention in entry.Mentions)
            {
                text.Append("\n> ").Append(mention.PlainText.Replace("\n", "\n> ", StringComparison.Ordinal))
                    .Append($"\n> — {mention.AuthorName} (@{mention.AuthorHandle}), {mention.PostedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\n> {mention.Address}\n");
            }
        }

        return SafeText.Clean(text.ToString());
    }
}
