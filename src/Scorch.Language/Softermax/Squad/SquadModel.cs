using Scorch.Checkpoints;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.Softermax;

/// <summary>BERT that finds an answer in a text: logits of the answer's first and last token (Devlin et al. 2019, section 4.2).</summary>
public sealed class BertSpanModel : Module
{
    /// <summary>A model around a BERT.</summary>
    /// <param name="bert">The BERT.</param>
    /// <param name="random">Draws the head.</param>
    public BertSpanModel(BertModel bert, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(bert);
        (Bert, QaOutputs) = (bert, new(bert.Config.Features, 2, random));
        using var mode = Autograd.GradientMode.Disable();
        QaOutputs.Weight.CopyFrom(random.Normal(QaOutputs.Weight.Shape, 0, bert.Config.InitialDeviation));
        QaOutputs.Bias!.FillInPlace(0);
    }

    /// <summary>The BERT.</summary>
    public BertModel Bert { get; }

    /// <summary>The head, <c>qa_outputs</c> in published files.</summary>
    public Linear QaOutputs { get; }

    /// <summary>Logits of first and last tokens.</summary>
    /// <param name="tokenIds">Int64 [batch, time], 0 where there is no token.</param>
    /// <param name="segments">Int64 [batch, time]: 1 in the paragraph.</param>
    /// <returns>Two tensors [batch, time].</returns>
    public (Tensor Starts, Tensor Ends) Forward(Tensor tokenIds, Tensor segments)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        var logits = QaOutputs.Forward(Bert.Forward(tokenIds, tokenIds.NotEqual(0), segments));
        return (logits.Select(2, 0), logits.Select(2, 1));
    }

    /// <summary>A published pre-trained BERT with a new head.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="random">Draws head and dropout.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static BertSpanModel LoadPretrained(string folder, RandomSource random) => new(BertClassifier.LoadPretrained(folder, 2, random).Bert, random);
}
