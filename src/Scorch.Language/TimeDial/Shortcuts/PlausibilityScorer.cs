namespace Scorch.Language.TimeDial;

/// <summary>How numeric plausibility is reckoned.</summary>
public sealed record PlausibilityConfig
{
    /// <summary>Width of a value's neighbourhood: of lengths and ages in natural logarithms, of clock times in hours.</summary>
    public double Width { get; init; } = 0.35;

    /// <summary>The share that values of the dialog itself have, beside the corpus's.</summary>
    public double DialogShare { get; init; } = 0.3;
}

/// <summary>Scores an option by its normalised value alone: how near it lies to values that people say, in a corpus and in the dialog itself.</summary>
/// <remarks>
/// <c>ln((1 - s) p_corpus(v) + s p_dialog(v))</c>, p a kernel density of the logarithm of seconds (lengths, ages) or of the hour (clock times, around
/// the clock), times the share of the kind. Options without a value have the share of their kind alone.
/// </remarks>
public sealed class PlausibilityScorer : IOptionScorer
{
    // Far from all values a density is 0; so much is left.
    private const double Floor = 1e-6;
    private readonly PlausibilityConfig config;
    private readonly ValueDensity corpus;

    /// <summary>A scorer.</summary>
    /// <param name="corpus">Where values come from.</param>
    /// <param name="config">Width and share.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public PlausibilityScorer(TemporalCorpus corpus, PlausibilityConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        this.config = config ?? new();
        if (!(this.config.Width > 0 && double.IsFinite(this.config.Width)) || !(this.config.DialogShare is >= 0 and <= 1))
            throw new ArgumentException($"PlausibilityConfig: Width is above 0, DialogShare 0 to 1 ({this.config}).", nameof(config));
        this.corpus = new(corpus.Spans.Select(span => span.Span), this.config.Width);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default) => new RuleScorer(Score).Score(questions, cancellationToken);

    private double[] Score(ClozeQuestion question)
    {
        var dialog = new ValueDensity(question.Conversation.SelectMany(TemporalTagger.Find), config.Width);
        var share = dialog.Count == 0 ? 0 : config.DialogShare;
        return [.. question.Options.Select(option => OptionFeatures.MainSpan(option) is { } span ? Math.Log(Floor + ((1 - share) * corpus.Of(span)) + (share * dialog.Of(span))) : Math.Log(Floor))];
    }

    private sealed class ValueDensity
    {
        private readonly Dictionary<TemporalKind, (int Count, double[] Values)> kinds;
        private readonly double width;

        public ValueDensity(IEnumerable<TemporalSpan> spans, double width)
        {
            this.width = width;
            kinds = spans.GroupBy(span => span.Kind).ToDictionary(group => group.Key, group => (group.Count(), group.Select(Value).OfType<double>().Order().ToArray()));
            Count = kinds.Values.Sum(kind => kind.Count);
        }

        public int Count { get; }

        public double Of(TemporalSpan span)
        {
            if (!kinds.TryGetValue(span.Kind, out var kind)) return 0;
            var share = (double)kind.Count / Count;
            if (Value(span) is not { } value || kind.Values.Length == 0) return share;
            var sum = 0.0;
            foreach (var other in kind.Values)
            {
                var distance = Math.Abs(value - other);
                if (span.Kind == TemporalKind.Clock) distance = Math.Min(distance, 24 - distance);
                sum += Math.Exp(-0.5 * distance * distance / (width * width));
            }
            return share * sum / kind.Values.Length;
        }

        private static double? Value(TemporalSpan span) => span.Seconds is not { } seconds ? null : span.Kind == TemporalKind.Clock ? seconds / 3600 : Math.Log(Math.Max(seconds, 1e-3));
    }
}
