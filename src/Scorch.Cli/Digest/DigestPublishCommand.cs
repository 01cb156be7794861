using System.CommandLine;
using System.Text;
using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch digest publish</c>: posts as pages, feeds and e-mail.</summary>
internal static class DigestPublishCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var files = new Argument<string[]>("files") { Description = "Posts: Markdown files with front matter.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The folder to write.", Required = true, HelpName = "folder" };
        var address = new Option<string>("--address") { Description = "The address under which the folder will be found, with a slash at the end.", Required = true, HelpName = "url" };
        var title = new Option<string>("--title") { Description = "The title of the feeds.", DefaultValueFactory = _ => "Hot Papers", HelpName = "text" };
        var from = new Option<string?>("--mail-from") { Description = "Who sends the e-mails; with --mail-to, each post comes as a message too.", HelpName = "address" };
        var to = new Option<string[]>("--mail-to") { Description = "Who receives the e-mails.", AllowMultipleArgumentsPerToken = true, HelpName = "address" };
        var command = new Command("publish", "Publish posts as pages (SLUG/index.html), feeds (rss.xml, atom.xml, feed.json) and e-mail (SLUG/post.eml).")
        {
            files, output, address, title, from, to,
        };
        command.SetAction(parsed =>
        {
            try
            {
                var receivers = (parsed.GetValue(to) ?? []).Select(receiver => new MailParty(receiver)).ToArray();
                var sender = parsed.GetValue(from) is { } given ? new MailParty(given) : null;
                if (sender is null != (receivers.Length == 0))
                {
                    throw new UsageException("digest publish: give --mail-from and --mail-to together.");
                }

                var site = new DigestSite
                {
                    Address = Uri.TryCreate(parsed.GetRequiredValue(address), UriKind.Absolute, out var uri) ? uri : throw new UsageException($"digest publish: --address {parsed.GetRequiredValue(address)} is no address."),
                    Title = parsed.GetRequiredValue(title),
                };
                Publish(surroundings, Read(parsed.GetRequiredValue(files)), parsed.GetRequiredValue(output), site, sender, receivers);
            }
            catch (ArgumentException problem)
            {
                throw new UsageException($"digest publish: {problem.Message}", problem);
            }

            return ExitCode.Success;
        });
        return command;
    }

    // Newest first. The slug becomes a folder's name, so it must be one and no path.
    private static List<DigestPost> Read(string[] files)
    {
        var posts = new Dictionary<string, (string File, DigestPost Post)>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files)
        {
            DigestPost post;
            try
            {
                post = PostParser.Read(File.ReadAllBytes(file));
            }
            catch (PostFormatException problem)
            {
                throw new InvalidDataException($"{file}: {problem.Message}", problem);
            }

            var slug = post.Header.Slug;
            if (slug.Trim('.').Length == 0 || !slug.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
            {
                throw new InvalidDataException($"{file}: the slug '{slug}' cannot name a folder; it must be of letters, digits, '-', '_' and '.'.");
            }

            if (!posts.TryAdd(slug, (file, post)))
            {
                throw new InvalidDataException($"{file}: has the slug '{slug}' of {posts[slug].File}; publish one of them.");
            }
        }

        return [.. posts.Values.Select(entry => entry.Post).OrderByDescending(post => post.Day).ThenByDescending(post => post.Header.PublishedAt)];
    }

    private static void Publish(Surroundings surroundings, List<DigestPost> posts, string folder, DigestSite site, MailParty? from, MailParty[] to)
    {
        foreach (var post in posts)
        {
            Write(Path.Combine(folder, post.Header.Slug, "index.html"), Encoding.UTF8.GetBytes(PostHtml.RenderPage(post)));
            if (from is not null)
            {
                Write(Path.Combine(folder, post.Header.Slug, "post.eml"), PostMail.Render(post, from, to));
            }
        }

        Write(Path.Combine(folder, RssFeed.FileName), RssFeed.Render(site, posts));
        Write(Path.Combine(folder, AtomFeed.FileName), AtomFeed.Render(site, posts));
        Write(Path.Combine(folder, JsonFeed.FileName), JsonFeed.Render(site, posts));
        surroundings.Output.WriteLine($"{posts.Count} posts in {folder}");
    }

    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.tmp";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
