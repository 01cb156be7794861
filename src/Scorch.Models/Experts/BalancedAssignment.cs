namespace Scorch.Models.Experts;

/// <summary>Tokens to experts with equal loads and the greatest total affinity: the linear assignment of BASE layers (Lewis et al. 2021, arXiv 2103.16716).</summary>
/// <remarks>
/// Successive shortest paths over the experts: each token enters where the total grows most, pushing others along a path to an expert with room. A
/// path is found among experts, not tokens, so that the time is about tokens · experts². Exact; of equal totals the result depends on the input alone.
/// </remarks>
public static class BalancedAssignment
{
    /// <summary>Assigns every token; an expert takes at most <c>ceil(tokens / experts)</c>, so exactly tokens / experts where that is whole.</summary>
    /// <param name="affinity">Token after token, the affinity to each expert.</param>
    /// <param name="experts">Experts.</param>
    /// <returns>The expert of each token.</returns>
    /// <exception cref="ArgumentException">The numbers do not make rows, or one is not finite.</exception>
    public static int[] Solve(ReadOnlySpan<double> affinity, int experts)
    {
        if (experts < 1) throw new ArgumentOutOfRangeException(nameof(experts), experts, $"BalancedAssignment: {experts} experts; give at least one.");
        if (affinity.Length % experts != 0)
            throw new ArgumentException($"BalancedAssignment: {affinity.Length} affinities for {experts} experts; give one of each expert for every token.", nameof(affinity));
        for (var i = 0; i < affinity.Length; i++)
            if (!double.IsFinite(affinity[i])) throw new ArgumentException($"BalancedAssignment: the affinity of token {i / experts} to expert {i % experts} is {affinity[i]}; every one must be finite.", nameof(affinity));
        var search = new Search(affinity.ToArray(), experts);
        for (var token = 0; token < search.Assigned.Length; token++) search.Enter(token);
        return search.Assigned;
    }

    /// <summary>The sum of chosen affinities.</summary>
    /// <param name="affinity">Token after token, the affinity to each expert.</param>
    /// <param name="assignment">The expert of each token.</param>
    /// <param name="experts">Experts.</param>
    public static double Total(ReadOnlySpan<double> affinity, IReadOnlyList<int> assignment, int experts)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var total = 0.0;
        for (var token = 0; token < assignment.Count; token++) total += affinity[(token * experts) + assignment[token]];
        return total;
    }

    private sealed class Search
    {
        private readonly double[] affinity;
        private readonly int experts, room;
        private readonly List<int>[] members;
        private readonly double[] gain;
        private readonly int[] mover, before;
        private readonly double[] best;

        public Search(double[] affinity, int experts)
        {
            (this.affinity, this.experts) = (affinity, experts);
            Assigned = new int[affinity.Length / experts];
            room = (Assigned.Length + experts - 1) / experts;
            members = [.. Enumerable.Range(0, experts).Select(_ => new List<int>())];
            (gain, mover) = (new double[experts * experts], new int[experts * experts]);
            (before, best) = (new int[experts], new double[experts]);
            Array.Fill(gain, double.NegativeInfinity);
        }

        public int[] Assigned { get; }

        public void Enter(int token)
        {
            // best[e]: the greatest change of the total when the token enters somewhere and the surplus ends at e.
            for (var expert = 0; expert < experts; expert++) (best[expert], before[expert]) = (affinity[(token * experts) + expert], -1);
            Relax();
            var last = -1;
            for (var expert = 0; expert < experts; expert++)
                if (members[expert].Count < room && (last < 0 || best[expert] > best[last])) last = expert;
            var touched = new List<int> { last };
            while (before[last] is >= 0 and var from)
            {
                var moved = mover[(from * experts) + last];
                members[from].Remove(moved);
                Place(moved, last);
                touched.Add(last = from);
            }
            Place(token, last);
            foreach (var expert in touched) Refresh(expert);
        }

        private void Place(int token, int expert)
        {
            Assigned[token] = expert;
            members[expert].Add(token);
        }

        /// <summary>Bellman and Ford; an optimal assignment has no cycle that gains, so a path has fewer steps than experts.</summary>
        private void Relax()
        {
            for (var round = 1; round < experts; round++)
            {
                var changed = false;
                for (var from = 0; from < experts; from++)
                {
                    for (var to = 0; to < experts; to++)
                    {
                        var reached = best[from] + gain[(from * experts) + to];
                        // Rounding must not make a cycle of equal totals look like a gain.
                        if (!(reached > best[to] + (1e-12 * (1 + Math.Abs(best[to])))) || Passes(from, to)) continue;
                        (best[to], before[to], changed) = (reached, from, true);
                    }
                }
                if (!changed) return;
            }
        }

        /// <summary>Whether the path to an expert already goes through another.</summary>
        private bool Passes(int end, int through)
        {
            for (var at = end; at >= 0; at = before[at])
                if (at == through) return true;
            return false;
        }

        /// <summary>The member that loses least, or gains most, by moving to each other expert.</summary>
        private void Refresh(int expert)
        {
            for (var to = 0; to < experts; to++)
            {
                var at = (expert * experts) + to;
                (gain[at], mover[at]) = (double.NegativeInfinity, -1);
                if (to == expert) continue;
                foreach (var token in members[expert])
                {
                    var change = affinity[(token * experts) + to] - affinity[(token * experts) + expert];
                    if (change > gain[at] || (change == gain[at] && token < mover[at])) (gain[at], mover[at]) = (change, token);
                }
            }
        }
    }
}
