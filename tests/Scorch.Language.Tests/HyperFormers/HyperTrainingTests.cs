using System.Globalization;
using Scorch.Autograd;
using Scorch.Language.HyperFormers;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.HyperFormers;

public sealed class HyperTrainingTests : IDisposable
{
    private const string Colours = "red blue green white", Animals = "cat dog horse cow";
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-hyperformer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Parts_follow_the_rule_of_the_paper()
    {
        int[] Numbers(int count) => [.. Enumerable.Range(0, count)];
        var small = GlueSplits.Split(Numbers(9_999), Numbers(101));
        Assert.Equal((9_999, 50, 51), (small.Train.Count, small.Validation.Count, small.Test.Count));
        Assert.Equal(Numbers(101), small.Validation.Concat(small.Test).Order());
        var large = GlueSplits.Split(Numbers(10_000), Numbers(7));
        Assert.Equal((9_000, 1_000, 7), (large.Train.Count, large.Validation.Count, large.Test.Count));
        Assert.Equal(Numbers(10_000), large.Train.Concat(large.Validation).Order());
        Assert.Equal(large.Validation, GlueSplits.Split(Numbers(10_000), Numbers(7)).Validation);
        Assert.Contains("1 examples", Assert.Throws<ArgumentException>(() => GlueSplits.Split(Numbers(5), Numbers(1))).Message);
    }

    [Fact]
    public async Task Tasks_are_learnt_together_and_a_new_one_from_few_examples()
    {
        var tasks = Tasks();
        var model = HyperFormer.Attach(Backbone(tasks.Text), new() { ModelDim = 16, Reduction = 4, TaskDim = 8, HiddenDim = 16, ProjectedDim = 8 }, ["kind", "size"]);
        Assert.InRange(Score(model, tasks), 0, 40);
        var frozen = model.Backbone.Shared.Weight.ToArray<float>();
        var options = new MultiTaskOptions { Steps = 300, BatchSize = 16, LearningRate = 4e-2, LabelSmoothing = 0, EvaluateEvery = 60 };
        var report = await MultiTaskTrainer.FitAsync(model, tasks, options);
        Assert.Equal(frozen, model.Backbone.Shared.Weight.ToArray<float>());
        Assert.False(model.IsTraining);
        // The weights of the best evaluation are those that the model has now.
        Assert.Equal(report.MeanValidation, tasks.Tasks.Average(task => new TaskPredictor(model, tasks.Text).Score(task, task.Validation)), 1e-9);
        Assert.InRange(Score(model, tasks), 85, 100);
        var predictor = new TaskPredictor(model, tasks.Text, batchSize: 7);
        string[] sources = [.. tasks["kind"].Test.Select(example => example.Source)];
        var ranked = predictor.LogProbabilities(sources, "kind", tasks["kind"].Labels);
        Assert.Equal(predictor.Generate(sources, [.. sources.Select(_ => "kind")], 3), predictor.Rank(sources, "kind", tasks["kind"].Labels));
        using (GradientMode.Disable())
        {
            var batch = TaskText.Batch([tasks.Text.Encode(sources[0])], [tasks.Text.Encode(tasks["kind"].Labels[0])], [0]);
            Assert.Equal(-model.Loss(batch).Item() * batch.Targets.ElementCount, ranked[0][0], 1e-4);
        }

        TaskExample[] shots = [.. tasks["kind"].Train.Take(12).Select(example => example with { Source = example.Source.Replace("kind", "sort", StringComparison.Ordinal) })];
        Assert.Equal("kind", FewShot.MostSimilarTask(model, tasks.Text, shots));
        model.AddTask("sort", "kind");
        var state = model.State().ToDictionary(entry => entry.Key, entry => entry.Value.ToArray<float>());
        var set = new TaskSet(tasks.Text, new TextTask("sort", shots));
        await MultiTaskTrainer.FewShotAsync(model, "sort", set, options with { Steps = 20, LearningRate = 1e-2, EvaluateEvery = 0 });
        foreach (var (name, value) in model.State())
        {
            // Hypernetworks and the task's own vector alone: no norm, no other vector.
            var changes = name == "task_embeddings.sort" || (!name.StartsWith("backbone.", StringComparison.Ordinal) && !name.StartsWith("task_embeddings.", StringComparison.Ordinal));
            Assert.True(changes == !state[name].SequenceEqual(value.ToArray<float>()), name);
        }
        Assert.InRange(new TaskPredictor(model, tasks.Text).Score(set["sort"], shots), 90, 100);
    }

