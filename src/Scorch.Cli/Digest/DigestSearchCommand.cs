using System.CommandLine;
using System.Text;
using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch digest search</c>: papers of the store by words.</summary>
internal static class DigestSearchCommand
{
    private const int LargestLimit = 100;

    public static Command Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("words") { Description = "Words of the title, the authors or the abstract; papers that hold all of them are found.", Arity = ArgumentArity.OneOrMore };
        var connection = DigestStoreOption.Create();
        var limit = new Option<int>("--limit") { Description = "How many papers to show, 1 to 100.", DefaultValueFactory = _ => 20, HelpName = "number" };
        var json = new Option<bool>("--json") { Description = "Print papers as JSON Lines." };
        var command = new Command("search", "Find papers in the store, the best match first.") { words, connection, limit, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var count = parsed.GetValue(limit);
            if (count is < 1 or > LargestLimit)
            {
                throw new UsageException($"digest search: --limit {count} must be from 1 to {LargestLimit}.");
            }

            var store = await DigestStoreOption.OpenAsync(parsed.GetValue(connection), cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var page = await store.SearchAsync(string.Join(' ', parsed.GetRequiredValue(words)), 0, count, cancellationToken).ConfigureAwait(false);
                foreach (var paper in page.Papers)
                {
                    surroundings.Output.Write(parsed.GetValue(json) ? Encoding.UTF8.GetString(PaperJsonLines.Write(paper)) : Shown(paper));
                }

                if (page.HasMore)
                {
                    surroundings.Error.WriteLine($"There are more; --limit shows up to {LargestLimit}.");
                }
                else if (page.Papers.Count == 0)
                {
                    surroundings.Error.WriteLine("No paper holds all these words.");
                }

                return ExitCode.Success;
            }
        });
        return command;
    }

    private static string Shown(PaperMetadata paper) =>
        $"{Line(paper.ArxivId)}  {Line(paper.Title)}\n    {Line(string.Join(", ", paper.Authors))}\n";

    // What comes from outside must not move a terminal's cursor.
    private static string Line(string text) => new([.. text.Select(character => char.IsControl(character) ? ' ' : character)]);
}
