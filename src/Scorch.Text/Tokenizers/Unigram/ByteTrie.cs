using System.Text;

namespace Scorch.Text;

/// <summary>Numbers of byte strings by prefix: a double array, where a node's child for byte b stands at its base plus b.</summary>
internal sealed class ByteTrie
{
    private int[] parents = [];
    private int[] bases = [];
    private int[] values = [];

    /// <param name="entries">Strings, each once and not empty, with their numbers.</param>
    public ByteTrie(IEnumerable<(string Text, int Value)> entries)
    {
        var keys = entries.Select(entry => (Bytes: Encoding.UTF8.GetBytes(entry.Text), entry.Value)).ToArray();
        Array.Sort(keys, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
        Grow(512);
        parents[0] = 0;
        var pending = new Stack<(int Node, int First, int Last, int Depth)>();
        pending.Push((0, 0, keys.Length, 0));
        var firstFree = 1;
        while (pending.TryPop(out var range))
        {
            var (node, first, last, depth) = range;
            if (first < last && keys[first].Bytes.Length == depth) values[node] = keys[first++].Value;
            if (first == last) continue;
            var children = new List<(byte Label, int First, int Last)>();
            for (var i = first; i < last; i++)
            {
                var label = keys[i].Bytes[depth];
                if (children.Count > 0 && children[^1].Label == label) children[^1] = children[^1] with { Last = i + 1 };
                else children.Add((label, i, i + 1));
            }
            while (parents[firstFree] >= 0) Advance();
            var origin = Math.Max(1, firstFree - children[0].Label);
            while (!Fits(origin, children)) origin++;
            bases[node] = origin;
            foreach (var child in children)
            {
                parents[origin + child.Label] = node;
                pending.Push((origin + child.Label, child.First, child.Last, depth + 1));
            }
        }

        void Advance()
        {
            firstFree++;
            if (firstFree + 512 > parents.Length) Grow(parents.Length * 2);
        }
    }

    /// <summary>The node after one more byte from <paramref name="node"/> (0 is the root), or -1.</summary>
    public int Step(int node, byte label)
    {
        var child = bases[node] + label;
        return bases[node] > 0 && child < parents.Length && parents[child] == node ? child : -1;
    }

    /// <summary>The number of the string that ends at a node, or -1.</summary>
    public int ValueOf(int node) => values[node];

    private bool Fits(int origin, List<(byte Label, int First, int Last)> children)
    {
        if (origin + 512 > parents.Length) Grow(parents.Length * 2);
        foreach (var child in children)
            if (parents[origin + child.Label] >= 0) return false;
        return true;
    }

    private void Grow(int size)
    {
        var old = parents.Length;
        Array.Resize(ref parents, size);
        Array.Resize(ref bases, size);
        Array.Resize(ref values, size);
        parents.AsSpan(old).Fill(-1);
        values.AsSpan(old).Fill(-1);
    }
}
