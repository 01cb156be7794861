namespace Scorch.Tabular;

/// <summary>Grows regression trees (CART, Breiman et al. 1984): each split minimises the squared error, thresholds lie midway between values.</summary>
/// <remarks>For 0/1 targets the squared error is half of the Gini impurity, so the same trees serve probabilities. One builder belongs to one thread.</remarks>
internal sealed class TreeBuilder(CodedFeatures features, TreeShape shape)
{
    private readonly int[] counts = new int[features.MostValues];
    private readonly double[] sums = new double[features.MostValues];
    private readonly int[] present = new int[features.MostValues];
    private readonly List<int> splitFeature = [];
    private readonly List<double> splitThreshold = [];
    private readonly List<int> left = [];
    private readonly List<int> right = [];
    private readonly List<double> value = [];
    private readonly int[] order = new int[features.Columns];
    private int[] keys = [];
    private double[] items = [];
    private double[] centred = [];
    private int[] scratch = [];

    private readonly record struct Split(int Feature, int Code, double Threshold);

    /// <summary>Grows a tree on the given rows (repeats count), whose array it reorders.</summary>
    public Tree Grow(int[] rows, double[] target, RandomSource? random)
    {
        splitFeature.Clear();
        splitThreshold.Clear();
        left.Clear();
        right.Clear();
        value.Clear();
        if (keys.Length < rows.Length)
            (keys, items, centred, scratch) = (new int[rows.Length], new double[rows.Length], new double[rows.Length], new int[rows.Length]);

        var pending = new Stack<(int Node, int Start, int Count, int Depth)>();
        pending.Push((NewNode(), 0, rows.Length, 0));
        while (pending.TryPop(out var work))
        {
            var (node, start, count, depth) = work;
            var inside = rows.AsSpan(start, count);
            var mean = 0.0;
            foreach (var row in inside)
                mean += target[row];
            mean /= count;
            value[node] = mean;
            if (depth >= shape.MaxDepth || count < shape.MinSplit || count < 2 * shape.MinLeaf || IsPure(inside, target))
                continue;
            if (BestSplit(inside, target, mean, random) is not { } split)
                continue;
            var goesLeft = Partition(inside, features.Codes[split.Feature], split.Code);
            splitFeature[node] = split.Feature;
            splitThreshold[node] = split.Threshold;
            left[node] = NewNode();
            right[node] = NewNode();
            pending.Push((right[node], start + goesLeft, count - goesLeft, depth + 1));
            pending.Push((left[node], start, goesLeft, depth + 1));
        }
        return new Tree([.. splitFeature], [.. splitThreshold], [.. left], [.. right], [.. value]);
    }

    private int NewNode()
    {
        splitFeature.Add(-1);
        splitThreshold.Add(0);
        left.Add(-1);
        right.Add(-1);
        value.Add(0);
        return value.Count - 1;
    }

    private static bool IsPure(ReadOnlySpan<int> rows, double[] target)
    {
        var first = target[rows[0]];
        foreach (var row in rows)
            if (target[row] != first)
                return false;
        return true;
    }

    private Split? BestSplit(ReadOnlySpan<int> rows, double[] target, double mean, RandomSource? random)
    {
        var columns = features.Columns;
        for (var j = 0; j < columns; j++)
            order[j] = j;
        // The targets about the node's mean, gathered once for all features.
        var about = centred.AsSpan(0, rows.Length);
        for (var i = 0; i < about.Length; i++)
            about[i] = target[rows[i]] - mean;
        var sum = Numeric.Sum(about);
        var best = double.NegativeInfinity;
        Split? chosen = null;
        var looked = 0;
        // Features in random order until enough of those that vary here were seen.
        for (var j = 0; j < columns && looked < shape.FeaturesPerSplit; j++)
        {
            if (random is not null && shape.FeaturesPerSplit < columns)
            {
                var pick = j + (int)random.NextInt64(columns - j);
                (order[j], order[pick]) = (order[pick], order[j]);
            }
            if (Consider(order[j], rows, about, sum, ref best, ref chosen))
                looked++;
        }
        return chosen;
    }

    // Looks at all thresholds of one feature; false when it is constant on these rows.
    private bool Consider(int feature, ReadOnlySpan<int> rows, ReadOnlySpan<double> about, double sum, ref double best, ref Split? chosen)
    {
        var codes = features.Codes[feature];
        var distinct = features.Values[feature].Length;
        var total = rows.Length;
        var leftSum = 0.0;
        if (distinct <= 2 * total)
        {
            var countOf = counts.AsSpan(0, distinct);
            var sumOf = sums.AsSpan(0, distinct);
            countOf.Clear();
            sumOf.Clear();
            for (var i = 0; i < rows.Length; i++)
            {
                var code = codes[rows[i]];
                countOf[code]++;
                sumOf[code] += about[i];
            }
            // Which codes occur, without a branch that nothing can predict.
            var found = 0;
            for (var code = 0; code < countOf.Length; code++)
            {
                present[found] = code;
                found += countOf[code] == 0 ? 0 : 1;
            }
            var leftCount = 0;
            for (var i = 0; i + 1 < found; i++)
            {
                var code = present[i];
                leftCount += countOf[code];
                leftSum += sumOf[code];
                Judge(feature, code, present[i + 1], leftCount, total - leftCount, leftSum, sum - leftSum, ref best, ref chosen);
            }
            return found > 1;
        }

        var key = keys.AsSpan(0, total);
        var item = items.AsSpan(0, total);
        for (var i = 0; i < total; i++)
            key[i] = codes[rows[i]];
        about.CopyTo(item);
        key.Sort(item);
        for (var i = 1; i < total; i++)
        {
            leftSum += item[i - 1];
            if (key[i] != key[i - 1])
                Judge(feature, key[i - 1], key[i], i, total - i, leftSum, sum - leftSum, ref best, ref chosen);
        }
        return key[0] != key[^1];
    }

    // Least squared error is greatest S_L^2/n_L + S_R^2/n_R, S the sums of centred targets.
    private void Judge(int feature, int code, int nextCode, int leftCount, int rightCount, double leftSum, double rightSum, ref double best, ref Split? chosen)
    {
        if (leftCount < shape.MinLeaf || rightCount < shape.MinLeaf)
            return;
        var gain = leftSum * leftSum / leftCount + rightSum * rightSum / rightCount;
        if (gain <= best)
            return;
        best = gain;
        double below = features.Values[feature][code], above = features.Values[feature][nextCode];
        var threshold = below / 2 + above / 2;
        chosen = new Split(feature, code, threshold >= above ? below : threshold);
    }

    // Stable, so that the order of rows, and with it the order of sums, depends on the data alone.
    private int Partition(Span<int> rows, int[] codes, int code)
    {
        int kept = 0, moved = 0;
        foreach (var row in rows)
        {
            if (codes[row] <= code)
                rows[kept++] = row;
            else
                scratch[moved++] = row;
        }
        scratch.AsSpan(0, moved).CopyTo(rows[kept..]);
        return kept;
    }
}
