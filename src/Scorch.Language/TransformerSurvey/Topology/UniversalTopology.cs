using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>How long positions were worked on.</summary>
/// <param name="Weights">Of each step's states in the result: [batch, time, steps]; they sum to 1.</param>
/// <param name="Steps">Steps of each position: [batch, time].</param>
/// <param name="PonderCost">Mean over real positions of steps plus remainder, with a gradient through the remainder.</param>
public sealed record HaltingRecord(Tensor Weights, Tensor Steps, Tensor PonderCost);

/// <summary>
/// Universal Transformer with adaptive computation time (Dehghani et al. 2019, arXiv 1807.03819; Graves 2016, arXiv 1603.08983): one layer runs again and again;
/// each position halts once its halting probabilities reach 1 - epsilon, and its result is the mean of its states by those probabilities.
/// </summary>
/// <remarks>
/// <c>p_n = sigmoid(w h_n + b)</c>; the last step has the remainder <c>1 - sum p</c>. States of halted positions stay as they are for the others to see.
/// Each step has a sinusoid of its number added. The ponder cost, steps plus remainder, joins the training loss by its weight.
/// </remarks>
public sealed class UniversalTopology : XformerTopology
{
    private readonly int steps;
    private readonly double threshold;
    private readonly double ponder;

    internal UniversalTopology(TopologySite site)
        : base(site)
    {
        steps = site.Layers;
        (threshold, ponder) = (1 - site.Options.Number("epsilon"), site.Options.Number("ponder"));
        Layer = new([site.Attention(0), .. site.FeedForward(0)]);
        (Halting, Norm) = (new(site.Features, 1, site.Random), site.Final());
        // Graves starts the bias at 1, so that a position halts early until it learns to wait.
        SurveyParts.Set(Halting.Bias!, Tensor.Ones([1]));
    }

    /// <summary>The one layer.</summary>
    public ModuleList<Sublayer> Layer { get; }

    /// <summary>To halting logits.</summary>
    public Linear Halting { get; }

    /// <summary>After the last step, if any.</summary>
    public Module? Norm { get; }

    private protected override XformerOutput Run(XformerInput input)
    {
        var hidden = input.Hidden;
        var (batch, time, type) = (hidden.Shape[0], hidden.Shape[1], hidden.DataType);
        var signals = Positions.Sinusoidal(steps, hidden.Shape[2], type);
        var (reached, running) = (Tensor.Zeros([batch, time], type), Tensor.Ones([batch, time], type));
        var (count, remainder, result) = (Tensor.Zeros([batch, time], type), Tensor.Zeros([batch, time], type), Tensor.ZerosLike(hidden));
        var weights = new List<Tensor>();
        for (var step = 0; step < steps; step++)
        {
            var before = hidden;
            var moved = hidden + signals.Select(0, step);
            foreach (var sublayer in Layer) moved = sublayer.Forward(moved, input);
            var going = running.Unsqueeze(2);
            hidden = (moved * going) + (before * (1 - going));
            var probability = Halting.Map(moved).Squeeze(2).Sigmoid();
            var ends = step + 1 == steps
                ? running
                : running * (reached + probability).Detach().GreaterThan(threshold).To(type);
            var rest = 1 - reached;
            var weight = (ends * rest) + ((running - ends) * probability);
            remainder += ends * rest;
            count += running;
            result += hidden * weight.Unsqueeze(2);
            reached += (running - ends) * probability;
            running -= ends;
            weights.Add(weight);
            if (running.Sum().Item() == 0) break;
        }
        var cost = count + remainder;
        var mean = input.Scope.KeyMask is { } mask && mask.Shape[1] == time ? (cost * mask.To(type)).Sum() / mask.To(type).Sum() : cost.Mean();
        if (ponder > 0 && IsTraining) input.Context.AddLoss(mean * ponder);
        return new(Norm is null ? result : ((IForward)Norm).Forward(result)) { Halting = new(Tensor.Stack(weights, 2), count, mean) };
    }
}
