using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>The words that a masked language model finds likeliest at the target's place, the target itself left out.</summary>
/// <remarks>With <see cref="TargetCorruption.Dropout"/> this is the proposal step of BERT-LS (Zhou and others 2019). Scores are probabilities among whole words.</remarks>
public sealed class MaskedInfillingGenerator : ILexSubGenerator
{
    private readonly MaskedTarget model;
    private readonly MaskedInfillingConfig config;

    /// <summary>A generator.</summary>
    /// <param name="model">The model; it is put into evaluation mode.</param>
    /// <param name="tokenizer">Its tokeniser.</param>
    /// <param name="config">What it sees and how much it proposes.</param>
    /// <exception cref="ArgumentException">The tokeniser does not belong to the model, or a setting is out of range.</exception>
    public MaskedInfillingGenerator(BertMaskedLanguageModel model, WordPieceTokenizer tokenizer, MaskedInfillingConfig? config = null)
    {
        this.config = config ?? new();
        this.config.Validate();
        this.model = new(model, tokenizer);
    }

    /// <inheritdoc/>
    public bool GivesLemmas => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The word has no token in the vocabulary.</exception>
    public IReadOnlyList<Suggestion> Generate(LexSubQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var tokens = model.Encode(query, config.Window);
        var scores = model.LogProbabilities(query, tokens, config);
        if (tokens.Target.Length == 1)
        {
            // The rest shares what the target had.
            var rest = Math.Log(1 - Math.Exp(scores[tokens.Target[0]]));
            scores[tokens.Target[0]] = double.NegativeInfinity;
            if (double.IsFinite(rest))
                for (var i = 0; i < scores.Length; i++) scores[i] -= rest;
        }
        var suggestions = new List<Suggestion>();
        var total = 0.0;
        foreach (var id in Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).Take(config.TopK))
        {
            var probability = Math.Exp(scores[id]);
            if (!(probability > 0) || (config.TopP < 1 && total >= config.TopP)) break;
            suggestions.Add(new(model.TokenOf(id), probability));
            total += probability;
        }
        return suggestions;
    }
}
