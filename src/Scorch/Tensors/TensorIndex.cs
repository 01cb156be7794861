namespace Scorch;

/// <summary>One part of an index: a position, a range, an index tensor or mask, a new dimension, or "all the rest".</summary>
public readonly struct TensorIndex
{
    private TensorIndex(Kind kind) => Meaning = kind;

    internal enum Kind
    {
        Range,
        Position,
        Tensor,
        NewDimension,
        Rest,
    }

    /// <summary>As many whole dimensions as the other parts leave.</summary>
    public static TensorIndex Rest { get; } = new(Kind.Rest);

    /// <summary>A new dimension of size 1.</summary>
    public static TensorIndex NewDimension { get; } = new(Kind.NewDimension);

    internal Kind Meaning { get; private init; }

    internal Index Position { get; private init; }

    internal Range Range { get; private init; }

    internal int Step { get; private init; }

    internal Tensor? Tensor { get; private init; }

    /// <summary>A position; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(int position) =>
        new(Kind.Position) { Position = position < 0 ? new Index(-position, true) : position };

    /// <summary>A position, perhaps from the end: <c>^1</c>.</summary>
    public static implicit operator TensorIndex(Index position) => new(Kind.Position) { Position = position };

    /// <summary>A range: <c>..5</c>, <c>2..^1</c>.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Range) { Range = range, Step = 1 };

    /// <summary>An int64 tensor of positions, or a bool mask.</summary>
    public static implicit operator TensorIndex(Tensor tensor) => new(Kind.Tensor) { Tensor = tensor };

    /// <summary>Every <paramref name="step"/>-th position of a range.</summary>
    public static TensorIndex Every(int step, Range range) => step < 1
        ? throw new ArgumentOutOfRangeException(nameof(step), step, "TensorIndex.Every: the step must be at least 1; use Flip to turn an order.")
        : new(Kind.Range) { Range = range, Step = step };
}
