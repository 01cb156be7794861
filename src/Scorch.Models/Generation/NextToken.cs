namespace Scorch.Models.Generation;

/// <summary>From a row of logits to the next token.</summary>
internal sealed class NextToken(GenerationConfig config)
{
    /// <summary>Log-probabilities of all tokens, repetition penalised; a stop token that comes too early has minus infinity.</summary>
    /// <param name="logits">Overwritten with the result.</param>
    /// <param name="history">Tokens so far that count as repeated.</param>
    /// <param name="generated">New tokens so far.</param>
    /// <param name="row">Names the row in an error.</param>
    public void LogProbabilities(Span<double> logits, IEnumerable<long> history, int generated, int row)
    {
        var greatest = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            if (double.IsNaN(logit) || double.IsPositiveInfinity(logit))
                throw new InvalidOperationException($"TextGenerator: the model gave a logit of {logit} for row {row} after {generated} new tokens; check its weights and number format.");
            greatest = Math.Max(greatest, logit);
        }
        if (double.IsNegativeInfinity(greatest))
            throw new InvalidOperationException($"TextGenerator: all logits of row {row} after {generated} new tokens are minus infinity; the model allows no token.");
        if (config.RepetitionPenalty != 1)
        {
            foreach (var token in history.Distinct())
            {
                ref var logit = ref logits[checked((int)token)];
                logit = logit > 0 ? logit / config.RepetitionPenalty : logit * config.RepetitionPenalty;
            }
            greatest = double.NegativeInfinity;
            foreach (var logit in logits) greatest = Math.Max(greatest, logit);
        }
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - greatest);
        var logarithm = greatest + Math.Log(sum);
        foreach (ref var logit in logits) logit -= logarithm;
        if (generated >= config.MinimumNewTokens) return;
        foreach (var token in config.StopTokens) logits[checked((int)token)] = double.NegativeInfinity;
        foreach (var logit in logits)
            if (!double.IsNegativeInfinity(logit)) return;
        throw new InvalidOperationException($"TextGenerator: row {row} allows stop tokens only, before {config.MinimumNewTokens} tokens; lower MinimumNewTokens.");
    }

    /// <summary>The likeliest token; of equal ones the lowest.</summary>
    public static int Likeliest(ReadOnlySpan<double> logProbabilities)
    {
        var best = 0;
        for (var token = 1; token < logProbabilities.Length; token++)
            if (logProbabilities[token] > logProbabilities[best]) best = token;
        return best;
    }

    /// <summary>Draws by temperature, then among the TopK likeliest, then among the fewest that have TopP.</summary>
    public int Draw(ReadOnlySpan<double> logProbabilities, RandomSource random)
    {
        var (tokens, weights) = Candidates(logProbabilities);
        var rest = random.NextDouble() * weights.Sum();
        for (var i = 0; i < tokens.Length; i++)
        {
            rest -= weights[i];
            if (rest < 0) return tokens[i];
        }
        return tokens[^1];
    }

    /// <summary>Tokens that may be drawn, in falling probability where there is a cut, and their weights.</summary>
    private (int[] Tokens, double[] Weights) Candidates(ReadOnlySpan<double> logProbabilities)
    {
        var greatest = logProbabilities[Likeliest(logProbabilities)];
        var tokens = new List<int>();
        for (var token = 0; token < logProbabilities.Length; token++)
            if (!double.IsNegativeInfinity(logProbabilities[token])) tokens.Add(token);
        var values = logProbabilities.ToArray();
        double Weight(int token) => Math.Exp((values[token] - greatest) / config.Temperature);
        if (config.TopK > 0 || config.TopP < 1) tokens.Sort((a, b) => values[a] != values[b] ? values[b].CompareTo(values[a]) : a.CompareTo(b));
        if (config.TopK > 0 && config.TopK < tokens.Count) tokens.RemoveRange(config.TopK, tokens.Count - config.TopK);
        var weights = tokens.Select(Weight).ToList();
        if (config.TopP < 1)
        {
            var wanted = config.TopP * weights.Sum();
            var (kept, sum) = (0, 0.0);
            while (kept < weights.Count && sum < wanted) sum += weights[kept++];
            tokens.RemoveRange(kept, tokens.Count - kept);
            weights.RemoveRange(kept, weights.Count - kept);
        }
        return ([.. tokens], [.. weights]);
    }
}
