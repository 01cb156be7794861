namespace Scorch.Language.HyperFormers;

/// <summary>Parts of a task whose test labels are hidden, as the paper makes them.</summary>
public static class GlueSplits
{
    /// <summary>From so many training examples on a task counts as large.</summary>
    public const int Large = 10_000;

    /// <summary>Training examples of a large task that are held out for validation.</summary>
    public const int HeldOut = 1_000;

    /// <summary>A task below <see cref="Large"/> training examples is validated on one half of its validation set and tested on the other; a larger one is validated on 1,000 training examples and tested on the validation set.</summary>
    /// <param name="train">Training examples.</param>
    /// <param name="validation">The validation set, two examples at least.</param>
    /// <param name="seed">Draws which; the same for every run that is compared.</param>
    /// <exception cref="ArgumentException">The validation set has fewer than two examples.</exception>
    public static (IReadOnlyList<T> Train, IReadOnlyList<T> Validation, IReadOnlyList<T> Test) Split<T>(IReadOnlyList<T> train, IReadOnlyList<T> validation, long seed = 42)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        if (validation.Count < 2) throw new ArgumentException($"GlueSplits: the validation set has {validation.Count} examples; two at least are needed.", nameof(validation));
        var random = new RandomSource(seed);
        if (train.Count < Large)
        {
            var (first, second) = Cut(validation, validation.Count / 2, random);
            return (train, first, second);
        }
        var (held, rest) = Cut(train, HeldOut, random);
        return (rest, held, validation);
    }

    /// <summary>So many examples by lot, and the others, each in their old order.</summary>
    internal static (IReadOnlyList<T> Drawn, IReadOnlyList<T> Others) Cut<T>(IReadOnlyList<T> examples, int count, RandomSource random)
    {
        var drawn = random.Permutation(examples.Count).Take(count).ToHashSet();
        return ([.. examples.Where((_, i) => drawn.Contains(i))], [.. examples.Where((_, i) => !drawn.Contains(i))]);
    }
}
