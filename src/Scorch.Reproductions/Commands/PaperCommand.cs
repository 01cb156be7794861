namespace Scorch.Reproductions;

/// <summary>A positional argument of a paper's command.</summary>
/// <param name="Name">Name in the help, lower case.</param>
/// <param name="Description">One sentence for the user.</param>
/// <param name="Kind">Type of the value; not <see cref="ValueKind.Flag"/>.</param>
/// <param name="IsRequired">Whether it must be given; a required argument may not follow an optional one.</param>
public sealed record CommandArgument(string Name, string Description, ValueKind Kind = ValueKind.Text, bool IsRequired = true);

/// <summary>An option of a paper's command, written <c>--name value</c>, or <c>--name</c> alone for a flag.</summary>
/// <param name="Name">Name without the dashes, lower case, words joined by a dash.</param>
/// <param name="Description">One sentence for the user.</param>
/// <param name="Kind">Type of the value.</param>
/// <param name="DefaultValue">Default in invariant text; null when there is none.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="Choices">The allowed values; null when every value of the kind is allowed.</param>
public sealed record CommandOption(
    string Name,
    string Description,
    ValueKind Kind = ValueKind.Text,
    string? DefaultValue = null,
    bool IsRequired = false,
    IReadOnlyList<string>? Choices = null);

/// <summary>A command that a paper offers on the user's own files, described without any command-line library.</summary>
/// <remarks>
/// The handler reports wrong input by exceptions: <see cref="UsageException"/> and <see cref="ArgumentException"/> give exit code 2,
/// <see cref="MissingDataException"/> 3, <see cref="OperationCanceledException"/> 130, everything else 1.
/// </remarks>
public sealed record PaperCommand
{
    /// <summary>Name, lower case, e.g. <c>fit</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for the user.</summary>
    public required string Description { get; init; }

    /// <summary>The positional arguments, in order.</summary>
    public IReadOnlyList<CommandArgument> Arguments { get; init; } = [];

    /// <summary>The options.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>Does the work.</summary>
    public required Func<CommandContext, Task> Handler { get; init; }
}
