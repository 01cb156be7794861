namespace Scorch.Numerics;

/// <summary>A fill-reducing ordering: automatic nested dissection (George and Liu, 1978). The middle level of a breadth-first
/// level structure from a pseudo-peripheral node separates the graph; the separator is numbered last and both sides are
/// dissected in turn. For a grid of <c>N</c> nodes the Cholesky factor has <c>O(N log N)</c> entries.</summary>
public static class NestedDissection
{
    // Below this, dissecting costs more than it saves.
    private const int LeafSize = 24;

    /// <summary>The ordering of a matrix with symmetric sparsity pattern.</summary>
    /// <param name="matrix">A square matrix; its values are not looked at.</param>
    /// <returns>A permutation: <c>order[k]</c> is the original index of the unknown eliminated in step <c>k</c>.</returns>
    public static int[] Order(CsrMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(NestedDissection));
        var size = matrix.Rows;
        var order = new int[size];
        var next = size;

        // region[i] names the subgraph that node i still belongs to; -1 once it has its number.
        var region = new int[size];
        var regions = 1;
        var visited = new int[size];
        var stamp = 0;
        var work = new Stack<(int Seed, int Region)>();
        var queue = new List<int>(size);
        for (var node = size - 1; node >= 0; node--)
        {
            if (region[node] == 0)
            {
                work.Push((node, 0));
                Dissect();
            }
        }

        return order;

        void Dissect()
        {
            while (work.TryPop(out var item))
            {
                var (seed, current) = item;
                if (region[seed] != current)
                {
                    continue;
                }

                var starts = Levels(seed, current);
                if (queue.Count <= LeafSize)
                {
                    foreach (var leaf in queue)
                    {
                        Number(leaf);
                    }

                    continue;
                }

                // Two more searches from the far end: nearly always a pseudo-peripheral node.
                for (var repeat = 0; repeat < 2; repeat++)
                {
                    starts = Levels(queue[^1], current);
                }

                var middle = 1;
                while (middle < starts.Count - 2 && starts[middle + 1] < queue.Count / 2)
                {
                    middle++;
                }

                if (starts.Count < 3)
                {
                    foreach (var node in queue)
                    {
                        Number(node);
                    }

                    continue;
                }

                var end = middle + 1 < starts.Count ? starts[middle + 1] : queue.Count;
                for (var i = starts[middle]; i < end; i++)
                {
                    Number(queue[i]);
                }

                // What is left falls apart into components; each node that no earlier component claimed seeds one.
                var child = regions++;
                for (var i = 0; i < queue.Count; i++)
                {
                    if (region[queue[i]] >= 0)
                    {
                        region[queue[i]] = child;
                        if (i == 0 || i >= end)
                        {
                            work.Push((queue[i], child));
                        }
                    }
                }
            }
        }

        List<int> Levels(int root, int current)
        {
            stamp++;
            queue.Clear();
            queue.Add(root);
            visited[root] = stamp;
            var starts = new List<int> { 0 };
            var begin = 0;
            while (begin < queue.Count)
            {
                var end = queue.Count;
                for (var i = begin; i < end; i++)
                {
                    var node = queue[i];
                    for (var entry = matrix.RowStarts[node]; entry < matrix.RowStarts[node + 1]; entry++)
                    {
                        var neighbour = matrix.ColumnIndices[entry];
                        if (region[neighbour] == current && visited[neighbour] != stamp)
                        {
                            visited[neighbour] = stamp;
                            queue.Add(neighbour);
                        }
                    }
                }

                begin = end;
                if (begin < queue.Count)
                {
                    starts.Add(begin);
                }
            }

            return starts;
        }

        void Number(int node)
        {
            order[--next] = node;
            region[node] = -1;
        }
    }
}
