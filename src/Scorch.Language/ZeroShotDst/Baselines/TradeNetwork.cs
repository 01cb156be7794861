using Scorch.Losses;
using Scorch.Modules;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A slot asked of a history, for the TRADE-style baseline.</summary>
/// <param name="Row">The history, among those of a batch.</param>
/// <param name="Domain">The domain's number.</param>
/// <param name="Slot">The slot name's number.</param>
/// <param name="Gate">0 for a value, 1 for none, 2 for dontcare.</param>
/// <param name="Answer">The value's tokens with the end.</param>
internal sealed record TradeItem(int Row, int Domain, int Slot, int Gate, int[] Answer);

/// <summary>Encoded histories: states [rows, time, d], the last of each [rows, d], their tokens and lengths.</summary>
internal sealed record TradeHistory(Tensor States, Tensor Last, int[][] Tokens);

/// <summary>TRADE (Wu and others 2019, arXiv 1905.08743): a bidirectional GRU reads the history, a GRU that starts from a slot's learnt embedding writes the value with a pointer to the history, a gate says value, none or dontcare.</summary>
internal sealed class TradeNetwork : Module
{
    private readonly int features;

    public TradeNetwork(int vocabulary, int domains, int slots, int features, RandomSource random)
    {
        this.features = features;
        Words = Small(vocabulary);
        Domains = Small(domains);
        Slots = Small(slots);
        var options = new RecurrentOptions(BatchFirst: true);
        Forwards = new(features, features, random, options);
        Backwards = new(features, features, random, options);
        Decoder = new(features, features, random, options);
        Gate = new(features, 3, random);
        Mix = new(3 * features, 1, random);

        Embedding Small(int count)
        {
            var embedding = new Embedding(count, features, random);
            // The published code starts at a tenth of a standard normal.
            using var mode = Autograd.GradientMode.Disable();
            embedding.Weight.CopyFrom(random.Normal([count, features], 0, 0.1));
            return embedding;
        }
    }

    public Embedding Words { get; }

    public Embedding Domains { get; }

    public Embedding Slots { get; }

    public Gru Forwards { get; }

    public Gru Backwards { get; }

    public Gru Decoder { get; }

    public Linear Gate { get; }

    public Linear Mix { get; }

    /// <summary>H_t: both directions added; each reads real tokens only, filling stands after them.</summary>
    public TradeHistory Encode(IReadOnlyList<int[]> histories)
    {
        var (rows, time) = (histories.Count, histories.Max(history => history.Length));
        var (forward, backward, mirror, ends) = (new long[rows * time], new long[rows * time], new long[rows * time], new long[rows]);
        for (var row = 0; row < rows; row++)
        {
            var length = histories[row].Length;
            ends[row] = (row * time) + length - 1;
            for (var i = 0; i < time; i++)
            {
                var at = (row * time) + i;
                mirror[at] = i < length ? (row * time) + length - 1 - i : at;
                if (i >= length) continue;
                (forward[at], backward[at]) = (histories[row][i], histories[row][length - 1 - i]);
            }
        }
        var ahead = Forwards.Forward(Words.Forward(Tensor.From(forward, [rows, time]))).Output.Reshape(rows * time, features);
        var back = Backwards.Forward(Words.Forward(Tensor.From(backward, [rows, time]))).Output.Reshape(rows * time, features);
        var states = ahead + back.IndexSelect(0, Tensor.From(mirror));
        var last = Tensor.From(ends);
        return new(states.Reshape(rows, time, features), ahead.IndexSelect(0, last) + back.IndexSelect(0, last), [.. histories]);
    }

    /// <summary>Embedding of domain and slot name, added: the decoder's first input, [items, d].</summary>
    public Tensor Ask(IReadOnlyList<TradeItem> items) =>
        Domains.Forward(Tensor.From(items.Select(item => (long)item.Domain).ToArray())) + Slots.Forward(Tensor.From(items.Select(item => (long)item.Slot).ToArray()));

