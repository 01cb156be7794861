using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>Gives the adapters of a task, by its number.</summary>
internal interface IAdapterSource
{
    /// <summary>Tasks known.</summary>
    int TaskCount { get; }

    /// <summary>The adapters of a task in the encoder, or in the decoder.</summary>
    StackAdapters Adapters(int task, bool isDecoder);
}

/// <summary>Further inputs of one pass: the number of each row's task, and the adapters that were generated for the pass, once for each stack and task.</summary>
internal sealed class TaskPass : Dictionary<string, Tensor>
{
    public TaskPass(Tensor tasks) => this[AdapterSite.TaskCondition] = tasks;

    public Dictionary<(int Task, bool IsDecoder), StackAdapters> Generated { get; } = [];
}

/// <summary>A place of a block after which an adapter follows.</summary>
internal sealed class AdapterSite(IAdapterSource source, bool isDecoder, int layer, AdapterPosition position)
{
    /// <summary>The condition that holds the number of each row's task: int64 [batch].</summary>
    public const string TaskCondition = "task";

    /// <summary>Applies to every row the adapter of its task; rows of one task go through it together.</summary>
    public Tensor Apply(Tensor x, TransformerContext context)
    {
        var tasks = Tasks(context, x.Shape[0]);
        var groups = Enumerable.Range(0, tasks.Length).GroupBy(row => tasks[row]).ToArray();
        if (groups.Length == 1) return Adapter(groups[0].Key, context).Apply(x);
        var parts = Array.ConvertAll(groups, rows => Adapter(rows.Key, context).Apply(x.IndexSelect(0, Tensor.From(rows.Select(row => (long)row).ToArray()))));
        var places = new long[tasks.Length];
        var next = 0;
        foreach (var row in groups.SelectMany(rows => rows)) places[row] = next++;
        return Tensor.Concatenate(parts).IndexSelect(0, Tensor.From(places));
    }

    private AdapterLayer Adapter(long task, TransformerContext context)
    {
        var number = (int)task;
        if (context.Conditions is not TaskPass pass) return source.Adapters(number, isDecoder)[layer, position];
        if (!pass.Generated.TryGetValue((number, isDecoder), out var adapters)) pass.Generated[(number, isDecoder)] = adapters = source.Adapters(number, isDecoder);
        return adapters[layer, position];
    }

    private long[] Tasks(TransformerContext context, int rows)
    {
        if (!context.Conditions.TryGetValue(TaskCondition, out var condition))
            throw new ArgumentException($"HyperFormer: no tasks were given; put the number of each row's task, int64 [{rows}], into TransformerContext.Conditions[\"{TaskCondition}\"].", nameof(context));
        if (condition.DataType != DataType.Int64 || condition.Shape != [rows])
            throw new ArgumentException($"HyperFormer: the tasks are {condition.DataType} {condition.Shape} for {rows} rows; give int64 [{rows}].", nameof(context));
        var tasks = condition.ToArray<long>();
        foreach (var task in tasks)
            if (task < 0 || task >= source.TaskCount) throw new ArgumentException($"HyperFormer: there is no task {task}; tasks have the numbers 0 to {source.TaskCount - 1}.", nameof(context));
        return tasks;
    }
}

/// <summary>A feed-forward part with an adapter behind it.</summary>
internal sealed class AdaptedFeedForward(FeedForward inner, Func<Tensor, TransformerContext, Tensor> adapter) : FeedForward
{
    [Name("")]
    public FeedForward Inner { get; } = inner;

    public override Tensor Forward(Tensor hidden, TransformerContext context) => adapter(Inner.Forward(hidden, context), context);
}

/// <summary>An attention with an adapter behind it.</summary>
internal sealed class AdaptedAttention(Attention inner, Func<Tensor, TransformerContext, Tensor> adapter) : Attention
{
    [Name("")]
    public Attention Inner { get; } = inner;

    public override bool SupportsCache => Inner.SupportsCache;

    public override Tensor? SharedBias(int queries, int keys) => Inner.SharedBias(queries, keys);

    public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null) =>
        adapter(Inner.Forward(hidden, memory, scope, context, cache), context);
}

/// <summary>Puts adapters into a T5: after self-attention and feed-forward part of every block, inside the residual branch; not after cross-attention.</summary>
internal static class AdapterPlaces
{
    /// <summary>Puts adapters in.</summary>
    /// <param name="backbone">The T5, changed in place.</param>
    /// <param name="adapter">Makes the adapter of a place.</param>
    /// <exception cref="ArgumentException">A block lacks a part, or has an adapter already.</exception>
    public static void Attach(T5Model backbone, Func<bool, int, AdapterPosition, Func<Tensor, TransformerContext, Tensor>> adapter)
    {
        Check(backbone);
        backbone.Replace(new()
        {
            Attention = site => site.Kind == AttentionKind.Cross
                ? site.CreateDefault()
                : new AdaptedAttention(site.CreateDefault(), adapter(site.Kind == AttentionKind.Causal, site.Layer, AdapterPosition.SelfAttention)),
            FeedForward = site => new AdaptedFeedForward(site.CreateDefault(), adapter(site.IsDecoder, site.Layer, AdapterPosition.FeedForward)),
        });
    }

    private static void Check(T5Model backbone)
    {
        foreach (var stack in (T5Stack[])[backbone.Encoder, backbone.Decoder])
        {
            for (var layer = 0; layer < stack.Block.Count; layer++)
            {
                var (block, name) = (stack.Block[layer], $"{(stack.IsDecoder ? "decoder" : "encoder")} block {layer}");
                // Parts may be replaced by code that does not heed nullability.
                if (block.SelfAttention?.SelfAttention is null) throw Cannot($"{name} has no self-attention");
                if (block.FeedForward?.FeedForward is null) throw Cannot($"{name} has no FFN");
                if (block.SelfAttention.SelfAttention is AdaptedAttention || block.FeedForward.FeedForward is AdaptedFeedForward)
                    throw Cannot($"{name} has adapters already; give a T5 of its own to every set of adapters");
            }
        }

        static ArgumentException Cannot(string why) => new($"HyperFormer: cannot attach: {why}.", nameof(backbone));
    }
}