    [Fact]
    public void Training_gives_the_same_bits_at_any_number_of_threads_and_after_a_stop()
    {
        var tasks = Tasks();
        float[] Trained(int threads, string? checkpoint = null, int? stopAfter = null)
        {
            var before = Parallelism.ThreadCount;
            Parallelism.ThreadCount = threads;
            try
            {
                var model = HyperFormer.Attach(Backbone(tasks.Text), new() { ModelDim = 16, Reduction = 4, TaskDim = 4, HiddenDim = 8, ProjectedDim = 4 }, ["kind", "size"]);
                var options = new MultiTaskOptions { Steps = 12, BatchSize = 8, LearningRate = 1e-2, EvaluateEvery = 11, MixesTasks = true, CheckpointPath = checkpoint, CheckpointEvery = 1 };
                using var stop = new CancellationTokenSource();
                if (stopAfter is not null)
                {
                    Assert.ThrowsAny<OperationCanceledException>(() => MultiTaskTrainer.Fit(model, tasks, options, new Stop(stop), stop.Token));
                    return [];
                }
                MultiTaskTrainer.Fit(model, tasks, options, null, default);
                return [.. model.TrainableParameters().SelectMany(parameter => parameter.ToArray<float>())];
            }
            finally
            {
                Parallelism.ThreadCount = before;
            }
        }
        var one = Trained(1);
        Assert.Equal(one, Trained(2));
        Assert.Equal(one, Trained(7));
        var path = Path.Combine(folder, "training.safetensors");
        Trained(1, path, stopAfter: 10);
        Assert.Equal(one, Trained(1, path));
    }

