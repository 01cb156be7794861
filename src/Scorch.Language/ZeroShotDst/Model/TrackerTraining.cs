namespace Scorch.Language.ZeroShotDst;

/// <summary>How a tracker is trained.</summary>
public sealed record TrackerTraining
{
    /// <summary>Steps on questions.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Steps of plain language modelling on the training dialogs before; 0 for none, as with pre-trained weights.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Dialogs of a step.</summary>
    public int DialogsPerStep { get; init; } = 4;

    /// <summary>Questions of a dialog in a step, drawn anew each time; four dialogs with eight are a batch of 32 pairs.</summary>
    public int QuestionsPerDialog { get; init; } = 8;

    /// <summary>AdamW's greatest learning rate; 5e-5 with pre-trained weights.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Questions without a value for each with one.</summary>
    public double NoneRatio { get; init; } = 1;

    /// <summary>Of the questions without a value, the share about services that the dialog is not about.</summary>
    public double NegativeShare { get; init; } = 0.1;

    /// <summary>Weight of the loss on the dialog's own words beside the answers'.</summary>
    public double LanguageModelWeight { get; init; }

    /// <summary>Styles of questions, one drawn for each question; of several wordings one is drawn too.</summary>
    public IReadOnlyList<QuestionStyle> Styles { get; init; } = [QuestionStyle.Template];

    /// <summary>Further texts for the warm-up, such as a corpus.</summary>
    public IReadOnlyList<string> WarmUpTexts { get; init; } = [];

    /// <summary>Fixes every bit of the result.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is impossible.</exception>
    public void Validate()
    {
        if (Steps < 0 || WarmUpSteps < 0 || (long)Steps + WarmUpSteps < 1) throw new ArgumentException($"TrackerTraining: {WarmUpSteps} and {Steps} steps; give none below 0, and one at least.", nameof(Steps));
        if (DialogsPerStep < 1 || QuestionsPerDialog < 1) throw new ArgumentException($"TrackerTraining: {DialogsPerStep} dialogs with {QuestionsPerDialog} questions; give 1 of each at least.", nameof(DialogsPerStep));
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) throw new ArgumentException($"TrackerTraining: the learning rate is {LearningRate}; give one above 0.", nameof(LearningRate));
        if (!(LanguageModelWeight >= 0 && double.IsFinite(LanguageModelWeight))) throw new ArgumentException($"TrackerTraining: the weight of the language model's loss is {LanguageModelWeight}; give 0 or more.", nameof(LanguageModelWeight));
        ArgumentNullException.ThrowIfNull(Styles);
        ArgumentNullException.ThrowIfNull(WarmUpTexts);
        if (Styles.Count == 0 || Styles.Any(style => !Enum.IsDefined(style))) throw new ArgumentException("TrackerTraining: name one style of questions at least.", nameof(Styles));
    }
}

/// <summary>What training did.</summary>
/// <param name="Questions">Questions with a value and without that were drawn from.</param>
/// <param name="Loss">The last step's mean of -log p over the answers' tokens.</param>
/// <param name="TruncatedTurns">Turns with questions whose history was cut.</param>
public sealed record TrackerTrainingResult((int Filled, int None) Questions, double Loss, int TruncatedTurns);
