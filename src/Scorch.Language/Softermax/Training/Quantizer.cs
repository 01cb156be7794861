using Scorch.Models.Quantization;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.Softermax;

/// <summary>Puts rounding and Softermax into a model as it stands; weights are not touched.</summary>
/// <example><code>
/// var quantized = Quantizer.Insert(model, new QatConfig { Bits = 8, Softmax = SoftermaxConfig.Paper });
/// quantized.Calibrate(fewBatches, batch => model.Forward(batch));
/// // Train on as before: forward passes are rounded, gradients pass straight through.
/// </code></example>
public static class Quantizer
{
    /// <summary>Rounds the operands of every affine map and attention, and gives every attention Softermax.</summary>
    /// <param name="model">A model whose maps are <see cref="Linear"/> and whose attentions follow <see cref="Attention.Arithmetic"/>.</param>
    /// <param name="config">What is rounded.</param>
    /// <exception cref="ArgumentException">The configuration is impossible, the model has neither maps nor attentions, or it was quantised before.</exception>
    public static QuantizedNetwork Insert(Module model, QatConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        var modules = model.NamedModules().Select(entry => entry.Module).ToArray();
        if (modules.Any(module => module is ITransformable { Operands: not null } or Attention { Arithmetic: not null }))
            throw new ArgumentException("Quantizer: the model was quantised before; Remove that first.", nameof(model));
        var grids = new List<CalibratedGrid>();
        var diagnostics = new SoftermaxDiagnostics();
        var found = 0;
        foreach (var module in modules)
        {
            if (module is Attention attention)
            {
                var arithmetic = new QuantizedAttention(config, diagnostics);
                attention.Arithmetic = arithmetic;
                grids.AddRange(arithmetic.Grids());
                found++;
            }
            else if (module is ITransformable layer && IsRounded(layer, config))
            {
                var operands = new QuantizedOperands(config.Bits, roundsInput: layer is not Embedding);
                layer.Operands = operands;
                if (operands.InputGrid is not null) grids.Add(operands.InputGrid);
                if (layer is not (Embedding or LayerNorm)) found++;
            }
        }
        return found > 0
            ? new(model, config, grids, diagnostics)
            : throw new ArgumentException("Quantizer: the model has no affine map and no attention that can be rounded.", nameof(model));
    }

    private static bool IsRounded(ITransformable layer, QatConfig config) => layer switch
    {
        Embedding => !config.KeepEmbeddingsInFloat,
        LayerNorm => !config.KeepLayerNormInFloat,
        _ => true,
    };
}

/// <summary>A model with rounding in it.</summary>
public sealed class QuantizedNetwork
{
    private readonly IReadOnlyList<CalibratedGrid> grids;

    internal QuantizedNetwork(Module model, QatConfig config, IReadOnlyList<CalibratedGrid> grids, SoftermaxDiagnostics diagnostics) =>
        (Model, Config, this.grids, Diagnostics) = (model, config, grids, diagnostics);

    /// <summary>The model; its state now has the activations' ranges too.</summary>
    public Module Model { get; }

    /// <summary>What is rounded.</summary>
    public QatConfig Config { get; }

    /// <summary>What Softermax's units met since the model was made.</summary>
    public SoftermaxDiagnostics Diagnostics { get; }