    [Fact]
    public async Task Own_files_are_trained_adapted_materialised_and_told()
    {
        var (kind, size) = (Written("kind.txt", Lines("kind")), Written("size.txt", Lines("size")));
        var model = Path.Combine(folder, "model");
        var output = await Call("train", new()
        {
            ["tasks"] = $"kind={kind},size={size}",
            ["out"] = model,
            ["vocabulary"] = "80",
            ["features"] = "16",
            ["layers"] = "1",
            ["pretrain-steps"] = "10",
            ["reduction"] = "4",
            ["task-dim"] = "8",
            ["hidden-dim"] = "16",
            ["projected-dim"] = "8",
            ["steps"] = "60",
            ["batch"] = "16",
            ["learning-rate"] = "2e-2",
            ["label-smoothing"] = "0",
            ["mixed"] = "true",
        });
        Assert.Contains("kind: ", output);
        Assert.Contains("percentPerTask", File.ReadAllText(Path.Combine(model, "report.json")));
        var texts = Written("texts.txt", "the red one is blue\nthe cat one is dog\n");
        var told = await Call("predict", new() { ["model"] = model, ["text"] = texts, ["task"] = "kind" });
        Assert.All(told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Zip(["the red one is blue", "the cat one is dog"]), pair => Assert.Contains(pair.First, new[] { "a colour", "an animal" }.Select(label => $"{label}\t{pair.Second}")));
        var mixed = await Call("predict", new() { ["model"] = model, ["text"] = Written("mixed.txt", "kind\tthe red one is blue\nsize\tthe red one is blue\n"), ["answer"] = "generated" });
        Assert.Equal(["the red one is blue", "the red one is blue"], mixed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1]));
        var adapters = Path.Combine(folder, "kind.safetensors");
        Assert.Contains("adapters of 1 + 1 layers", await Call("materialize", new() { ["model"] = model, ["task"] = "kind", ["out"] = adapters }));
        Assert.Equal(told, await Call("predict", new() { ["model"] = model, ["text"] = texts, ["adapters"] = adapters }));
        var adapted = Path.Combine(folder, "adapted");
        Assert.Contains("started as that of kind", await Call("adapt", new() { ["model"] = model, ["task"] = "sort", ["examples"] = kind, ["init-from"] = "kind", ["out"] = adapted, ["steps"] = "10" }));
        Assert.Equal(2, (await Call("predict", new() { ["model"] = adapted, ["text"] = texts, ["task"] = "sort" })).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("known tasks are kind, size", (await Assert.ThrowsAsync<ArgumentException>(() => Call("predict", new() { ["model"] = model, ["text"] = texts, ["task"] = "x" }))).Message);
        Assert.Contains("line 1 is not a task", (await Assert.ThrowsAsync<UsageException>(() => Call("predict", new() { ["model"] = model, ["text"] = texts }))).Message);
        Assert.Contains("holds adapters of 'kind'", (await Assert.ThrowsAsync<UsageException>(() => Call("predict", new() { ["model"] = model, ["text"] = texts, ["adapters"] = adapters, ["task"] = "size" }))).Message);
        Assert.Contains("is not NAME=FILE", (await Assert.ThrowsAsync<UsageException>(() => Call("train", new() { ["tasks"] = "kind", ["out"] = model }))).Message);
        Assert.Contains("named 'kind'", (await Assert.ThrowsAsync<UsageException>(() => Call("train", new() { ["tasks"] = $"kind={kind},kind={size}", ["out"] = model }))).Message);
        Assert.Contains("give a folder that", (await Assert.ThrowsAnyAsync<Exception>(() => Call("predict", new() { ["model"] = folder, ["text"] = texts, ["task"] = "kind" }))).Message);
    }

    [Fact]
    public async Task Smoke_scale_measures_without_any_data_folder_and_repeats()
    {
        var reproduction = new HyperFormerReproduction();
        RunContext Context(bool isDryRun = false) => new(
            reproduction.Claims, Scale.Smoke, [1, 2], new RunSettings(reproduction.Settings(Scale.Smoke)), folder, new DataLocator([folder]), isDryRun: isDryRun);
        var (context, again) = (Context(), Context());
        await reproduction.RunAsync(context);
        await reproduction.RunAsync(again);
        Assert.Equal(["C1a", "C1b", "C1c", "C4"], context.Measurements.Select(measurement => measurement.ClaimId).Distinct());
        Assert.Equal(["C2"], context.NotMeasurable.Keys);
        Assert.Equal(context.Measurements, again.Measurements);
        Assert.Contains("HyperFormer++: 1 model(s)", await reproduction.DryRunAsync(Context(isDryRun: true)));
    }

    [Fact]
    public void Sentences_of_held_out_parts_leave_the_training_of_all_tasks()
    {
        var shared = ("yes", "It 's THE same sentence .");
        var first = new RawTask("a", [("yes", "one"), ("no", "two"), ("no", "its the same sentence")], [("yes", "three")], [shared]);
        var second = new RawTask("b", [("yes", "one"), ("no", "three"), ("yes", "four")], [("no", "it's the same sentence")], [("yes", "five")]);
        var tasks = SentenceTasks.Of([first], second, 10, 10);
        Assert.Equal(["a sentence: one", "a sentence: two"], tasks.Tasks[0].Train.Select(example => example.Source));
        Assert.Equal(["b sentence: one", "b sentence: four"], tasks.NewTask.Train.Select(example => example.Source));
        Assert.Empty(tasks.NewTask.Validation);
        Assert.Equal(2, tasks.Remarks.Count);
        Assert.Equal(("flight", "ground service"), (SentenceTasks.IntentText("atis_flight#atis_airfare"), SentenceTasks.IntentText("atis_ground_service")));
    }

    [Fact]
    public void GLUE_is_read_as_distributed_into_texts_of_T5()
    {
        void File(string name, string header, params string[] rows) => Written(Path.Combine("glue", name), header + string.Concat(rows.Select(row => row + "\n")));
        void Both(string task, string header, params string[] rows)
        {
            File($"{task}/train.tsv", header, rows);
            File($"{task}/{(task == "MNLI" ? "dev_matched.tsv" : "dev.tsv")}", header, rows);
        }
        Both("CoLA", "", "gj04\t1\t\tFine.", "gj04\t0\t*\tFine not.");
        Both("SST-2", "sentence\tlabel\n", "good\t1", "bad\t0");
        Both("MRPC", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n", "1\t1\t2\tOne.\tOne.", "0\t1\t2\tOne.\tTwo.");
        Both("QQP", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n", "1\t2\t3\ta?\tb?\t1", "2\t2\t3\tc?\td?\t0");
        Both("STS-B", "index\tgenre\tsentence1\tsentence2\tscore\n", "0\tnews\ta\tb\t2.57", "1\tnews\tc\td\t5.000");
        Both("MNLI", "index\tsentence1\tsentence2\tgold_label\n", "0\tp\th\tneutral", "1\tp\th\tentailment");
        Both("QNLI", "index\tquestion\tsentence\tlabel\n", "0\tq\ts\tentailment", "1\tq\ts\tnot_entailment");
        Both("RTE", "index\tsentence1\tsentence2\tlabel\n", "0\tp\th\tnot_entailment", "1\tp\th\tentailment");
        var tasks = GlueTasks.Load(Path.Combine(folder, "glue"));
        Assert.Equal(GlueTasks.Names, tasks.Select(task => task.Name));
        Assert.Equal([new("cola sentence: Fine.", "acceptable"), new("cola sentence: Fine not.", "unacceptable")], tasks[0].Train);
        Assert.Equal([new("stsb sentence1: a sentence2: b", "2.6"), new("stsb sentence1: c sentence2: d", "5.0")], tasks[4].Train);
        Assert.Equal(new("mnli premise: p hypothesis: h", "neutral"), tasks[5].Train[0]);
        Assert.Equal(new("qnli question: q sentence: s", "entailment"), tasks[6].Train[0]);
        Assert.All(tasks, task => Assert.Equal((1, 1), (task.Validation.Count, task.Test.Count)));
        Assert.Equal(16, GlueTasks.Files.Count(file => System.IO.File.Exists(Path.Combine(folder, "glue", file))));
        Assert.Equal(100, GlueTasks.Metric("cola").Score(["acceptable", "unacceptable"], ["acceptable", "unacceptable"]), 1e-9);
        Assert.Equal(100, GlueTasks.Metric("stsb").Score(["1.0", "2.0", "5.0"], ["0.0", "1.0", "4.0"]), 1e-9);
        Assert.Equal(0, GlueTasks.Metric("stsb").Score(["x", "x", "x"], ["0.0", "1.0", "4.0"]));
        // Accuracy 3/4; two of three found right, two of two: F1 = 4/5.
        Assert.Equal(50 * (0.75 + 0.8), GlueTasks.Metric("mrpc").Score(["equivalent", "equivalent", "equivalent", "not_equivalent"], ["equivalent", "equivalent", "not_equivalent", "not_equivalent"]), 1e-9);
        File("STS-B/train.tsv", "index\tgenre\tsentence1\tsentence2\tscore\n", "0\tnews\ta\tb\t7");
        Assert.Contains("line 2: the score '7'", Assert.Throws<TextFormatException>(() => GlueTasks.Load(Path.Combine(folder, "glue"))).Message);
    }

    private static TaskSet Tasks()
    {
        TextTask Of(string name)
        {
            TaskExample[] rows = [.. Rows(name).Select(row => new TaskExample(TextTask.SourceOf(name, row.Text), row.Label))];
            return new(name, rows[..120], rows[120..160], rows[160..]);
        }
        TextTask[] tasks = [Of("kind"), Of("size")];
        var words = TaskText.WordsOf(tasks.SelectMany(task => task.Train).Select(example => example.Source), tasks.SelectMany(task => task.Labels).Append("sort"), 80);
        return new(new(words, maximumLength: 24), tasks);
    }

    private static T5Model Backbone(TaskText text)
    {
        var model = new T5Model(new SmallBackboneConfig { Features = 16, Heads = 2, Layers = 1, DecoderLayers = 1 }.Shape(text.Tokenizer.Count, text.EndToken), new(3));
        model.Evaluate();
        return model;
    }

    private static double Score(MultiTaskModel model, TaskSet tasks)
    {
        model.Evaluate();
        return tasks.Tasks.Average(task => new TaskPredictor(model, tasks.Text).Score(task, task.Test));
    }

    /// <summary>Two tasks on like texts: what they speak of, and whether they are long.</summary>
    private static IEnumerable<(string Label, string Text)> Rows(string name)
    {
        var random = new RandomSource(name.Length + name[0]);
        for (var i = 0; i < 200; i++)
        {
            var (isColour, isLong) = (i % 2 == 0, i / 2 % 2 == 0);
            var words = (isColour ? Colours : Animals).Split(' ');
            string Word() => words[random.NextInt64(4)];
            var text = $"the {Word()} one is {Word()}" + (isLong ? $" and it was so {Word()} again" : "");
            yield return (name == "kind" ? isColour ? "a colour" : "an animal" : isLong ? "long" : "short", text);
        }
    }

    private static string Lines(string name) => string.Concat(Rows(name).Select(row => $"{row.Label}\t{row.Text}\n"));

    private string Written(string name, string content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private static async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new HyperFormerReproduction().Commands.Single(entry => entry.Name == name);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Cancels at the first report.</summary>
    private sealed class Stop(CancellationTokenSource source) : IProgress<Scorch.Training.TrainingProgress>
    {
        public void Report(Scorch.Training.TrainingProgress value) => source.Cancel();
    }
}
