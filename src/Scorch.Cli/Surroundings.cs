using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary>What the commands work with: the catalogue, the two streams and the places where data lie.</summary>
internal sealed record Surroundings(Catalog Catalog, TextWriter Output, TextWriter Error, DataLocator Data, string DataRoot, HttpClient Http)
{
    /// <summary>Widest line of a table where the output is no terminal.</summary>
    private const int FileWidth = 200;

    /// <summary>Whether standard error is a terminal, so that live progress makes sense.</summary>
    public bool ErrorIsTerminal => ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>A console on standard output: colours and the terminal's width on a terminal, plain text elsewhere.</summary>
    public IAnsiConsole OutputConsole() => ConsoleOn(Output, ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected);

    /// <summary>A console on standard error.</summary>
    public IAnsiConsole ErrorConsole() => ConsoleOn(Error, ErrorIsTerminal);

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
        {
            console.Profile.Width = FileWidth;
        }

        return console;
    }
}