    /// <summary>Finds the activations' ranges. Nothing is rounded meanwhile but the softmax; the model runs in evaluation mode and is then as it was.</summary>
    /// <typeparam name="TBatch">A batch.</typeparam>
    /// <param name="batches">A few batches that stand for the data.</param>
    /// <param name="forward">Runs the model on one.</param>
    /// <exception cref="ArgumentException">There is no batch, or an activation is not finite.</exception>
    public void Calibrate<TBatch>(IEnumerable<TBatch> batches, Action<TBatch> forward)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(forward);
        var wasTraining = Model.IsTraining;
        var count = 0;
        Model.Evaluate();
        foreach (var grid in grids) grid.BeginCalibration();
        try
        {
            using var mode = Autograd.GradientMode.Disable();
            foreach (var batch in batches)
            {
                forward(batch);
                count++;
            }
        }
        finally
        {
            foreach (var grid in grids) grid.EndCalibration(Config.Calibrate);
            if (wasTraining) Model.Train();
        }
        if (count == 0) throw new ArgumentException("Calibrate: there is no batch; give a few that stand for the data.", nameof(batches));
    }

    /// <summary>Takes the rounding out again; the weights stay as they are.</summary>
    public void Remove()
    {
        foreach (var (_, module) in Model.NamedModules().ToArray())
        {
            if (module is ITransformable layer) layer.Operands = null;
            if (module is Attention attention) attention.Arithmetic = null;
        }
    }
}

/// <summary>Rounds a layer's input to a calibrated grid and its weight to the grid of its own greatest magnitude.</summary>
public sealed class QuantizedOperands : OperandTransform
{
    private readonly int bits;

    internal QuantizedOperands(int bits, bool roundsInput)
    {
        this.bits = bits;
        if (roundsInput) InputGrid = new(bits);
    }

    /// <summary>The input's grid, if the input is rounded.</summary>
    [Name("input")]
    public CalibratedGrid? InputGrid { get; }

    /// <inheritdoc/>
    public override Tensor Input(Tensor x) => InputGrid is null ? x : InputGrid.Forward(x);

    /// <inheritdoc/>
    public override Tensor Weight(Tensor weight)
    {
        var (least, greatest) = FakeQuantization.Range(weight);
        return FakeQuantization.Apply(weight, QuantizationGrid.Symmetric(Math.Max(-least, greatest), bits));
    }
}

/// <summary>An attention whose products have rounded operands and whose weights come from Softermax, or from the ordinary softmax, rounded.</summary>
public sealed class QuantizedAttention : AttentionArithmetic
{
    private readonly SoftermaxConfig? softmax;
    private readonly SoftermaxDiagnostics diagnostics;

    internal QuantizedAttention(QatConfig config, SoftermaxDiagnostics diagnostics)
    {
        (softmax, this.diagnostics) = (config.Softmax, diagnostics);
        (Queries, Keys, Values) = (new(config.Bits), new(config.Bits), new(config.Bits));
        // Softermax's results are on a grid of few bits already.
        if (softmax is null) AttentionWeights = new(config.Bits);
    }

    /// <summary>The queries' grid.</summary>
    public CalibratedGrid Queries { get; }

    /// <summary>The keys' grid.</summary>
    public CalibratedGrid Keys { get; }

    /// <summary>The values' grid.</summary>
    public CalibratedGrid Values { get; }

    /// <summary>The weights' grid, where the softmax is the ordinary one.</summary>
    [Name("weights")]
    public CalibratedGrid? AttentionWeights { get; }

    internal IEnumerable<CalibratedGrid> Grids() => AttentionWeights is null ? [Queries, Keys, Values] : [Queries, Keys, Values, AttentionWeights];

    /// <inheritdoc/>
    public override Tensor Operand(Tensor operand, AttentionOperand kind) => kind switch
    {
        AttentionOperand.Queries => Queries.Forward(operand),
        AttentionOperand.Keys => Keys.Forward(operand),
        AttentionOperand.Values => Values.Forward(operand),
        AttentionOperand.Weights => AttentionWeights is null ? operand : AttentionWeights.Forward(operand),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "QuantizedAttention: none of the named operands."),
    };

    /// <inheritdoc/>
    public override Tensor Weights(Tensor scores, Tensor? allowed)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (softmax is not null) return Softermax.Apply(scores, allowed, softmax, diagnostics);
        return (allowed is null ? scores : Tensor.Where(allowed, scores, Tensor.Full([], double.NegativeInfinity, scores.DataType))).Softmax(-1);
    }
}
