using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.SwitchTransformers;

/// <summary>What the <c>train</c> commands of language models with experts share: options, text, vocabulary, a run that goes on.</summary>
internal sealed class LmTraining
{
    private const string Vocabulary = "vocabulary.json";

    private LmTraining(string folder, TrainOptions options, LmCorpus corpus) => (Folder, Options, Corpus) = (folder, options, corpus);

    /// <summary>Where the model goes.</summary>
    public string Folder { get; }

    public TrainOptions Options { get; }

    public LmCorpus Corpus { get; }

    /// <summary>The options that every model has.</summary>
    /// <param name="files">What is left in the folder.</param>
    /// <param name="layers">What is said of --layers.</param>
    /// <param name="experts">What is said of --experts.</param>
    public static CommandOption[] CommandOptions(string files, string layers, string experts) =>
    [
        new("text", "Text files, separated by commas; .gz too.", IsRequired: true),
        new("out", $"The model's folder: {files}.", ValueKind.Path, IsRequired: true),
        new("vocabulary", "Words that are kept.", ValueKind.Integer, "4096"),
        new("context", "Tokens that a prediction may look back on.", ValueKind.Integer, "64"),
        new("layers", layers, ValueKind.Integer, "2"),
        new("heads", "Attention heads.", ValueKind.Integer, "4"),
        new("model-dim", "Features of the hidden states.", ValueKind.Integer, "64"),
        new("ff-dim", "Features between the maps of an expert.", ValueKind.Integer, "256"),
        new("experts", experts, ValueKind.Integer, "16"),
        new("steps", "Steps of the whole run.", ValueKind.Integer, "1500"),
        new("batch", "Windows of a step.", ValueKind.Integer, "8"),
        new("learning-rate", "Adam's.", ValueKind.Number, "0.003"),
        new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
    ];

    /// <summary>Reads the settings and the text; a run that was stopped keeps its vocabulary.</summary>
    public static async Task<LmTraining> PrepareAsync(CommandContext context, bool usesBFloat16 = false)
    {
        var folder = context.Text("out");
        var options = new TrainOptions
        {
            Steps = context.Integer("steps"),
            BatchSize = context.Integer("batch"),
            LearningRate = context.Number("learning-rate"),
            UsesBFloat16 = usesBFloat16,
            Seed = context.Integer("seed"),
            CheckpointPath = Path.Combine(folder, "training.safetensors"),
            CheckpointEvery = 200,
        };
        options.Validate();
        var goesOn = File.Exists(options.CheckpointPath);
        context.Error.WriteLine(goesOn ? $"Continuing the run in {folder}." : "Counting words.");
        var known = goesOn ? new WordTokenizer(Scorch.Text.Vocabulary.Load(Path.Combine(folder, Vocabulary))) : null;
        var corpus = await Task.Run(
            () => LmCorpus.FromTexts(TextCorpus.FromFiles(context.List("text")), context.Integer("vocabulary"), context.Integer("context"), seed: options.Seed, tokenizer: known),
            context.CancellationToken).ConfigureAwait(false);
        return new(folder, options, corpus);
    }

    /// <summary>Trains the model, saves it beside its vocabulary and leaves it in evaluation mode.</summary>
    public async Task<LmTrainingResult> FitAsync<TModel>(CommandContext context, TModel model, Action<string> save, string title, Func<TModel, AdamConfig, Optimizer>? optimizer = null)
        where TModel : Module, ITrainedLanguageModel
    {
        Directory.CreateDirectory(Folder);
        Corpus.Tokenizer.Save(Path.Combine(Folder, Vocabulary));
        var result = await LmTrainer.FitAsync(model, Corpus, Options, new TrainingView(context.Progress, title), context.CancellationToken, optimizer).ConfigureAwait(false);
        save(Folder);
        return result;
    }

    /// <summary>The vocabulary of a folder that a <c>train</c> command wrote.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static WordTokenizer LoadTokenizer(string folder, string paper)
    {
        var path = Path.Combine(folder, Vocabulary);
        if (!File.Exists(path)) throw new UsageException($"{path}: there is no such file; give a folder that 'scorch {paper} train' wrote.");
        return new(Scorch.Text.Vocabulary.Load(path));
    }
}
