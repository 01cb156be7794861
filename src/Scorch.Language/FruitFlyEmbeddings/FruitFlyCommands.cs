using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary><c>scorch fruit-fly-embeddings train</c>, <c>nearest</c> and <c>encode</c>, on the user's own text.</summary>
internal static class FruitFlyCommands
{
    private static readonly CommandOption Model = new("model", "The model's file.", ValueKind.Path, IsRequired: true);

    private static readonly CommandOption Active = new("k", "Active neurons of a code.", ValueKind.Integer, "32");

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Learn word codes from plain text files.",
            Options =
            [
                new("text", "Text files or folders (their .txt files), separated by commas.", IsRequired: true),
                new("out", "The model's file to write.", ValueKind.Path, IsRequired: true),
                new("tokens", "Also write the numbered text, encodings.npy and offsets.npy, into this folder.", ValueKind.Path),
                new("chunk", "What windows stay within.", DefaultValue: "document", Choices: ["document", "paragraph", "line", "sentence"]),
                new("vocabulary", "Words that are kept.", ValueKind.Integer, "6000"),
                new("drop", "So many of the most frequent words leave the text; 100 to 200 on small texts, 0 as in the paper.", ValueKind.Integer, "150"),
                new("neurons", "Neurons K.", ValueKind.Integer, "400"),
                new("window", "Words of a window, odd.", ValueKind.Integer, "11"),
                new("epochs", "Passes over the text.", ValueKind.Integer, "15"),
                new("batch", "Windows whose updates are summed.", ValueKind.Integer, "1000"),
                new("learning-rate", "Learning rate at the start: about 1 on some hundred thousand words; 2e-4 in the paper, on billions.", ValueKind.Number, "1"),
                new("binary-context", "Count a context word once a window.", ValueKind.Flag),
                new("anti-hebbian", "Factor by which the runner-up unlearns.", ValueKind.Number, "0"),
                new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "nearest",
            Description = "Print the words whose codes share most neurons with a word's.",
            Arguments = [new("word", "The word.")],
            Options = [Model, Active, new("count", "How many.", ValueKind.Integer, "10")],
            Handler = context => Task.Run(() => Nearest(context), context.CancellationToken),
        },
        new()
        {
            Name = "encode",
            Description = "Print the active neurons of a word, alone or within a sentence, and what each neuron stands for.",
            Arguments = [new("word", "The word.")],
            Options = [Model, Active, new("sentence", "The sentence around the word."), new("top", "Words that are shown for each neuron.", ValueKind.Integer, "5")],
            Handler = context => Task.Run(() => Encode(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var config = new FlyVecConfig
        {
            VocabularySize = context.Integer("vocabulary"),
            DropMostFrequent = context.Integer("drop"),
            Neurons = context.Integer("neurons"),
            Window = context.Integer("window"),
            Epochs = context.Integer("epochs"),
            BatchSize = context.Integer("batch"),
            LearningRate = context.Number("learning-rate"),
            BinaryContext = context.Flag("binary-context"),
            AntiHebbianFactor = context.Number("anti-hebbian"),
            Seed = context.Integer("seed"),
        };
        config.Validate();
        var corpus = FlyCorpus.FromFiles(context.List("text"), Enum.Parse<ChunkUnit>(context.Text("chunk"), ignoreCase: true));
        context.Error.WriteLine("Counting words.");
        var vocabulary = await Task.Run(() => FlyVocabulary.FromCorpus(corpus, config.VocabularySize, config.DropMostFrequent, context.CancellationToken), context.CancellationToken).ConfigureAwait(false);
        var tokens = await Task.Run(() => FlyTokens.FromCorpus(corpus, vocabulary, context.CancellationToken), context.CancellationToken).ConfigureAwait(false);
        if (context.TextOrNull("tokens") is { } folder)
            tokens.Save(folder);
        var model = await FlyVec.FitAsync(tokens, vocabulary, config, new Progress(context), context.CancellationToken).ConfigureAwait(false);
        model.Save(context.Text("out"));
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Learnt {vocabulary.Count - 1} words from {tokens.Ids.Length} words of text; written to {context.Text("out")}"));
    }

    private static void Nearest(CommandContext context)
    {
        var word = Known(context, out var model);
        foreach (var (near, score) in model.Nearest(word, context.Integer("k"), context.Integer("count")))
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{score:F3}  {near}"));
    }

    private static void Encode(CommandContext context)
    {
        var word = Known(context, out var model);
        var code = context.TextOrNull("sentence") is { } sentence ? model.EncodeInContext(word, sentence, context.Integer("k")) : model.Encode(word, context.Integer("k"));
        foreach (var neuron in code.ActiveNeurons)
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{neuron,5}  {string.Join(", ", model.TopWords(neuron, context.Integer("top")).Select(entry => entry.Word))}"));
    }

    private static string Known(CommandContext context, out FlyVecModel model)
    {
        model = FlyVecModel.Load(context.Text("model"));
        var word = context.Text("word");
        return model.Vocabulary.NumberOf(word) > 0
            ? word
            : throw new UsageException($"The model does not know the word '{word}'. {NearestName.Suggestion(word, model.Vocabulary.Words.Skip(1), "Words that are rare, or among the most frequent, are not in its vocabulary.")}");
    }

    private sealed class Progress(CommandContext context) : IProgress<FlyVecProgress>
    {
        public void Report(FlyVecProgress value) => context.Progress.Report(new RunProgress(
            string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch} of {value.Epochs}, energy {value.Energy:G4}"), (double)value.Step / value.Steps));
    }
}
