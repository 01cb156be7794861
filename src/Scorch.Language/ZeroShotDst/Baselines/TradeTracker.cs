using Scorch.Autograd;
using Scorch.Models.Training;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.ZeroShotDst;

/// <summary>The TRADE-style baseline: a slot is a learnt embedding of its domain and its name, so that one never seen is a vector that was never trained.</summary>
/// <remarks>After TRADE (arXiv 1905.08743): bidirectional GRU, a decoder with a pointer to the history, a gate of three ways. Answers are trained with the true tokens before (the published code does so in half of its batches).</remarks>
public sealed class TradeTracker : IDialogTracker
{
    private const int Value = 0, None = 1, DontCare = 2;
    private readonly Dictionary<string, int> domains, slots;
    private readonly List<string> trainedOn = [];
    private readonly TradeNetwork network;
    private readonly DialogTokens tokens;
    private readonly TrackerConfig config;

    /// <summary>A tracker with random weights.</summary>
    /// <param name="config">Features, history and answer; the other settings do not matter here.</param>
    /// <param name="tokenizer">From <see cref="DialogTokens.Train"/>.</param>
    /// <param name="schema">All services, those never seen too: they get embeddings that stay as drawn.</param>
    /// <param name="seed">Fixes the weights.</param>
    public TradeTracker(TrackerConfig config, ByteLevelBpeTokenizer tokenizer, DialogSchema schema, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(schema);
        config.Validate();
        this.config = config;
        tokens = new(DialogTokens.WithMarks(tokenizer), config.LowersCase);
        domains = Numbered(schema.Services.Select(DomainOf));
        slots = Numbered(schema.Services.SelectMany(service => service.Slots.Select(slot => SlotOf(service, slot))));
        network = new(tokens.Tokenizer.Count, domains.Count, slots.Count, config.Dim, new RandomSource(seed));
        network.Evaluate();
    }

    /// <inheritdoc/>
    public string Name => "TRADE-style";

    /// <inheritdoc/>
    public IReadOnlyList<string> TrainedOn => trainedOn;

    /// <inheritdoc/>
    /// <remarks>TRADE has a pointer of its own, which is part of it.</remarks>
    public bool? UsesCopyHead => null;

    /// <summary>Parameters.</summary>
    public long ParameterCount => network.ParameterCount;

    /// <summary>Trains on the questions that a <see cref="GenerativeTracker"/> would be trained on with the same settings and seed.</summary>
    /// <param name="data">The dialogs.</param>
    /// <param name="training">Steps, batches, rate, none ratio and seed; dialogs of a step are turns here, each read anew.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the data leak what they hold out.</exception>
    public Task<TrackerTrainingResult> FitAsync(DstData data, TrackerTraining training, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        data.RequireNoLeak();
        return Task.Run(() => Fit(data, training, progress, cancellationToken), cancellationToken);
    }

    internal TrackerTrainingResult Fit(DstData data, TrackerTraining training, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var questions = QuestionSampling.Draw(data, training.NoneRatio, training.NegativeShare, RandomSource.Derive(training.Seed, 1));
        if (!questions.Any(question => question.IsFilled)) throw new ArgumentException("FitAsync: no turn of the training dialogs has a value; give dialogs with states.", nameof(data));
        var histories = new Dictionary<int, IReadOnlyList<int[]>>();
        var turns = questions.GroupBy(question => (question.Dialog, question.UserTurn)).Select(group => group.ToArray()).ToList();
        var result = ShortTraining.Run(
            network,
            turns.Count,
            (indices, random) =>
            {
                var (rows, items) = (new List<int[]>(), new List<TradeItem>());
                foreach (var index in indices)
                {
                    var asked = turns[index];
                    if (!histories.TryGetValue(asked[0].Dialog, out var own)) histories[asked[0].Dialog] = own = HistoriesOf(data.Dialogs[asked[0].Dialog]).Histories;
                    foreach (var place in random.Permutation(asked.Length).Take(training.QuestionsPerDialog)) items.Add(Item(rows.Count, asked[place]));
                    rows.Add(own[asked[0].UserTurn]);
                }
                return (rows, items);
            },
            batch => network.Loss(batch.rows, batch.items),
            new ShortTrainingConfig
            {
                Steps = Math.Max(1, training.Steps),
                BatchSize = Math.Min(training.DialogsPerStep, turns.Count),
                LearningRate = training.LearningRate,
                Seed = RandomSource.Derive(training.Seed, 2),
            },
            progress,
            cancellationToken);
        foreach (var service in data.Dialogs.SelectMany(dialog => dialog.Services))
            if (!trainedOn.Contains(service)) trainedOn.Add(service);
        network.Evaluate();
        var filled = questions.Count(question => question.IsFilled);
        return new((filled, questions.Count - filled), result.Loss, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The service stood not in the schema when the tracker was made.</exception>
    public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialog);
        ArgumentNullException.ThrowIfNull(service);
        cancellationToken.ThrowIfCancellationRequested();
        using var mode = GradientMode.Disable();
        var (histories, truncated) = HistoriesOf(dialog);
        var items = Enumerable.Range(0, histories.Count).SelectMany(row => service.Slots.Select(slot => new TradeItem(row, Number(domains, DomainOf(service)), Number(slots, SlotOf(service, slot)), Value, []))).ToList();
        if (items.Count == 0) return new([], 0);
        var answers = Answer(network.Encode(histories), items);
        var states = histories.Select((_, row) => new DialogState(service, [.. Enumerable.Range(0, service.Slots.Count).Select(s =>
        {
            var (text, probability) = answers[(row * service.Slots.Count) + s];
            return DialogState.Found(text, probability, dialog, dialog.UserTurns[row]);
        })])).ToList();
        return new(states, truncated);
    }

