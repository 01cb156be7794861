using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>An attention's entry in the taxonomy.</summary>
public sealed record AttentionCard : ModuleCard
{
    /// <summary>Up to where position schemes may act on it.</summary>
    public PositionReach Positions { get; init; } = PositionReach.QueriesAndKeys;

    /// <summary>Builds it.</summary>
    public required Func<ModuleSite, XformerAttention> Create { get; init; }

    /// <summary>Options with which its growth is measured at a length; none for the defaults.</summary>
    internal Func<int, IReadOnlyDictionary<string, double>>? MeasuredOptions { get; init; }

    /// <summary>Brings a module built with the options of its reduction into the state that reduces.</summary>
    internal Action<XformerAttention> Tie { get; init; } = _ => { };

    /// <summary>What full attention gives with a module's weights, where it reduces.</summary>
    internal Func<XformerAttention, Tensor, AttentionScope, Tensor> Full { get; init; } = FullOf;

    private static Tensor FullOf(XformerAttention module, Tensor x, AttentionScope scope)
    {
        var (queries, keys, values) = ((HeadedAttention)module).Project(x, x);
        return FullAttention.Core(queries, keys, values, scope);
    }
}

/// <summary>Holds attentions to full attention where they say that they reduce to it.</summary>
public static class ReductionCheck
{
    /// <summary>The greatest difference between a module in its reducing state and full attention with the same weights, in float64.</summary>
    /// <param name="card">An attention with a reduction.</param>
    /// <param name="length">Positions; cut to the longest for which the reduction holds.</param>
    /// <param name="seed">Fixes weights and inputs.</param>
    /// <returns>Over outputs of a batch of two series, without a mask, with padding, and where it can with a causal mask.</returns>
    /// <exception cref="ArgumentException">The attention never reduces to full attention.</exception>
    public static double Difference(AttentionCard card, int length, long seed)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var reduction = card.ReducesToFullWhen ?? throw new ArgumentException($"{card.Name}: it never equals full attention.", nameof(card));
        length = Math.Min(length, reduction.LongestSequence);
        var spec = new ModuleSpec(card.Name, [.. reduction.Options(length).Select(entry => (entry.Key, entry.Value))]);
        var random = new RandomSource(seed);
        var module = card.Create(new()
        {
            Card = card,
            Options = new(card, spec),
            Features = 12,
            Heads = 3,
            Random = random,
            MaximumLength = length,
        });
        card.Tie(module);
        module.ConvertTo(DataType.Float64);
        module.Evaluate();
        var x = random.Normal([2, length, 12], dataType: DataType.Float64);
        var mask = Tensor.From([.. Enumerable.Range(0, 2 * length).Select(i => i != (2 * length) - 1)], [2, length]);
        var greatest = 0.0;
        foreach (var scope in new AttentionScope[] { new(), new(mask), new(isCausal: true) })
        {
            if (scope.IsCausal && !card.SupportsCausal) continue;
            // Where keys are compressed or padded, rows on padding are not compared: nothing reads them.
            var (own, full) = (module.Forward(x, null, scope, new()), module.Output.Forward(SurveyParts.Join(card.Full(module, x, scope))));
            var real = scope.KeyMask is null ? Tensor.Ones([2, length, 1], DataType.Float64) : scope.KeyMask.To(DataType.Float64).Unsqueeze(2);
            greatest = Math.Max(greatest, ((own - full) * real).Detach().Abs().Maximum().Item());
        }
        return greatest;
    }
}
