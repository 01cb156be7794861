namespace Scorch.Gallery.Rendering;

/// <summary>Keeps rendered pages up to a number of bytes; those not asked for longest go first.</summary>
/// <param name="mostBytes">How many bytes it keeps at most.</param>
internal sealed class PageCache(long mostBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Address, RenderedPage Page)>> _pages = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Address, RenderedPage Page)> _byUse = new();
    private long _bytes;

    /// <summary>How many bytes it holds.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public RenderedPage? Find(string address)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(address, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Page;
        }
    }

    public void Add(string address, RenderedPage page)
    {
        lock (_gate)
        {
            // Two requests may have rendered the same page at once; the first one's stays.
            if (page.Size > mostBytes || _pages.ContainsKey(address))
            {
                return;
            }

            _pages.Add(address, _byUse.AddFirst((address, page)));
            _bytes += page.Size;
            while (_bytes > mostBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _pages.Remove(oldest.Value.Address);
                _bytes -= oldest.Value.Page.Size;
            }
        }
    }
}
