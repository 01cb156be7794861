using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>The three families of models as scorers.</summary>
/// <example><code>
/// TwoBestReport report = TwoBestEvaluator.Evaluate(set, OptionScorers.MaskFilling(model, tokenizer, lengthNormalize: true));
/// </code></example>
public static class OptionScorers
{
    /// <summary>Mask filling with the whole dialog.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokeniser.</param>
    /// <param name="lengthNormalize">The mean of token log-probabilities, else their sum.</param>
    public static MaskFillingScorer MaskFilling(IMaskedTokenModel model, ITokenizer tokenizer, bool lengthNormalize = true) =>
        new(model, tokenizer, new MaskFillingConfig { Length = lengthNormalize ? LengthHandling.Mean : LengthHandling.Sum });

    /// <summary>Mask filling with a model as it was trained or saved.</summary>
    /// <param name="model">Model and tokeniser.</param>
    /// <param name="lengthNormalize">The mean of token log-probabilities, else their sum.</param>
    public static MaskFillingScorer MaskFilling(DialogModel<BertMaskedLanguageModel> model, bool lengthNormalize = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MaskFilling(model.Model, model.Tokenizer, lengthNormalize);
    }

    /// <summary>Classification with the whole dialog.</summary>
    /// <param name="model">Model and tokeniser.</param>
    public static ClassifierScorer Classification(DialogModel<BertClassifier> model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model.Model, model.Tokenizer);
    }

    /// <summary>Generation with the whole dialog.</summary>
    /// <param name="model">Model and tokeniser.</param>
    /// <param name="lengthNormalize">The mean of token log-probabilities, else their sum.</param>
    public static GenerationScorer Generation(DialogModel<T5Model> model, bool lengthNormalize = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model.Model, model.Tokenizer, new GenerationConfig { Length = lengthNormalize ? LengthHandling.Mean : LengthHandling.Sum });
    }

    /// <summary>Any other model by its scores, a JSON object a line.</summary>
    /// <param name="path">The file; see <see cref="JsonLineScorer"/>.</param>
    public static JsonLineScorer JsonLines(string path) => JsonLineScorer.Load(path);
}
