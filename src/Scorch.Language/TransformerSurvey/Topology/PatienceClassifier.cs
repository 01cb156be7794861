using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A class of a series, and after how many layers it was sure of it.</summary>
/// <param name="Class">The class.</param>
/// <param name="Layers">Layers that ran.</param>
public readonly record struct PatientPrediction(int Class, int Layers);

/// <summary>
/// Patience-based early exit (PABEE; Zhou et al. 2020, arXiv 2006.04152): a classifier after every layer; a series leaves once as many classifiers in a row as
/// the patience agree with the one before.
/// </summary>
public sealed class PatienceClassifier : Module
{
    /// <summary>A classifier with random weights.</summary>
    /// <param name="spec">A specification whose topology is early-exit.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">The topology is another, or the specification is impossible.</exception>
    public PatienceClassifier(XformerSpec spec, int classes, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Model = Xformer.Build(spec, seed);
        if (Model.Topology is not StackTopology || Model.Topology.Card.Name != "early-exit")
            throw new ArgumentException($"PatienceClassifier: the topology is {Model.Topology.Card.Name}; choose early-exit.", nameof(spec));
        var random = new RandomSource(RandomSource.Derive(seed, 1));
        Classifiers = new(Enumerable.Range(0, spec.Layers).Select(_ => SurveyParts.Linear(spec.Dim, classes, random)));
    }

    /// <summary>The layers.</summary>
    public Xformer Model { get; }

    /// <summary>One a layer, of the mean state of the real positions.</summary>
    public ModuleList<Linear> Classifiers { get; }

    /// <summary>The mean of the classifiers' cross-entropies, each weighted by its layer's number (equation 4 of the paper).</summary>
    /// <param name="x">[batch, time, features].</param>
    /// <param name="labels">Int64 [batch].</param>
    /// <param name="scope">Which positions are real.</param>
    public Tensor Loss(Tensor x, Tensor labels, AttentionScope scope)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Tensor? sum = null;
        var layer = 0;
        foreach (var logits in Logits(x, scope, new()))
        {
            layer++;
            var loss = Losses.Loss.CrossEntropy(logits, labels) * layer;
            sum = sum is null ? loss : sum + loss;
        }
        return sum! / (layer * (layer + 1) / 2.0);
    }

    /// <summary>Classes of series, each from as few layers as the patience allows; layers that nobody waits for do not run.</summary>
    /// <param name="x">[batch, time, features].</param>
    /// <param name="scope">Which positions are real.</param>
    /// <param name="patience">Agreements in a row, at least 1; with as many as layers all run.</param>
    public IReadOnlyList<PatientPrediction> Predict(Tensor x, AttentionScope scope, int patience)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        using var mode = GradientMode.Disable();
        var (agreed, last, result) = (new int[x.Shape[0]], new long[x.Shape[0]], new PatientPrediction?[x.Shape[0]]);
        var layer = 0;
        foreach (var logits in Logits(x, scope, new()))
        {
            var classes = logits.ArgMax(1).ToArray<long>();
            for (var row = 0; row < classes.Length; row++)
            {
                agreed[row] = layer > 0 && classes[row] == last[row] ? agreed[row] + 1 : 0;
                last[row] = classes[row];
                if (result[row] is null && (agreed[row] >= patience || layer + 1 == Classifiers.Count)) result[row] = new((int)classes[row], layer + 1);
            }
            layer++;
            if (Array.TrueForAll(result, own => own is not null)) break;
        }
        return [.. result.Select(own => own!.Value)];
    }

    private IEnumerable<Tensor> Logits(Tensor x, AttentionScope scope, TransformerContext context)
    {
        var real = scope.KeyMask?.To(x.DataType).Unsqueeze(2);
        var layer = 0;
        foreach (var hidden in ((StackTopology)Model.Topology).Layers(new(Model.Position.AddToInput(x), scope, context)))
        {
            var mean = real is null ? hidden.Mean(1) : (hidden * real).Sum(1) / real.Sum(1).Clamp(minimum: 1);
            yield return Classifiers[layer++].Forward(mean);
        }
    }
}
