namespace Scorch.Language.TransformerSurvey;

/// <summary>A module's option values, given ones and defaults, checked.</summary>
public sealed class ModuleOptions
{
    private readonly string module;
    private readonly Dictionary<string, double> values = new(StringComparer.Ordinal);

    /// <summary>Takes the defaults of a card and the values of a choice.</summary>
    /// <param name="card">The module.</param>
    /// <param name="spec">What was chosen.</param>
    /// <exception cref="ArgumentException">An option is unknown (the nearest is named), out of range, or no whole number.</exception>
    public ModuleOptions(ModuleCard card, ModuleSpec spec)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(spec);
        module = card.Name;
        foreach (var option in card.Options) values[option.Name] = option.Default;
        foreach (var (name, value) in spec.Options)
        {
            var option = card.Options.FirstOrDefault(known => known.Name == name) ?? throw new ArgumentException(card.Options.Count == 0
                ? $"{card.Name}: it has no options; '{name}' was given."
                : $"{card.Name}: there is no option '{name}'. {NearestName.Suggestion(name, card.Options.Select(known => known.Name))}", name);
            if (!(value >= option.Minimum && value <= option.Maximum) || (option.IsWhole && value != Math.Floor(value)))
                throw new ArgumentException($"{card.Name}: {name} is {value}; give a {(option.IsWhole ? "whole " : "")}number from {option.Minimum} to {option.Maximum}.", name);
            values[name] = value;
        }
    }

    /// <summary>An option's value.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The module has no such option.</exception>
    public double Number(string name) => values.TryGetValue(name, out var value) ? value : throw new ArgumentException($"{module}: there is no option '{name}'.", nameof(name));

    /// <summary>A whole option's value.</summary>
    /// <param name="name">Its name.</param>
    public int Integer(string name) => (int)Number(name);
}

/// <summary>Where a module is built: sizes, options and random numbers.</summary>
public sealed record ModuleSite
{
    /// <summary>The module.</summary>
    public required ModuleCard Card { get; init; }

    /// <summary>Its options' values.</summary>
    public required ModuleOptions Options { get; init; }

    /// <summary>Features of the hidden states, D.</summary>
    public required int Features { get; init; }

    /// <summary>Attention heads, h.</summary>
    public required int Heads { get; init; }

    /// <summary>Draws weights and fixed projections.</summary>
    public required RandomSource Random { get; init; }

    /// <summary>The longest sequence, where a module has a table of that size.</summary>
    public int MaximumLength { get; init; } = 512;

    /// <summary>Its layer, from 0.</summary>
    public int Layer { get; init; }

    /// <summary>What an attention has to respect; none where positions come in elsewhere.</summary>
    public PositionScheme? Position { get; init; }

    /// <summary>Trained keys and values that an attention looks at beside those of the series (all-attention); 0 for none.</summary>
    public int PersistentVectors { get; init; }
}
