using Scorch.Data;
using Scorch.Training;

namespace Scorch.Language.Softermax;

/// <summary>How a trained network goes on.</summary>
internal enum RecipeArm
{
    /// <summary>In floating point with the ordinary softmax.</summary>
    Float,

    /// <summary>Rounded, with the ordinary softmax.</summary>
    RoundedSoftmax,

    /// <summary>Rounded, with Softermax, not trained on.</summary>
    DropIn,

    /// <summary>Rounded, with Softermax, trained on.</summary>
    Softermax,
}

/// <summary>What an arm reached.</summary>
/// <param name="Rate">The rate that did best on the validation part; 0 where nothing was trained.</param>
/// <param name="Validation">Accuracy there.</param>
/// <param name="Test">Accuracy on the test part.</param>
/// <param name="State">Parameters, and ranges where the network is rounded.</param>
/// <param name="Diagnostics">What Softermax's units met, if they were there.</param>
internal sealed record RecipeResult(double Rate, double Validation, double Test, IReadOnlyDictionary<string, Tensor> State, SoftermaxDiagnostics? Diagnostics);

/// <summary>Takes a trained network on in one of four ways; each way that trains has the same rates to choose from.</summary>
internal sealed class SoftermaxRecipe(TensorDataSet train, TensorDataSet validation, TensorDataSet test, SoftermaxTraining training, SoftermaxConfig softmax, int batch, IReadOnlyList<double> rates)
{
    public static string NameOf(RecipeArm arm) => arm switch
    {
        RecipeArm.Float => "float, ordinary softmax, trained on",
        RecipeArm.RoundedSoftmax => "rounded, ordinary softmax, trained on",
        RecipeArm.DropIn => "rounded, Softermax, not trained on",
        _ => "rounded, Softermax, trained on",
    };

    /// <summary>Runs an arm on networks that <paramref name="create"/> makes with the trained weights.</summary>
    public RecipeResult Run(RecipeArm arm, Func<SentenceNetwork> create, long seed, Func<string, IProgress<TrainingProgress>?> progress, CancellationToken cancellationToken)
    {
        RecipeResult? best = null;
        foreach (var rate in arm == RecipeArm.DropIn ? [0] : rates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var network = create();
            var quantized = arm == RecipeArm.Float ? null : Quantize(network, arm, seed);
            if (rate > 0) network.Fit(train, training.Epochs, batch, rate, seed, progress($"{NameOf(arm)}, rate {rate:G2}"), cancellationToken);
            var reached = network.Accuracy(validation);
            // The test part is looked at by the chosen network alone.
            if (best is null || reached > best.Validation)
                best = new(rate, reached, double.NaN, network.Snapshot(), arm is RecipeArm.DropIn or RecipeArm.Softermax ? quantized!.Diagnostics : null);
        }
        var chosen = create();
        if (arm != RecipeArm.Float) Quantizer.Insert(chosen.Module, Config(arm));
        chosen.Module.LoadState(best!.State);
        return best with { Test = chosen.Accuracy(test) };
    }

    private QatConfig Config(RecipeArm arm) => training.Quantization(softmax) is var config && arm == RecipeArm.RoundedSoftmax ? config with { Softmax = null } : config;

    private QuantizedNetwork Quantize(SentenceNetwork network, RecipeArm arm, long seed)
    {
        var quantized = Quantizer.Insert(network.Module, Config(arm));
        network.Calibrate(quantized, train, training.CalibrationBatches, batch, seed);
        return quantized;
    }
}
