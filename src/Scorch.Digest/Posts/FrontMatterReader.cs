using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Reads what stands above the papers.</summary>
internal static class FrontMatterReader
{
    public static PostHeader Read(PostCursor cursor)
    {
        cursor.Take(PostSyntax.Fence);
        cursor.Take("title: ");
        var titleAt = cursor.Position;
        var title = cursor.TakeLine("a title").ToString();
        cursor.Take("date: ");
        var (publishedAt, trailingZeros) = PublishedAt(cursor);
        var template = Quoted(cursor, "template: ");
        cursor.Take("draft: ");
        var isDraft = cursor.TryTake("true\n");
        if (!isDraft)
        {
            cursor.Take("false\n");
        }

        var slug = Quoted(cursor, "slug: ");
        var category = Quoted(cursor, "category: ");
        cursor.Take("tags:\n");
        var tags = new List<string>();
        while (cursor.Rest.StartsWith("  - "))
        {
            tags.Add(Quoted(cursor, "  - "));
        }

        var description = Quoted(cursor, "description: ");
        var socialImage = Quoted(cursor, "socialImage: ");
        cursor.Take("\n");
        cursor.Take(PostSyntax.Fence);
        cursor.Take("\n");
        return new PostHeader
        {
            Day = PostSyntax.DayOf(slug, title) ?? throw cursor.Unexpected("a slug or a title that ends in the post's day, as in hot-papers-2021-01-25", titleAt),
            PublishedAt = publishedAt,
            PublishedTrailingZeros = trailingZeros,
            Title = title,
            Slug = slug,
            Description = description,
            Template = template,
            IsDraft = isDraft,
            Category = category,
            Tags = tags,
            SocialImage = socialImage,
        };
    }

    // "2021-01-26T10:03:24.Z": the point stands even where no digit follows it.
    private static (DateTime Time, int? TrailingZeros) PublishedAt(PostCursor cursor)
    {
        var start = cursor.Position;
        var written = cursor.TakeLine("a time");
        var hasZone = written.EndsWith("Z");
        var digits = hasZone ? written[..^1] : written;
        var point = digits.IndexOf('.');
        var seconds = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (!hasZone || fraction.Length > 7 || fraction.ContainsAnyExceptInRange('0', '9')
            || !DateTime.TryParseExact(seconds, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw cursor.Unexpected("a time such as 2021-01-26T10:03:24.Z", start);
        }

        var ticks = fraction.IsEmpty ? 0 : long.Parse(fraction.ToString().PadRight(7, '0'), CultureInfo.InvariantCulture);
        return (time.AddTicks(ticks), point < 0 ? null : fraction.Length - fraction.TrimEnd('0').Length);
    }

    private static string Quoted(PostCursor cursor, string key)
    {
        cursor.Take(key);
        cursor.Take("\"");
        var start = cursor.Position;
        var written = cursor.TakeUntil("\"\n", "a quoted text");
        if (written.IndexOfAny('"', '\\') < 0)
        {
            return written.ToString();
        }

        var value = new StringBuilder(written.Length);
        for (var index = 0; index < written.Length; index++)
        {
            if (written[index] == '"' || (written[index] == '\\' && (++index == written.Length || written[index] is not ('"' or '\\'))))
            {
                throw cursor.Unexpected("a text in which quotes and backslashes follow a backslash", start);
            }

            value.Append(written[index]);
        }

        return value.ToString();
    }
}