    /// <summary>The gate's answer, or the value that the decoder writes greedily.</summary>
    private (string Text, double Probability)[] Answer(TradeHistory history, List<TradeItem> items)
    {
        var result = new (string Text, double Probability)[items.Count];
        int[] running = [.. Enumerable.Range(0, items.Count)];
        var written = items.Select(_ => new List<int>()).ToArray();
        var (keys, filling) = TradeNetwork.KeysOf(history, items);
        var state = history.Last.IndexSelect(0, TradeNetwork.RowsOf(items)).Unsqueeze(0);
        var inputs = network.Ask(items).Unsqueeze(1);
        for (var step = 0; running.Length > 0; step++)
        {
            var (hidden, context, scores, mixing, next) = network.Decode(inputs, state, keys, filling);
            if (step == 0)
            {
                var gates = network.Gate.Forward(context.Squeeze(1)).Softmax(-1).ToArray<float>();
                for (var i = 0; i < items.Count; i++)
                {
                    var own = gates.AsSpan(3 * i, 3);
                    var gate = own[Value] >= own[None] && own[Value] >= own[DontCare] ? Value : own[None] >= own[DontCare] ? None : DontCare;
                    result[i] = (gate == None ? ValueNormalizer.None : gate == DontCare ? ValueNormalizer.DontCare : "", own[gate]);
                }
            }
            var (own1, copied, mix) = (hidden.Squeeze(1).Affine(network.Words.Weight).Softmax(-1).ToArray<float>(), scores.Squeeze(1).Softmax(-1).ToArray<float>(), mixing.Sigmoid().ToArray<float>());
            var (vocabulary, time) = (network.Words.Weight.Shape[0], history.States.Shape[1]);
            var kept = new List<int>();
            for (var r = 0; r < running.Length; r++)
            {
                var item = running[r];
                if (result[item].Text.Length > 0) continue;
                var probability = own1.AsSpan(r * vocabulary, vocabulary);
                foreach (ref var value in probability) value *= mix[r];
                var said = history.Tokens[items[item].Row];
                for (var t = 0; t < said.Length; t++) probability[said[t]] += (1 - mix[r]) * copied[(r * time) + t];
                var best = 0;
                for (var id = 1; id < vocabulary; id++)
                    if (probability[id] > probability[best]) best = id;
                result[item].Probability *= probability[best];
                if (best != tokens.End) written[item].Add(best);
                if (best != tokens.End && written[item].Count < config.MaxAnswer) kept.Add(r);
                // A value of no token at all says nothing.
                else result[item].Text = tokens.TextOf(written[item]) is { Length: > 0 } text ? text : ValueNormalizer.None;
            }
            if (kept.Count == 0) break;
            var rows = Tensor.From(kept.Select(r => (long)r).ToArray());
            running = [.. kept.Select(r => running[r])];
            (keys, filling, state) = (keys.IndexSelect(0, rows), filling.IndexSelect(0, rows), next.IndexSelect(1, rows));
            inputs = network.Words.Forward(Tensor.From(running.Select(item => (long)written[item][^1]).ToArray(), [running.Length, 1]));
        }
        return result;
    }

    /// <summary>What is seen at each user turn, cut from the left as for the question model.</summary>
    private (IReadOnlyList<int[]> Histories, int Truncated) HistoriesOf(Dialog dialog)
    {
        var windows = DialogWindow.Of(dialog, tokens, config.MaxHistory);
        return ([.. windows.SelectMany(window => window.Turns.Select(turn => window.Tokens[..turn.Length]))], windows.Where(window => window.IsTruncated).Sum(window => window.Turns.Count));
    }

    private TradeItem Item(int row, SlotQuestion question)
    {
        var gate = question.Answer == ValueNormalizer.None ? None : question.Answer == ValueNormalizer.DontCare ? DontCare : Value;
        var answer = tokens.OfAnswer(question.Answer);
        if (answer.Length > config.MaxAnswer) answer = [.. answer.Take(config.MaxAnswer - 1), tokens.End];
        return new(row, Number(domains, DomainOf(question.Service)), Number(slots, SlotOf(question.Service, question.Slot)), gate, answer);
    }

    private static string DomainOf(DialogService service) => service.Domain.ToLowerInvariant();

    private static string SlotOf(DialogService service, DialogSlot slot) => SlotName.Canonical(service.Name, slot.Name);

    private static Dictionary<string, int> Numbered(IEnumerable<string> names) => names.Distinct().Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);

    private static int Number(Dictionary<string, int> numbers, string name) => numbers.TryGetValue(name, out var number)
        ? number
        : throw new ArgumentException($"TradeTracker: there is no embedding for '{name}'; the service stood not in the schema when the tracker was made.", nameof(name));
}
