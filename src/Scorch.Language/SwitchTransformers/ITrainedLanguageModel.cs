using Scorch.Models.Generation;
using Scorch.Models.Transformers;

namespace Scorch.Language.SwitchTransformers;

/// <summary>A language model that <see cref="LmTrainer"/> trains and <see cref="LmEvaluation"/> judges.</summary>
public interface ITrainedLanguageModel : IAutoregressiveModel
{
    /// <summary>Mean cross-entropy of each token after the first, without losses of layers.</summary>
    /// <param name="windows">Int64 [batch, time + 1].</param>
    /// <param name="context">Where losses and statistics of layers go.</param>
    Tensor CrossEntropy(Tensor windows, TransformerContext? context = null);

    /// <summary>What training minimises: cross-entropy and every layer's own loss, such as the balance of experts.</summary>
    /// <param name="windows">Int64 [batch, time + 1].</param>
    /// <param name="context">Where losses and statistics of layers go.</param>
    Tensor TrainingLoss(Tensor windows, TransformerContext? context = null)
    {
        context ??= new();
        return context.Losses.Aggregate(CrossEntropy(windows, context), (sum, loss) => sum + loss);
    }
}
