using System.Globalization;

namespace Scorch.Reproductions;

/// <summary>What the handler of a <see cref="PaperCommand"/> is given.</summary>
public sealed class CommandContext
{
    private readonly PaperCommand _command;
    private readonly IReadOnlyDictionary<string, string> _values;

    /// <summary>Makes the context of one call.</summary>
    /// <param name="command">The command that is called.</param>
    /// <param name="values">What the user gave, by argument or option name, in invariant text; a flag that was given is <c>true</c>.</param>
    /// <param name="output">Results: standard output.</param>
    /// <param name="error">Progress and remarks: standard error.</param>
    /// <param name="data">Where data sets are found; null for the usual places.</param>
    /// <param name="cancellationToken">Stops the command.</param>
    /// <param name="progress">Where progress is shown; null for lines on <paramref name="error"/>.</param>
    /// <exception cref="UsageException">A value is unknown, missing, has the wrong type, or is not one of the choices.</exception>
    public CommandContext(
        PaperCommand command,
        IReadOnlyDictionary<string, string> values,
        TextWriter output,
        TextWriter error,
        DataLocator? data = null,
        CancellationToken cancellationToken = default,
        IProgress<RunProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(values);
        _command = command;
        Output = output;
        Error = error;
        Progress = progress ?? new ProgressLines(error);
        Data = data ?? DataLocator.Default;
        CancellationToken = cancellationToken;
        _values = Check(command, values);
    }

    /// <summary>Results: standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Remarks: standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Where long work says how far it is: a live bar on a terminal, plain lines elsewhere. A <see cref="TrainingView"/> passes on what a trainer reports.</summary>
    public IProgress<RunProgress> Progress { get; }

    /// <summary>Where data sets are found.</summary>
    public DataLocator Data { get; }

    /// <summary>Stops the command; check it in every long loop.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether an argument or option has a value, given or by default.</summary>
    /// <exception cref="ArgumentException">The command has none of this name.</exception>
    public bool Has(string name) => TextOrNull(name) is not null;

    /// <summary>The value of an argument or option in text, or null when it has none.</summary>
    /// <exception cref="ArgumentException">The command has none of this name.</exception>
    public string? TextOrNull(string name) => KindOf(_command, name) is null
        ? throw new ArgumentException($"The command '{_command.Name}' has no argument or option '{name}'.", nameof(name))
        : _values.GetValueOrDefault(name);

    /// <summary>The value of an argument or option in text.</summary>
    /// <exception cref="UsageException">It has no value.</exception>
    public string Text(string name) => TextOrNull(name) ?? throw new UsageException($"{_command.Name}: '{name}' must be given.");

    /// <summary>The comma-separated values of an option, trimmed, empty ones left out; an empty list when it has no value.</summary>
    public IReadOnlyList<string> List(string name) =>
        TextOrNull(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The value of an integer argument or option.</summary>
    /// <exception cref="UsageException">It has no value, or the value does not fit 32 bits.</exception>
    public int Integer(string name) => int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new UsageException($"{_command.Name}: '{name}' is '{Text(name)}'; expected an integer between {int.MinValue} and {int.MaxValue}.");

    /// <summary>The value of a real argument or option.</summary>
    /// <exception cref="UsageException">It has no value.</exception>
    public double Number(string name) => double.Parse(Text(name), CultureInfo.InvariantCulture);

    /// <summary>Whether a flag was given.</summary>
    public bool Flag(string name) => TextOrNull(name) == "true";

    private static ValueKind? KindOf(PaperCommand command, string name) =>
        command.Arguments.FirstOrDefault(a => a.Name == name)?.Kind ?? command.Options.FirstOrDefault(o => o.Name == name)?.Kind;

    private static Dictionary<string, string> Check(PaperCommand command, IReadOnlyDictionary<string, string> given)
    {
        foreach (var name in given.Keys)
        {
            if (KindOf(command, name) is null)
            {
                throw new UsageException($"{command.Name}: there is no argument or option '{name}'.");
            }
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var argument in command.Arguments)
        {
            Take(argument.Name, argument.Kind, null, argument.IsRequired, null);
        }

        foreach (var option in command.Options)
        {
            Take("--" + option.Name, option.Kind, option.DefaultValue, option.IsRequired, option.Choices);
        }

        return values;

        void Take(string shown, ValueKind kind, string? defaultValue, bool isRequired, IReadOnlyList<string>? choices)
        {
            var name = shown.TrimStart('-');
            var value = given.GetValueOrDefault(name) ?? defaultValue;
            if (value is null)
            {
                if (isRequired)
                {
                    throw new UsageException($"{command.Name}: {shown} must be given.");
                }

                return;
            }

            var expected = kind switch
            {
                ValueKind.Integer when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "an integer",
                ValueKind.Number when !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) => "a finite number",
                ValueKind.Flag when value is not ("true" or "false") => "true or false",
                _ when choices is { Count: > 0 } && !choices.Contains(value) => "one of " + string.Join(", ", choices),
                _ => null,
            };
            values[name] = expected is null ? value : throw new UsageException($"{command.Name}: {shown} is '{value}'; expected {expected}.");
        }
    }
}