    /// <summary>What the decoder gives: states h and contexts c [items, steps, d], history scores [items, steps, time] (filling far below), the mixing logit [items, steps].</summary>
    public (Tensor Hidden, Tensor Context, Tensor Scores, Tensor Mixing, Tensor State) Decode(Tensor inputs, Tensor state, Tensor keys, Tensor filling)
    {
        var (hidden, next) = Decoder.Forward(inputs, state);
        var scores = hidden.MatMul(keys.Transpose(1, 2)) + filling;
        var context = scores.Softmax(-1).MatMul(keys);
        return (hidden, context, scores, Mix.Forward(Tensor.Concatenate([hidden, inputs, context], 2)).Squeeze(-1), next);
    }

    /// <summary>[items, time, d] and, added to scores, 0 at real tokens and <see cref="CopyHead.Nowhere"/> at filling [items, 1, time].</summary>
    public static (Tensor Keys, Tensor Filling) KeysOf(TradeHistory history, IReadOnlyList<TradeItem> items)
    {
        var time = history.States.Shape[1];
        var filling = new float[items.Count * time];
        for (var i = 0; i < items.Count; i++) filling.AsSpan((i * time) + history.Tokens[items[i].Row].Length, time - history.Tokens[items[i].Row].Length).Fill(CopyHead.Nowhere);
        return (history.States.IndexSelect(0, RowsOf(items)), Tensor.From(filling, [items.Count, 1, time]));
    }

    public static Tensor RowsOf(IReadOnlyList<TradeItem> items) => Tensor.From(items.Select(item => (long)item.Row).ToArray());

    /// <summary>Cross-entropy of the gate, and mean of -log p over the tokens of values.</summary>
    public Tensor Loss(IReadOnlyList<int[]> histories, IReadOnlyList<TradeItem> items)
    {
        var history = Encode(histories);
        var (keys, filling) = KeysOf(history, items);
        var (time, steps) = (history.States.Shape[1], items.Max(item => item.Answer.Length));
        var (inputs, targets, weights) = (new long[items.Count * (steps - 1)], new long[items.Count * steps], new float[items.Count * steps]);
        var same = new float[items.Count * steps * time];
        Array.Fill(same, CopyHead.Nowhere);
        for (var i = 0; i < items.Count; i++)
        {
            var answer = items[i].Answer;
            for (var k = 0; k < answer.Length; k++)
            {
                var at = (i * steps) + k;
                if (k + 1 < steps) inputs[(i * (steps - 1)) + k] = answer[k];
                targets[at] = answer[k];
                weights[at] = items[i].Gate == 0 ? 1 : 0;
                var tokens = history.Tokens[items[i].Row];
                for (var t = 0; t < tokens.Length; t++)
                    if (tokens[t] == answer[k]) same[(at * time) + t] = 0;
            }
        }
        var first = Ask(items).Unsqueeze(1);
        var all = steps == 1 ? first : Tensor.Concatenate([first, Words.Forward(Tensor.From(inputs, [items.Count, steps - 1]))], 1);
        var (hidden, context, scores, mixing, _) = Decode(all, history.Last.IndexSelect(0, RowsOf(items)).Unsqueeze(0), keys, filling);
        var gate = Losses.Loss.CrossEntropy(Gate.Forward(context.Select(1, 0)), Tensor.From(items.Select(item => (long)item.Gate).ToArray()));
        var count = weights.Sum();
        if (count == 0) return gate;
        var own = -Losses.Loss.CrossEntropy(hidden.Reshape(-1, features).Affine(Words.Weight), Tensor.From(targets), reduction: Reduction.None).Reshape(items.Count, steps) - (-mixing).Softplus();
        var copied = (scores + Tensor.From(same, [items.Count, steps, time])).LogSumExp(-1) - scores.LogSumExp(-1) - mixing.Softplus();
        var logProbabilities = own + (copied - own).Softplus();
        return gate - ((logProbabilities * Tensor.From(weights, [items.Count, steps])).Sum() / count);
    }
}
