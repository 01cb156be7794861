using System.CommandLine;
using System.Globalization;
using Scorch.Gallery;

namespace Scorch.Cli;

/// <summary><c>scorch publish</c>: the gallery as files for any web server.</summary>
internal static class PublishCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var directory = new Argument<string>("directory") { Description = "The folder: new, empty, or an earlier publication, which is replaced." };
        var address = new Option<string>("--base")
        {
            Description = "Where the site will stand: a path such as /scorch, or an address such as https://example.org/scorch, with which there are feeds too.",
            DefaultValueFactory = _ => "/",
            HelpName = "path",
        };
        var inputs = new GalleryInputs();
        var command = new Command("publish", "Write the gallery as a static site.") { directory, address };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = await inputs.OpenAsync(parsed, surroundings, cancellationToken).ConfigureAwait(false);
            await using var store = options.Store;
            var target = parsed.GetRequiredValue(directory);
            var written = await SitePublisher.PublishAsync(options, target, parsed.GetRequiredValue(address), cancellationToken).ConfigureAwait(false);
            foreach (var problem in written.Problems)
            {
                surroundings.Error.WriteLine($"Left out: {problem}");
            }

            surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Published {written.Pages} pages, {written.Files} files, {written.Bytes / 1e6:0.0} MB to {target}"));
            return ExitCode.Success;
        });
        return command;
    }
}
