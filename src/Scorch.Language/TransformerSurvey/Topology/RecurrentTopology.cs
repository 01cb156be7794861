using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Recurrence over segments (Transformer-XL; Dai et al. 2019, arXiv 1901.02860, section 3.2): each attention looks at the inputs that it had in the segments
/// before as well, up to a number of positions, without gradients into them. With compression, what leaves that memory is compressed rather than forgotten
/// (Compressive Transformer; Rae et al. 2020, arXiv 1911.05507).
/// </summary>
/// <remarks>
/// Memory holds inputs as the attention entered them, normalised where the layout normalises first. Old memories are compressed by a convolution whose
/// stride is its width, trained by the attention-reconstruction loss alone: the attention's results on them before and after compression, its own weights and
/// queries held constant. The order is: compressed memory, memory, segment.
/// </remarks>
public sealed class RecurrentTopology : XformerTopology
{
    private readonly int length;
    private readonly int compressedLength;
    private readonly int rate;
    private readonly double reconstruction;

    internal RecurrentTopology(TopologySite site, bool compresses)
        : base(site)
    {
        Sublayers = new(StackTopology.Plain(site));
        Norm = site.Final();
        length = site.Options.Integer("memory");
        if (!compresses) return;
        if (Sublayers.Any(sublayer => sublayer.Attention is XformerAttention and not HeadedAttention))
            throw new ArgumentException("compressive: its reconstruction loss needs an attention with queries, keys and values; choose full, multi-query or a sparse one.", nameof(site));
        (compressedLength, rate, reconstruction) = (site.Options.Integer("compressed"), site.Options.Integer("rate"), site.Options.Number("reconstruction"));
        Compressions = new(Enumerable.Range(0, site.Layers).Select(_ => SurveyParts.Linear(rate * site.Features, site.Features, site.Random)));
    }

    /// <summary>In their order.</summary>
    public ModuleList<Sublayer> Sublayers { get; }

    /// <summary>For each layer the map of neighbouring old memories to one, if there is compression.</summary>
    public ModuleList<Linear>? Compressions { get; }

    /// <summary>After the last sublayer, if any.</summary>
    public Module? Norm { get; }

    private protected override XformerOutput Run(XformerInput input)
    {
        var (hidden, layer) = (input.Hidden, 0);
        var (recent, compressed) = (new List<Tensor>(), new List<Tensor>());
        foreach (var sublayer in Sublayers)
        {
            if (sublayer.Kind != SublayerKind.Attention)
            {
                hidden = sublayer.Forward(hidden, input);
                continue;
            }
            var entered = sublayer.Connection.Enter(hidden);
            var none = Tensor.Zeros([hidden.Shape[0], 0, hidden.Shape[2]], hidden.DataType);
            var (near, far) = (Held(input.Memory?.Recent, layer, none), Held(input.Memory?.Compressed, layer, none));
            var held = far.Shape[1] + near.Shape[1];
            hidden = sublayer.Attend(hidden, entered, Tensor.Concatenate([far, near, entered], 1), Widened(input.Scope, hidden.Shape[0], held), input.Context);
            var all = Tensor.Concatenate([near, entered.Detach()], 1);
            var leaving = Math.Max(0, all.Shape[1] - length);
            recent.Add(all.Narrow(1, leaving, all.Shape[1] - leaving));
            if (Compressions is not null)
                compressed.Add(Joined(far, all.Narrow(1, 0, leaving), Compressions[layer], sublayer, entered.Detach(), input.Context));
            layer++;
        }
        return new(Norm is null ? hidden : ((IForward)Norm).Forward(hidden)) { Memory = new(recent, compressed) };
    }

    private Tensor Held(IReadOnlyList<Tensor>? memory, int layer, Tensor none)
    {
        if (memory is null || memory.Count == 0) return none;
        var own = layer < memory.Count ? memory[layer] : null;
        return own is not null && own.Rank == 3 && own.Shape[0] == none.Shape[0] && own.Shape[2] == none.Shape[2]
            ? own.Detach()
            : throw new ArgumentException($"{Card.Name}: the memory of layer {layer} is {own?.Shape.ToString() ?? "missing"}; give what the segment before left, for the same batch.", nameof(memory));
    }

    /// <summary>The mask with positions of the memory, all of them real.</summary>
    private static AttentionScope Widened(AttentionScope scope, int batch, int held) => scope.KeyMask is null || held == 0
        ? scope
        : new(Tensor.Concatenate([Tensor.Full([batch, held], true, DataType.Bool), scope.KeyMask], 1), scope.IsCausal, scope.Bias);

    private Tensor Joined(Tensor far, Tensor leaving, Linear compression, Sublayer sublayer, Tensor queries, TransformerContext context)
    {
        var windows = leaving.Shape[1] / rate;
        if (windows == 0) return far;
        // The oldest positions that do not fill a window are dropped.
        var old = leaving.Narrow(1, leaving.Shape[1] - (windows * rate), windows * rate);
        var shorter = compression.Map(old.Reshape(old.Shape[0], windows, rate * old.Shape[2]));
        if (IsTraining && reconstruction > 0) context.AddLoss(Reconstruction(sublayer.Attention!, queries, old, shorter) * reconstruction);
        var all = Tensor.Concatenate([far, shorter.Detach()], 1);
        var kept = Math.Min(all.Shape[1], compressedLength);
        return all.Narrow(1, all.Shape[1] - kept, kept);
    }

    /// <summary>|attn(h, old) - attn(h, compressed)|^2 with gradients into the compression alone (algorithm 2 of the paper); content only, without positions.</summary>
    private static Tensor Reconstruction(Attention attention, Tensor queries, Tensor old, Tensor shorter)
    {
        var constant = ((XformerAttention)attention).NamedParameters().Select(entry => KeyValuePair.Create(entry.Name, entry.Parameter.Detach()));
        return FunctionalCall.Run(attention, new(constant), () =>
        {
            var own = (HeadedAttention)attention;
            Tensor Read(Tensor keys)
            {
                var (heads, from) = (own.Heads, SurveyParts.Split(own.Query.Forward(queries), own.Heads));
                var (to, values) = (SurveyParts.Split(own.Key.Forward(keys), own.KeyHeads), SurveyParts.Split(own.Value.Forward(keys), own.KeyHeads));
                return MaskedScores.Softmax((from / Math.Sqrt(from.Shape[3])).Times(to.T), null).Times(values);
            }
            return (Read(old).Detach() - Read(shorter)).Square().Mean();
        });
    }
}
