namespace Scorch.Text;

/// <summary>Collects tokens, and where they came from when that is asked for.</summary>
internal sealed class TokenSink(bool withSpans, int capacity)
{
    public List<int> Ids { get; } = new(capacity);

    public List<TextSpan>? Spans { get; } = withSpans ? new(capacity) : null;

    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Spans?.Add(new TextSpan(start, end));
    }
}
