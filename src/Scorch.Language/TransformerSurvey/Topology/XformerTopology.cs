using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A topology's entry in the taxonomy.</summary>
public sealed record TopologyCard : ModuleCard
{
    /// <summary>Whether it is causal by itself.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Whether it looks at a second series.</summary>
    public bool HasSource { get; init; }

    /// <summary>Whether it hands a memory from one segment to the next.</summary>
    public bool HasMemory { get; init; }

    /// <summary>Builds it.</summary>
    internal Func<TopologySite, XformerTopology> Create { get; init; } = _ => throw new InvalidOperationException("The card has no factory.");
}

/// <summary>What a topology computes from.</summary>
/// <param name="Hidden">[batch, time, features], positions added where they are added to the input.</param>
/// <param name="Scope">Which positions may look at which.</param>
/// <param name="Context">Tokens and further inputs; takes losses.</param>
public sealed record XformerInput(Tensor Hidden, AttentionScope Scope, TransformerContext Context)
{
    /// <summary>The second series [batch, keys, features], where the topology looks at one.</summary>
    public Tensor? Source { get; init; }

    /// <summary>Which of its positions are real; none for all.</summary>
    public AttentionScope? SourceScope { get; init; }

    /// <summary>What the segment before left; none for the first.</summary>
    public XformerMemory? Memory { get; init; }
}

/// <summary>What a topology gives.</summary>
/// <param name="Hidden">[batch, time, features].</param>
public sealed record XformerOutput(Tensor Hidden)
{
    /// <summary>Hidden states after each layer, normalised as the last ones, where the topology may be left early.</summary>
    public IReadOnlyList<Tensor> Exits { get; init; } = [];

    /// <summary>For the next segment, where the topology keeps one.</summary>
    public XformerMemory? Memory { get; init; }

    /// <summary>How long each position was worked on, where the topology decides it.</summary>
    public HaltingRecord? Halting { get; init; }
}

/// <summary>What a segment leaves to the next: the inputs of each attention, without gradients.</summary>
/// <param name="Recent">For each layer [batch, positions, features].</param>
/// <param name="Compressed">For each layer, what lies further back and was compressed [batch, positions, features]; empty where nothing is.</param>
public sealed record XformerMemory(IReadOnlyList<Tensor> Recent, IReadOnlyList<Tensor> Compressed);

/// <summary>How layers are put together.</summary>
public abstract class XformerTopology : Module
{
    private protected XformerTopology(TopologySite site) => Card = site.Card;

    /// <summary>Its entry in the taxonomy.</summary>
    public TopologyCard Card { get; }

    /// <summary>Runs the layers.</summary>
    /// <param name="input">Hidden states and masks.</param>
    /// <exception cref="ArgumentException">A second series or memory is missing, or not looked at; or a mask asks for what a module cannot do.</exception>
    public XformerOutput Forward(XformerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Source is null == Card.HasSource)
            throw new ArgumentException(Card.HasSource ? $"{Card.Name}: it looks at a second series; give one as the source." : $"{Card.Name}: it looks at no second series; leave the source out, or choose encoder-decoder.", nameof(input));
        if (input.Memory is not null && !Card.HasMemory)
            throw new ArgumentException($"{Card.Name}: it keeps no memory; leave it out, or choose transformer-xl or compressive.", nameof(input));
        if (input.Scope.IsCausal && !Card.SupportsCausal)
        {
            var able = TopologyCatalog.All.Where(other => other.SupportsCausal).Select(other => other.Name);
            throw new ArgumentException($"{Card.Name}: it cannot keep later tokens from earlier ones; for a causal model choose {string.Join(", ", able)}.", nameof(input));
        }
        return Run(Card.IsCausal && !input.Scope.IsCausal ? input with { Scope = new(input.Scope.KeyMask, isCausal: true, input.Scope.Bias) } : input);
    }

    private protected abstract XformerOutput Run(XformerInput input);
}
