using Scorch.Autograd;
using Scorch.Models.Transformers;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A question about the beginning of a history.</summary>
/// <param name="Prefix">Tokens of the history that it sees.</param>
/// <param name="Question">Its tokens, marks included.</param>
/// <param name="Group">Branches of one group are wordings of one question, whose probabilities are averaged at every step; groups are numbered from 0 in order.</param>
internal sealed record Branch(int Prefix, int[] Question, int Group);

/// <summary>An answer.</summary>
/// <param name="Tokens">Its tokens, without the end.</param>
/// <param name="LogProbability">Of all its tokens, the end included.</param>
internal sealed record DecodedAnswer(int[] Tokens, double LogProbability);

/// <summary>Greedy decoding of many questions about one history, which is computed once: keys, values and, for the copy head, hidden states are kept.</summary>
/// <param name="network">The network, in evaluation mode.</param>
/// <param name="end">The token that ends answers.</param>
/// <param name="maximumAnswer">Tokens at most, the end included.</param>
internal sealed class BranchDecoder(QuestionAnswerNetwork network, int end, int maximumAnswer)
{
    /// <summary>Branches computed at once: more would look past more of one another.</summary>
    private const int ChunkSize = 24;

    /// <summary>Answers of the groups, in order.</summary>
    public IReadOnlyList<DecodedAnswer> Decode(int[] history, IReadOnlyList<Branch> branches, CancellationToken cancellation = default)
    {
        using var mode = GradientMode.Disable();
        var model = network.Language.Transformer;
        var cache = new Gpt2Cache(model.Config);
        var hidden = model.Forward(Ids(history), Tensor.Range(history.Length).Unsqueeze(0), new AttentionScope(isCausal: true), cache);
        var answers = new List<DecodedAnswer>();
        var next = 0;
        while (next < branches.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var stop = next;
            while (stop < branches.Count && (stop - next < ChunkSize || branches[stop].Group == branches[stop - 1].Group)) stop++;
            cache.Truncate(history.Length);
            answers.AddRange(new Chunk(network, cache, history, hidden.Squeeze(0), [.. branches.Skip(next).Take(stop - next)], end, maximumAnswer).Run());
            next = stop;
        }
        return answers;
    }

    private static Tensor Ids(IReadOnlyList<int> tokens) => Tensor.From(tokens.Select(token => (long)token).ToArray(), [1, tokens.Count]);

    /// <summary>Some branches from question to end.</summary>
    private sealed class Chunk
    {
        private readonly QuestionAnswerNetwork network;
        private readonly Gpt2Cache cache;
        private readonly Branch[] branches;
        private readonly int end, maximumAnswer, vocabulary;
        private readonly List<int> tokens;
        private readonly List<int>[] own;
        private Tensor keys;

        public Chunk(QuestionAnswerNetwork network, Gpt2Cache cache, int[] history, Tensor hidden, Branch[] branches, int end, int maximumAnswer)
        {
            (this.network, this.cache, this.branches, this.end, this.maximumAnswer) = (network, cache, branches, end, maximumAnswer);
            (vocabulary, keys, tokens) = (network.Language.VocabularySize, hidden, [.. history]);
            own = [.. branches.Select(_ => new List<int>())];
        }

        public IEnumerable<DecodedAnswer> Run()
        {
            var groups = branches.Select((branch, i) => (branch.Group, Index: i)).GroupBy(entry => entry.Group, entry => entry.Index).Select(group => group.ToArray()).ToArray();
            var answers = groups.Select(_ => new List<int>()).ToArray();
            var logProbabilities = new double[groups.Length];
            var running = Enumerable.Range(0, groups.Length).ToList();
            var probabilities = Step([.. Enumerable.Range(0, branches.Length).Select(i => (i, branches[i].Question))]);
            while (true)
            {
                var fed = new List<(int Branch, int[] Tokens)>();
                foreach (var group in running.ToArray())
                {
                    var members = groups[group];
                    var mean = probabilities[members[0]];
                    for (var m = 1; m < members.Length; m++)
                        for (var id = 0; id < vocabulary; id++) mean[id] += probabilities[members[m]][id];
                    var best = 0;
                    for (var id = 1; id < vocabulary; id++)
                        if (mean[id] > mean[best]) best = id;
                    logProbabilities[group] += Math.Log(mean[best] / members.Length);
                    if (best != end) answers[group].Add(best);
                    if (best == end || answers[group].Count == maximumAnswer) running.Remove(group);
                    else fed.AddRange(members.Select(member => (member, (int[])[best])));
                }
                if (fed.Count == 0) return groups.Select((_, i) => new DecodedAnswer([.. answers[i]], logProbabilities[i]));
                probabilities = Step(fed);
            }
        }

