using Scorch.Models.Training;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>The expressions of a corpus in tokens, each with its dialog around it, ready to be masked, classified or generated.</summary>
internal sealed class TemporalExamples
{
    private readonly TemporalCorpus corpus;
    private readonly ITokenizer tokenizer;
    private readonly DistractorSampler sampler;
    private readonly int length;
    private readonly int[][][] turns;

    public TemporalExamples(TemporalCorpus corpus, ITokenizer tokenizer, int length)
    {
        (this.corpus, this.tokenizer, this.length) = (corpus, tokenizer, length);
        sampler = new(corpus);
        turns = [.. corpus.Dialogs.Select((dialog, number) => corpus.SpansOf(number).Count == 0 ? [] : dialog.Select(turn => tokenizer.Encode(turn)).ToArray())];
        var fitting = corpus.Spans.Where(span => tokenizer.Encode(span.Span.Text) is { Length: > 0 } ids && ids.Length <= length / 2).ToList();
        // TimeDial's gaps have numerals: "today" and its like teach nothing about them. Where a corpus has no numeral, all count.
        var numeric = fitting.Where(span => OptionFeatures.Numbers(span.Span.Text).Count > 0).ToList();
        Spans = numeric.Count > 0 ? numeric : fitting;
    }

    public IReadOnlyList<DialogSpan> Spans { get; }

    /// <summary>The gap that an expression leaves, and its own tokens; the dialog is cut to what is read.</summary>
    public (GapTokens Around, int[] Span) Gap(DialogSpan span, int reserved = 0)
    {
        var (dialog, turn) = (turns[span.Dialog], corpus.Dialogs[span.Dialog][span.Turn]);
        var own = tokenizer.Encode(span.Span.Text);
        var around = GapTokens.Of(
            [.. dialog.Take(span.Turn).SelectMany(ids => ids)], tokenizer.Encode(turn[..span.Span.Start]), tokenizer.Encode(turn[span.Span.End..]), [.. dialog.Skip(span.Turn + 1).SelectMany(ids => ids)],
            length - 2 - Math.Max(own.Length, reserved));
        return (around, own);
    }

    /// <summary>The whole expression masked, or random tokens of its dialog (BERT's shares), by a draw.</summary>
    public MaskedExample Masked(DialogSpan span, double spanShare, MaskingConfig masking, int first, int last, RandomSource random)
    {
        var isWhole = random.NextDouble() < spanShare;
        var (around, own) = Gap(span);
        int[] left = [first, .. around.Left], right = [.. around.Right, last];
        if (isWhole) return MaskFilling.Example(new(left, own, right), masking.MaskToken);
        var masked = TokenMasking.Mask([.. left, .. own, .. right], masking, random);
        return new(masked.Inputs, masked.Labels);
    }

    /// <summary>The right filling and wrong ones by the three rules in turn; where a rule makes none, a free one stands in.</summary>
    public IEnumerable<(MarkedSpan Text, bool IsCorrect)> Marked(DialogSpan span, int negatives, RandomSource random)
    {
        var texts = new List<string> { span.Span.Text };
        for (var i = 0; i < negatives; i++)
        {
            var rule = DistractorRules.All[(int)random.NextInt64(DistractorRules.All.Count)];
            if ((sampler.Draw(rule, span.Dialog, span.Span, random, texts) ?? sampler.Draw(DistractorRule.Open, span.Dialog, span.Span, random, texts)) is { } text) texts.Add(text);
        }
        int[][] fillings = [.. texts.Select(text => tokenizer.Encode(text)).Where(ids => ids.Length > 0 && ids.Length <= length / 2)];
        var (around, _) = Gap(span, fillings.Max(ids => ids.Length));
        return fillings.Select((ids, i) => (MarkedSpan.Of(tokenizer, around, ids), i == 0));
    }

    public (int[] Source, int[] Target) Generated(DialogSpan span)
    {
        var (around, own) = Gap(span);
        return (GenerationScorer.Source(tokenizer, around), GenerationScorer.Target(tokenizer, own));
    }
}
