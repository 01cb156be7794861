using Scorch.Checkpoints;
using Scorch.Language.ZeroShotDst;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Tests.ZeroShotDst;

public sealed class DstTrackerTests : IDisposable
{
    private static readonly TrackerConfig Small = new()
    {
        Layers = 2,
        Dim = 16,
        Heads = 2,
        MaxHistory = 80,
        MaxQuestion = 48,
    };

    private const int MaxAnswer = 6;

    private readonly string folder = Directory.CreateTempSubdirectory("scorch-dst-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Questions_that_share_a_history_are_answered_as_each_alone(bool hasCopy)
    {
        var data = SyntheticDialogs.Make(["Cafe_1"], 2, seed: 1);
        var tracker = Tracker(data, Small with { CopyHead = hasCopy, MaxAnswer = MaxAnswer });
        tracker.Network.ConvertTo(DataType.Float64);
        var service = SyntheticDialogs.Schema["Cafe_1"];
        foreach (var dialog in data.Dialogs.Take(1))
        {
            var followed = tracker.Follow(dialog, service);
            var window = Assert.Single(tracker.Windows(dialog));
            for (var t = 0; t < window.Turns.Count; t++)
            {
                for (var s = 0; s < service.Slots.Count; s++)
                {
                    int[] prompt = [.. window.Tokens[..window.Turns[t].Length], .. tracker.QuestionTokens(service, service.Slots[s], tracker.Style)[0]];
                    var (tokens, probability) = Alone(tracker, prompt);
                    Assert.Equal(tracker.Tokens.TextOf(tokens), followed.States[t].Values[s].Raw);
                    Assert.Equal(probability, followed.States[t].Values[s].Probability, 1e-9);
                    if (hasCopy) continue;
                    // Without the copy head the room's own generator gives the same tokens.
                    var text = new TextGenerator(tracker.Network.Language, new() { MaximumNewTokens = MaxAnswer, StopTokens = [tracker.Tokens.End] }).Generate([[.. prompt.Select(id => (long)id)]])[0];
                    Assert.Equal(text.Tokens.Where(id => id != tracker.Tokens.End).Select(id => (int)id), tokens);
                }
            }
            foreach (var (one, other) in followed.States[^1].Values.Zip(tracker.Track(dialog, service).Values))
            {
                Assert.Equal((one.Value, one.Source), (other.Value, other.Source));
                Assert.Equal(one.Probability, other.Probability, 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pack_has_the_loss_of_its_sequences_one_by_one(bool hasCopy)
    {
        var data = SyntheticDialogs.Make(["Cafe_1", "Trip_1"], 2, seed: 3);
        var tracker = Tracker(data, Small with { CopyHead = hasCopy });
        tracker.Network.ConvertTo(DataType.Float64);
        var (rows, sum, count) = (new List<(int[], IReadOnlyList<PackedQuestion>)>(), 0.0, 0);
        foreach (var dialog in data.Dialogs)
        {
            var window = tracker.Windows(dialog)[0];
            var service = data.Schema[dialog.Services[0]];
            var questions = window.Turns.SelectMany(turn => service.Slots.Take(3).Select((slot, i) => new PackedQuestion(turn.Length, tracker.QuestionTokens(service, slot, QuestionStyle.Description)[0], tracker.Tokens.OfAnswer(i == 0 ? "york" : "none")))).ToList();
            rows.Add((window.Tokens, questions));
            foreach (var question in questions)
            {
                long[] whole = [.. window.Tokens[..question.Prefix].Concat(question.Question).Concat(question.Answer).Select(id => (long)id)];
                bool[] isAnswer = [.. whole.Select((_, i) => i >= whole.Length - question.Answer.Length)];
                sum += tracker.Network.AnswerLoss(Tensor.From(whole, [1, whole.Length]), Tensor.From(isAnswer, [1, whole.Length])).Item();
                count += question.Answer.Length;
            }
        }
        var pack = QuestionPack.Of(rows);
        Assert.Equal(count, pack.TargetCount);
        // Scores of what is no copy are -1e9, beside which a score loses digits only where nothing can be copied.
        Assert.Equal(sum / count, tracker.Network.PackLoss(pack).Item(), 1e-7);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_warm_up_is_the_mean_log_probability_of_every_next_token(bool hasCopy)
    {
        var data = SyntheticDialogs.Make(["Cafe_1"], 2, seed: 3);
        var tracker = Tracker(data, Small with { CopyHead = hasCopy });
        tracker.Network.ConvertTo(DataType.Float64);
        var rows = data.Dialogs.Select((dialog, i) => tracker.Windows(dialog)[0].Tokens[i..]).ToList();
        var (sum, count) = (0.0, 0);
        foreach (var row in rows)
        {
            var ids = Array.ConvertAll(row, id => (long)id);
            var probabilities = tracker.Network.Probabilities(Tensor.From(ids, [1, ids.Length])).Squeeze(0).ToMatrix<double>();
            for (var i = 0; i + 1 < ids.Length; i++) sum -= Math.Log(probabilities[i, ids[i + 1]]);
            count += ids.Length - 1;
        }
        Assert.Equal(sum / count, tracker.Network.LanguageLoss(rows).Item(), 1e-7);
    }

    [Fact]
    public async Task Training_gives_the_same_bits_at_any_number_of_threads_and_a_saved_tracker_answers_the_same()
    {
        var data = SyntheticDialogs.Make(["Cafe_1", "Trip_1"], 3, seed: 1);
        var training = new TrackerTraining
        {
            Steps = 3,
            WarmUpSteps = 2,
            DialogsPerStep = 3,
            QuestionsPerDialog = 4,
            LanguageModelWeight = 0.1,
            Styles = Enum.GetValues<QuestionStyle>(),
            Seed = 5,
        };
        float[]? first = null;
        foreach (var threads in (int[])[1, 2, 7])
        {
            using var scope = new Threads(threads);
            var tracker = Tracker(data, Small);
            await tracker.FitAsync(data, training);
            var bits = tracker.Network.Parameters().SelectMany(parameter => parameter.ToArray<float>()).ToArray();
            first ??= bits;
            Assert.Equal(first, bits);
            if (threads != 7) continue;
            tracker.Save(folder);
            var again = GenerativeTracker.Load(folder);
            Assert.Equal(tracker.TrainedOn, again.TrainedOn);
            Assert.Equal(tracker.Config, again.Config);
            foreach (var dialog in data.Dialogs.Take(2))
                Assert.Equal(tracker.Follow(dialog, data.Schema["Cafe_2"]).States.SelectMany(state => state.Values), again.Follow(dialog, data.Schema["Cafe_2"]).States.SelectMany(state => state.Values));
            File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
            Assert.Throws<CheckpointException>(() => GenerativeTracker.Load(folder));
        }
    }

    [Fact]
    public async Task A_tracker_learns_what_it_is_asked_and_asks_what_it_never_saw()
    {
        var data = SyntheticDialogs.Make(["Cafe_1"], 8, seed: 1);
        var tracker = Tracker(data, Small with { Layers = 1, Dim = 32 });
        var result = await tracker.FitAsync(data, new TrackerTraining { Steps = 120, DialogsPerStep = 4, QuestionsPerDialog = 8, LearningRate = 5e-3 });
        Assert.True(result.Loss < 0.5, $"loss {result.Loss}");
        var service = data.Schema["Cafe_1"];
        var report = DstEvaluator.Evaluate(tracker, data, service, Convention.InDomain);
        Assert.True(report.Active.F1 > 0.6, report.ToString());
        Assert.True(report.UsesCopyHead);
        Assert.Throws<ArgumentException>(() => DstEvaluator.Evaluate(tracker, data, service, Convention.MultiWozZeroShot));
        var dialog = data.Dialogs[0];
        Assert.Equal(tracker.Answer(dialog, QuestionBook.For(service, service.Slots[0], QuestionStyle.Template)[0]).Value, tracker.Track(dialog, service)["city"].Value);
        Assert.NotNull(tracker.Ask(dialog, "Does the user travel with a dog?"));
        foreach (var rule in Enum.GetValues<ParaphraseRule>())
        {
            (tracker.Style, tracker.Paraphrases) = (QuestionStyle.Paraphrase, rule);
            Assert.Equal(3, tracker.Follow(dialog, service).States.Count);
        }
    }

    [Fact]
    public async Task A_trade_style_tracker_learns_and_knows_unseen_slots_by_untrained_vectors_alone()
    {
        var data = SyntheticDialogs.Make(["Cafe_1"], 12, seed: 1);
        var tokenizer = DialogTokens.Train(data.Dialogs, 400);
        float[]? first = null;
        foreach (var threads in (int[])[1, 2])
        {
            using var scope = new Threads(threads);
            var tracker = new TradeTracker(Small with { Dim = 32 }, tokenizer, data.Schema, seed: 1);
            await tracker.FitAsync(data, new TrackerTraining { Steps = 80, DialogsPerStep = 6, QuestionsPerDialog = 4, LearningRate = 1e-2 });
            var report = DstEvaluator.Evaluate(tracker, data, data.Schema["Cafe_1"], Convention.InDomain);
            Assert.True(report.Active.F1 > 0.5, report.ToString());
            var values = tracker.Follow(data.Dialogs[0], data.Schema["Boat_1"]).States.SelectMany(state => state.Values).Select(value => (float)value.Probability).ToArray();
            first ??= values;
            Assert.Equal(first, values);
        }
    }

    [Fact]
    public async Task Weights_of_a_published_layout_start_a_tracker()
    {
        var data = SyntheticDialogs.Make(["Cafe_1"], 2, seed: 1);
        var tokenizer = ByteLevelBpeTokenizer.Train(data.Dialogs.SelectMany(dialog => dialog.Turns).Select(turn => turn.Text), new BytePairTraining { VocabularySize = 320 });
        tokenizer.Save(folder);
        var published = new Gpt2LanguageModel(new() { VocabularySize = tokenizer.Count, Positions = 160, Features = 16, Layers = 1, Heads = 2 }, new RandomSource(1));
        published.Save(folder);
        Assert.Contains("shorten MaxHistory", Assert.Throws<ArgumentException>(() => GenerativeTracker.FromGpt2(folder, new TrackerConfig { MaxHistory = 256 })).Message, StringComparison.Ordinal);
        var tracker = GenerativeTracker.FromGpt2(folder, new TrackerConfig { MaxHistory = 80, CopyHead = false }, seed: 2);
        var (own, kept) = (tracker.Network.Language.Transformer.Wte.Weight.ToArray<float>(), published.Transformer.Wte.Weight.ToArray<float>());
        Assert.Equal(kept, own[..kept.Length]);
        Assert.Equal(tokenizer.Count + 4, tracker.Network.Language.VocabularySize);
        await tracker.FitAsync(data, new TrackerTraining { Steps = 1, LearningRate = 5e-5 });
        Assert.False(tracker.UsesCopyHead);
    }

    [Fact]
    public void Histories_are_cut_from_the_left_at_turns_and_counted()
    {
        var turns = Enumerable.Range(0, 9).Select(i => $"turn number {i} has a few words in it").ToList();
        var dialog = Dialog.FromText(turns);
        var tokens = new DialogTokens(DialogTokens.Train([dialog], 400), lowersCase: true);
        var lengths = dialog.Turns.Select(turn => tokens.OfTurn(turn).Length).ToArray();
        var most = lengths[8] + lengths[7] + lengths[6] + 1;
        var windows = DialogWindow.Of(dialog, tokens, most);
        Assert.Equal(5, windows.Sum(window => window.Turns.Count));
        Assert.Equal(windows.Where(window => window.IsTruncated).Sum(window => window.Turns.Count), Enumerable.Range(0, 5).Count(t => lengths.Take((2 * t) + 1).Sum() > most));
        Assert.Equal([.. dialog.Turns.Skip(6).SelectMany(tokens.OfTurn)], windows[^1].Tokens);
        // One turn that alone is too long keeps its end.
        var last = DialogWindow.Of(dialog, tokens, 9)[^1].Tokens;
        Assert.Equal(tokens.OfTurn(dialog.Turns[8])[^9..], last);
        var tracker = Tracker(SyntheticDialogs.Make(["Cafe_1"], 1, 1), Small with { MaxHistory = 24 });
        var followed = tracker.Follow(dialog, SyntheticDialogs.Schema["Cafe_1"]);
        Assert.True(followed.TruncatedTurns > 0);
        Assert.Equal(followed.TruncatedTurns, tracker.Truncations);
    }

    private static GenerativeTracker Tracker(DstData data, TrackerConfig config) => GenerativeTracker.Create(config, DialogTokens.Train(data.Dialogs, 400), seed: 1);

    /// <summary>Greedy decoding that computes everything anew for each token.</summary>
    private static (int[] Tokens, double Probability) Alone(GenerativeTracker tracker, int[] prompt)
    {
        var (tokens, logProbability) = (new List<int>(), 0.0);
        while (tokens.Count < MaxAnswer)
        {
            long[] ids = [.. prompt.Concat(tokens).Select(id => (long)id)];
            var next = tracker.Network.Probabilities(Tensor.From(ids, [1, ids.Length])).Select(1, ids.Length - 1).Squeeze(0).ToArray<double>();
            var best = Array.IndexOf(next, next.Max());
            logProbability += Math.Log(next[best]);
            if (best == tracker.Tokens.End) break;
            tokens.Add(best);
        }
        return ([.. tokens], Math.Exp(logProbability));
    }
}