        /// <summary>Adds tokens to branches; probabilities of what follows each, by branch.</summary>
        private Dictionary<int, double[]> Step(IReadOnlyList<(int Branch, int[] Tokens)> added)
        {
            var count = added.Sum(entry => entry.Tokens.Length);
            var all = cache.Length + count;
            var (places, sight, last) = (new long[count], new float[count * all], new long[added.Count]);
            Array.Fill(sight, float.NegativeInfinity);
            var at = 0;
            for (var i = 0; i < added.Count; i++)
            {
                var (branch, ids) = added[i];
                foreach (var id in ids)
                {
                    places[at] = branches[branch].Prefix + own[branch].Count;
                    own[branch].Add(cache.Length + at);
                    tokens.Add(id);
                    var row = sight.AsSpan(at * all, all);
                    row[..branches[branch].Prefix].Clear();
                    foreach (var place in own[branch]) row[place] = 0;
                    at++;
                }
                last[i] = at - 1;
            }
            var model = network.Language.Transformer;
            var scope = new AttentionScope(bias: Tensor.From(sight, [1, 1, count, all]).To(model.Wte.Weight.DataType));
            var hidden = model.Forward(Ids(tokens.GetRange(tokens.Count - count, count)), Tensor.From(places, [1, count]), scope, cache).Squeeze(0);
            if (network.Copy is not null) keys = Tensor.Concatenate([keys, hidden], 0);
            var ends = hidden.IndexSelect(0, Tensor.From(last));
            var logits = ends.Affine(model.Wte.Weight).To(DataType.Float64).ToArray<double>();
            var (scores, gates) = network.Copy is { } copy
                ? (copy.Scores(ends, keys).To(DataType.Float64).ToArray<double>(), copy.Gate.Forward(ends).Sigmoid().To(DataType.Float64).ToArray<double>())
                : ([], []);
            var result = new Dictionary<int, double[]>();
            for (var i = 0; i < added.Count; i++)
            {
                var probability = logits.AsSpan(i * vocabulary, vocabulary).ToArray();
                Softmax(probability);
                if (gates.Length > 0) Mix(probability, scores.AsSpan(i * all, all), gates[i], added[i].Branch);
                result[added[i].Branch] = probability;
            }
            return result;
        }

        /// <summary>p = g p + (1 - g) attention over equal tokens.</summary>
        private void Mix(double[] probability, ReadOnlySpan<double> scores, double gate, int branch)
        {
            int[] seen = [.. Enumerable.Range(0, branches[branch].Prefix), .. own[branch]];
            var attention = new double[seen.Length];
            for (var i = 0; i < seen.Length; i++) attention[i] = scores[seen[i]];
            Softmax(attention);
            for (var id = 0; id < probability.Length; id++) probability[id] *= gate;
            for (var i = 0; i < seen.Length; i++) probability[tokens[seen[i]]] += (1 - gate) * attention[i];
        }

        private static void Softmax(Span<double> values)
        {
            var greatest = double.NegativeInfinity;
            foreach (var value in values) greatest = Math.Max(greatest, value);
            var sum = 0.0;
            foreach (ref var value in values) sum += value = Math.Exp(value - greatest);
            foreach (ref var value in values) value /= sum;
        }
    }
}
