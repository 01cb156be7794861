namespace Scorch.Models.Transformers;

/// <summary>Keys and values of a <see cref="Gpt2Model"/> whose tokens are told where they stand and look. Unlike a decoding session it can be cut back, so that many continuations share one beginning.</summary>
public sealed class Gpt2Cache
{
    /// <summary>An empty cache.</summary>
    /// <param name="config">Shape of the model.</param>
    public Gpt2Cache(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new AttentionCache())];
    }

    /// <summary>Tokens held.</summary>
    public int Length => Layers[0].Length;

    internal AttentionCache[] Layers { get; }

    /// <summary>Forgets the tokens from a length on.</summary>
    /// <param name="length">Tokens to keep, at most those held.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than are held.</exception>
    public void Truncate(int length)
    {
        foreach (var layer in Layers) layer.Truncate(length);
    }
}
