using System.Globalization;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary><c>scorch swords evaluate</c>, <c>generate</c>, <c>rank</c>, <c>suggest</c>, <c>build</c>, <c>train</c> and <c>thesaurus</c>, on the user's own files.</summary>
internal static class SwordsCommands
{
    private static readonly CommandOption WordNet = new("wordnet", "WordNet's folder; by default where data sets are and where the package wordnet-base puts it.", ValueKind.Path);
    private static readonly CommandOption Thesaurus = new("thesaurus", "A thesaurus: rogets.pkl, or JSON lines as the command thesaurus writes them.", ValueKind.Path);
    private static readonly CommandOption Model = new("model", "Folder of a BERT: config.json, model.safetensors (or pytorch_model.bin), vocab.txt; the command train makes one.", ValueKind.Path);
    private static readonly CommandOption Seed = new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1");
    private static readonly CommandArgument Benchmark = new("benchmark", "The benchmark, official JSON, plain or gzip.", ValueKind.Path);

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "evaluate",
            Description = "Score a result file against a benchmark.",
            Arguments = [Benchmark, new("result", "The system's lists, official JSON, plain or gzip.", ValueKind.Path)],
            Options =
            [
                WordNet,
                new("k", "How many words of a system count.", ValueKind.Integer, "10"),
                new("bootstrap", "Samples of targets for 95% intervals; 0 for none.", ValueKind.Integer, "1000"),
                new("allow-abstention", "Leave targets without an answer out, in place of counting what was missed.", ValueKind.Flag),
                new("json", "Also write all scores, by part of speech too, into this file.", ValueKind.Path),
                new("targets", "Also write a row for each target into this CSV file.", ValueKind.Path),
                Seed,
            ],
            Handler = context => Task.Run(() => Evaluate(context), context.CancellationToken),
        },
        new()
        {
            Name = "generate",
            Description = "Answer a benchmark by one of the baselines, and write a result file.",
            Arguments = [Benchmark],
            Options =
            [
                new("with", "Which one: the thesaurus, the benchmark's own judgements (oracle-…), the substitutes of CoInCo, cached answers of WordTune, or a masked model.", IsRequired: true,
                    Choices: ["thesaurus", "oracle-acceptable", "oracle-conceivable", "oracle-all", "coinco", "wordtune", "mask", "keep", "dropout"]),
                new("out", "The result file to write; gzip where it ends in .gz.", ValueKind.Path, IsRequired: true),
                Thesaurus,
                new("answers", "WordTune's cached answers.", ValueKind.Path),
                new("judgements", "Another benchmark file whose judgements an oracle takes, such as people's second round.", ValueKind.Path),
                Model,
                WordNet,
                Seed,
            ],
            Handler = GenerateAsync,
        },
        new()
        {
            Name = "rank",
            Description = "Order a benchmark's candidates, or the lists of a result file, and write a result file.",
            Arguments = [Benchmark],
            Options =
            [
                new("with", "By chance, by frequency in texts, by word vectors, or by BERT-LS.", IsRequired: true, Choices: ["random", "frequency", "vectors", "bert-ls"]),
                new("out", "The result file to write; gzip where it ends in .gz.", ValueKind.Path, IsRequired: true),
                new("lists", "A result file whose lists are put in order, in place of the benchmark's candidates.", ValueKind.Path),
                new("text", "Text files to count words in, separated by commas.", ValueKind.Path),
                new("vectors", "Word vectors in word2vec's or GloVe's text form.", ValueKind.Path),
                Model,
                WordNet,
                Seed,
            ],
            Handler = RankAsync,
        },
        new()
        {
            Name = "suggest",
            Description = "Suggest substitutes for a word of a text.",
            Arguments = [new("text", "The text.")],
            Options =
            [
                new("word", "The word in it.", IsRequired: true),
                new("offset", "Its place, counted in characters from 0, where it stands there several times.", ValueKind.Integer),
                new("pos", "Its part of speech: NOUN, VERB, ADJ, ADV, ….", ValueKind.Text),
                new("top", "The most that are printed.", ValueKind.Integer, "10"),
                Thesaurus,
                Model,
                new("sees", "What a masked model sees at the word's place.", DefaultValue: "dropout", Choices: ["mask", "keep", "dropout"]),
                new("rank", "Order the suggestions by BERT-LS with the model.", ValueKind.Flag),
                WordNet,
                Seed,
            ],
            Handler = context => Task.Run(() => Suggest(context), context.CancellationToken),
        },
        new()
        {
            Name = "build",
            Description = "Make a benchmark of your own texts: candidates, questions for judges, and from their answers the file.",
            Arguments = [new("targets", "JSON lines: {\"text\": …, \"target\": …, \"pos\": …, \"offset\": …}; pos may be left out, offset where the word stands in the text once.", ValueKind.Path)],
            Options =
            [
                Thesaurus with { Description = "Where candidates come from: rogets.pkl, or JSON lines as the command thesaurus writes them." },
                Model,
                new("judgements", "The answers so far, JSON lines: {\"substitute_id\": …, \"annotator\": …, \"label\": \"TRUE\"} (or FALSE, UNSURE); several files separated by commas.", ValueKind.Path),
                new("tasks", "Write the open questions into this file, JSON lines.", ValueKind.Path),
                new("out", "The benchmark to write once no question is open; gzip where it ends in .gz.", ValueKind.Path),
                new("first-labels", "Judges of every candidate.", ValueKind.Integer, "3"),
                new("total-labels", "Judges of a candidate that one of the first found fitting.", ValueKind.Integer, "10"),
                WordNet,
                Seed,
            ],
            Handler = context => Task.Run(() => Build(context), context.CancellationToken),
        },
        new()
        {
            Name = "train",
            Description = "Train a small masked language model on plain text files.",
            Options =
            [
                new("text", "Text files, separated by commas.", ValueKind.Path, IsRequired: true),
                new("out", "The model's folder to write.", ValueKind.Path, IsRequired: true),
                new("vocabulary", "Tokens.", ValueKind.Integer, "8000"),
                new("features", "Features of the hidden states; 4 heads divide them.", ValueKind.Integer, "128"),
                new("layers", "Blocks.", ValueKind.Integer, "2"),
                new("length", "Tokens that are read at once.", ValueKind.Integer, "48"),
                new("batch", "Windows of a step.", ValueKind.Integer, "24"),
                new("steps", "Training steps.", ValueKind.Integer, "400"),
                new("learning-rate", "The greatest learning rate.", ValueKind.Number, "0.002"),
                Seed,
            ],
            Handler = context => Task.Run(() => Train(context), context.CancellationToken),
        },
        new()
        {
            Name = "thesaurus",
            Description = "Turn rogets.pkl into JSON lines; nothing in the pickle is run.",
            Arguments = [new("in", "The thesaurus.", ValueKind.Path), new("out", "The file to write.", ValueKind.Path)],
            Handler = context => Task.Run(
                () =>
                {
                    var thesaurus = RogetThesaurus.Load(context.Text("in"));
                    thesaurus.SaveJsonLines(context.Text("out"));
                    Print(context, $"{thesaurus.Count} words; written to {context.Text("out")}");
                },
                context.CancellationToken),
        },
    ];

    private static void Evaluate(CommandContext context)
    {
        var options = new EvalOptions { K = context.Integer("k"), AllowsAbstention = context.Flag("allow-abstention"), Lemmatizer = Lemmatizer(context) };
        var metrics = LexSubEvaluator.Evaluate(LexSubDataset.Load(context.Text("benchmark")), LexSubResult.Load(context.Text("result")), options);
        var samples = context.Integer("bootstrap");
        var intervals = samples == 0 ? null : LexSubEvaluator.Bootstrap(metrics, options, samples, context.Integer("seed"));
        Print(context, $"{metrics.TargetCount} targets");
        foreach (var (name, value) in metrics.ByName)
            Print(context, $"{name,-24} {value,7:F2}{(intervals is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  [{intervals[name].Low:F2}, {intervals[name].High:F2}]"))}");
        foreach (var (part, scores) in metrics.ByPartOfSpeech)
            Print(context, $"{part.Name(),-6} {scores.TargetCount,5} targets  lenient_a_f {scores.Lenient.Acceptable.F:F2}  lenient_c_f {scores.Lenient.Conceivable.F:F2}  gap_rat {scores.Gap:F2}");
        if (context.TextOrNull("json") is { } json) MetricFiles.WriteJson(json, metrics, intervals);
        if (context.TextOrNull("targets") is { } table) MetricFiles.WriteTargets(table, metrics);
    }

    private static async Task GenerateAsync(CommandContext context)
    {
        var benchmark = LexSubDataset.Load(context.Text("benchmark"));
        var judgements = context.TextOrNull("judgements") is { } file ? LexSubDataset.Load(file) : benchmark;
        ILexSubGenerator generator = context.Text("with") switch
        {
            "thesaurus" => new ThesaurusGenerator(RogetThesaurus.Load(Needed(context, "thesaurus")), Lemmatizer(context)),
            "oracle-acceptable" => new OracleGenerator(judgements, new EvalOptions().Acceptable),
            "oracle-conceivable" => new OracleGenerator(judgements, new EvalOptions().Conceivable),
            "oracle-all" => new OracleGenerator(judgements, 0),
            "coinco" => new SourceGenerator(benchmark, "coinco"),
            "wordtune" => new CachedGenerator(WordtuneAnswers.Load(Needed(context, "answers"))),
            var corruption => Infilling(context, MaskedModel.Load(Needed(context, "model")), corruption),
        };
        var result = await LexSubRunner.RunAsync(benchmark, generator, new Progress(context, benchmark.Targets.Count), context.CancellationToken).ConfigureAwait(false);
        result.SaveJson(context.Text("out"));
        Print(context, $"{result.TargetIds.Count} of {benchmark.Targets.Count} targets answered; written to {context.Text("out")}");
    }

    private static async Task RankAsync(CommandContext context)
    {
        var benchmark = LexSubDataset.Load(context.Text("benchmark"));
        ILexSubRanker ranker = context.Text("with") switch
        {
            "random" => new RandomRanker(context.Integer("seed")),
            "frequency" => FrequencyRanker.FromTexts(TextCorpus.FromFiles(Needed(context, "text").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))),
            "vectors" => new EmbeddingRanker(WordVectors.Load(Needed(context, "vectors"))),
            _ => Substitution(context, MaskedModel.Load(Needed(context, "model")), SwordsLemmatizer.LoadDictionary(context.Data, context.TextOrNull("wordnet"))),
        };
        var lists = context.TextOrNull("lists") is { } file ? LexSubResult.Load(file) : null;
        var progress = new Progress(context, lists?.TargetIds.Count ?? benchmark.Targets.Count);
        var result = await (lists is null
            ? LexSubRunner.RankAsync(benchmark, ranker, progress, context.CancellationToken)
            : LexSubRunner.RankAsync(benchmark, lists, ranker, progress, context.CancellationToken)).ConfigureAwait(false);
        result.SaveJson(context.Text("out"));
        Print(context, $"{result.TargetIds.Count} targets; written to {context.Text("out")}");
    }

    private static void Suggest(CommandContext context)
    {
        var (text, word) = (context.Text("text"), context.Text("word"));
        var start = context.Has("offset") ? LexSubDataset.UnitOf(text, Math.Max(0, context.Integer("offset"))) : OnlyPlace(text, word);
        if (start < 0 || start + word.Length > text.Length || !text.AsSpan(start, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"suggest: '{word}' is not at offset {context.TextOrNull("offset")} of the text; offsets count characters from 0.");
        var dictionary = SwordsLemmatizer.LoadDictionary(context.Data, context.TextOrNull("wordnet"));
        var part = context.TextOrNull("pos") is { } name ? PartsOfSpeech.Parse(name) : (PartOfSpeech?)null;
        var model = context.TextOrNull("model") is { } folder ? MaskedModel.Load(folder) : null;
        ILexSubGenerator generator = context.TextOrNull("thesaurus") is { } thesaurus
            ? new ThesaurusGenerator(RogetThesaurus.Load(thesaurus), new WordNetLemmatizer(dictionary))
            : Infilling(context, model ?? throw new UsageException("suggest: give --thesaurus FILE or --model FOLDER, from which suggestions come."), context.Text("sees"));
        var ranker = !context.Flag("rank") ? null : Substitution(context, model ?? throw new UsageException("suggest: --rank needs --model FOLDER."), dictionary);
        var found = LexicalSubstituter.Suggest(generator, text, start..(start + word.Length), context.Integer("top"), part, ranker, dictionary);
        if (found.Count == 0) context.Error.WriteLine($"Nothing is known for '{word}'.");
        foreach (var (suggestion, score) in found) Print(context, $"{score,10:G4}  {suggestion}");
    }

    private static void Build(CommandContext context)
    {
        var builder = new BenchmarkBuilder(new BenchmarkBuilderConfig { FirstLabels = context.Integer("first-labels"), TotalLabels = context.Integer("total-labels") });
        JudgementFiles.ReadTargets(context.Text("targets"), builder);
        var lemmatizer = Lemmatizer(context);
        if (!context.Has("thesaurus") && !context.Has("model")) throw new UsageException("build: give --thesaurus FILE or --model FOLDER, or both, from which candidates come.");
        if (context.TextOrNull("thesaurus") is { } thesaurus) builder.AddCandidates(new ThesaurusGenerator(RogetThesaurus.Load(thesaurus), lemmatizer), "thesaurus", lemmatizer);
        if (context.TextOrNull("model") is { } folder) builder.AddCandidates(Infilling(context, MaskedModel.Load(folder), "dropout"), "masked-model", lemmatizer);
        foreach (var file in context.List("judgements")) builder.ImportJudgements(file);
        var open = builder.OpenTasks();
        Print(context, $"{builder.Targets.Count} targets, {builder.CandidateCount} candidates, {open.Sum(task => task.Missing)} judgements missing for {open.Count} of them");
        var agreement = builder.Agreement();
        if (agreement.Items > 0) Print(context, $"agreement over {agreement.Items} candidates: pairs {agreement.PairwiseAgreement:F3}, Krippendorff's alpha {agreement.KrippendorffAlpha:F3}, Fleiss' kappa {agreement.FleissKappa:F3}");
        if (context.TextOrNull("tasks") is { } tasks) builder.ExportTasks(tasks);
        if (context.TextOrNull("out") is not { } path) return;
        if (open.Count > 0) throw new UsageException($"build: {open.Count} candidates are not judged yet; write the questions with --tasks FILE and give the answers with --judgements FILE.");
        builder.Build().SaveJson(path);
        Print(context, $"written to {path}");
    }

    private static void Train(CommandContext context)
    {
        var config = new MaskedModelConfig
        {
            VocabularySize = context.Integer("vocabulary"),
            Features = context.Integer("features"),
            Layers = context.Integer("layers"),
            Inner = 4 * context.Integer("features"),
            Length = context.Integer("length"),
            BatchSize = context.Integer("batch"),
            Steps = context.Integer("steps"),
            LearningRate = context.Number("learning-rate"),
            Seed = context.Integer("seed"),
        };
        var model = MaskedModelTraining.Train(TextCorpus.FromFiles(context.List("text")), config, new TrainingView(context.Progress, "masked model"), context.CancellationToken);
        model.Save(context.Text("out"));
        Print(context, $"{model.Tokenizer.Count} tokens; written to {context.Text("out")}");
    }

    private static MaskedInfillingGenerator Infilling(CommandContext context, MaskedModel model, string corruption) =>
        new(model.Model, model.Tokenizer, new MaskedInfillingConfig { Corruption = Enum.Parse<TargetCorruption>(corruption, ignoreCase: true), Seed = context.Integer("seed") });

    private static BertSubstitutionRanker Substitution(CommandContext context, MaskedModel model, WordNetDictionary dictionary) =>
        new(model.Model, model.Tokenizer, new EnglishInflector(dictionary), new BertSubstitutionConfig { Proposal = new MaskedInfillingConfig { Seed = context.Integer("seed") } });

    private static WordNetLemmatizer Lemmatizer(CommandContext context) => new(SwordsLemmatizer.LoadDictionary(context.Data, context.TextOrNull("wordnet")));

    private static string Needed(CommandContext context, string option) =>
        context.TextOrNull(option) ?? throw new UsageException($"--with {context.Text("with")} needs --{option}.");

    private static int OnlyPlace(string text, string word)
    {
        var first = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        if (first < 0) throw new UsageException($"suggest: '{word}' does not stand in the text.");
        return text.IndexOf(word, first + 1, StringComparison.OrdinalIgnoreCase) < 0 ? first : throw new UsageException($"suggest: '{word}' stands in the text several times; give --offset.");
    }

    private static void Print(CommandContext context, FormattableString line) => context.Output.WriteLine(FormattableString.Invariant(line));

    private sealed class Progress(CommandContext context, int count) : IProgress<int>
    {
        private const int Every = 20;

        public void Report(int value)
        {
            if (value % Every == 0 || value == count) context.Progress.Report(new RunProgress($"target {value} of {count}", (double)value / Math.Max(1, count)));
        }
    }
}
