using Scorch.Models.Training;
using Scorch.Training;

namespace Scorch.Language.ZeroShotDst;

public sealed partial class GenerativeTracker
{
    /// <summary>Trains on dialogs: first, where asked, on their words alone, then on questions about their states.</summary>
    /// <remarks>Each turn is answered from the dialog; earlier states are not fed back.</remarks>
    /// <param name="data">The dialogs; where something is held out, no dialog may be about it.</param>
    /// <param name="training">How.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is impossible, the data leak what they hold out, or there is nothing to learn.</exception>
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
        var loss = double.NaN;
        if (training.WarmUpSteps > 0) loss = WarmUp(data, training, progress, cancellationToken);
        Remember(data);
        var rows = Rows(data, questions);
        var truncated = rows.Where(row => row.Window.IsTruncated).SelectMany(row => row.Questions.Select(question => (question.Dialog, question.UserTurn))).Distinct().Count();
        if (training.Steps > 0)
        {
            var asked = new Dictionary<(DialogService, DialogSlot, QuestionStyle), IReadOnlyList<int[]>>();
            var result = ShortTraining.Run(
                Network,
                rows.Count,
                (indices, random) => (IReadOnlyList<(int[] History, IReadOnlyList<PackedQuestion> Questions)>)[.. indices.Select(index => Row(rows[index], training, asked, random))],
                batch =>
                {
                    var loss = Network.PackLoss(QuestionPack.Of(batch));
                    return training.LanguageModelWeight == 0 ? loss : loss + (training.LanguageModelWeight * Network.LanguageLoss([.. batch.Select(row => row.History)]));
                },
                new ShortTrainingConfig
                {
                    Steps = training.Steps,
                    BatchSize = Math.Min(training.DialogsPerStep, rows.Count),
                    LearningRate = training.LearningRate,
                    Seed = RandomSource.Derive(training.Seed, 2),
                },
                progress,
                cancellationToken);
            loss = result.Loss;
        }
        Network.Evaluate();
        var filled = questions.Count(question => question.IsFilled);
        return new((filled, questions.Count - filled), loss, truncated);
    }

    /// <summary>Language modelling on the dialogs, and on further texts.</summary>
    private double WarmUp(DstData data, TrackerTraining training, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var rows = data.Dialogs.SelectMany(Windows).Select(window => window.Tokens).ToList();
        foreach (var text in training.WarmUpTexts) rows.AddRange(Tokens.OfAnswer(text).Chunk(Config.MaxHistory));
        rows.RemoveAll(row => row.Length < 2);
        var result = ShortTraining.Run(
            Network,
            rows.Count,
            (indices, _) => indices.Select(index => rows[index]).ToList(),
            Network.LanguageLoss,
            new ShortTrainingConfig
            {
                Steps = training.WarmUpSteps,
                BatchSize = Math.Min(2 * training.DialogsPerStep, rows.Count),
                LearningRate = training.LearningRate,
                Seed = RandomSource.Derive(training.Seed, 3),
            },
            progress,
            cancellationToken);
        return result.Loss;
    }

    /// <summary>Windows with their questions.</summary>
    private List<(DialogWindow Window, IReadOnlyList<SlotQuestion> Questions)> Rows(DstData data, IReadOnlyList<SlotQuestion> questions)
    {
        var rows = new List<(DialogWindow, IReadOnlyList<SlotQuestion>)>();
        foreach (var group in questions.GroupBy(question => question.Dialog))
        {
            var byTurn = group.ToLookup(question => question.UserTurn);
            foreach (var window in Windows(data.Dialogs[group.Key]))
                if (window.Turns.SelectMany(turn => byTurn[turn.UserTurn]).ToList() is { Count: > 0 } own) rows.Add((window, own));
        }
        return rows;
    }

    private (int[] History, IReadOnlyList<PackedQuestion> Questions) Row(
        (DialogWindow Window, IReadOnlyList<SlotQuestion> Questions) row, TrackerTraining training, Dictionary<(DialogService, DialogSlot, QuestionStyle), IReadOnlyList<int[]>> asked, RandomSource random)
    {
        var lengths = row.Window.Turns.ToDictionary(turn => turn.UserTurn, turn => turn.Length);
        var packed = new List<PackedQuestion>();
        foreach (var index in random.Permutation(row.Questions.Count).Take(training.QuestionsPerDialog))
        {
            var question = row.Questions[index];
            var style = training.Styles[(int)random.NextInt64(training.Styles.Count)];
            if (!asked.TryGetValue((question.Service, question.Slot, style), out var wordings)) asked[(question.Service, question.Slot, style)] = wordings = QuestionTokens(question.Service, question.Slot, style);
            var answer = Tokens.OfAnswer(question.Answer);
            // An answer that is longer than any that will be written keeps its beginning and its end.
            if (answer.Length > Config.MaxAnswer) answer = [.. answer.Take(Config.MaxAnswer - 1), Tokens.End];
            packed.Add(new(lengths[question.UserTurn], wordings[(int)random.NextInt64(wordings.Count)], answer));
        }
        // The history ends where its last question looks.
        return (row.Window.Tokens[..packed.Max(question => question.Prefix)], packed);
    }

    private void Remember(DstData data)
    {
        foreach (var service in data.Dialogs.SelectMany(dialog => dialog.Services))
            if (!trainedOn.Contains(service)) trainedOn.Add(service);
    }
}
