using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.MetaDistil;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.Softermax;

/// <summary><c>scorch softermax trace</c>, <c>emit</c>, <c>cost</c>, <c>quantize</c> and <c>classify</c>.</summary>
internal static class SoftermaxCommands
{
    private static readonly CommandOption[] Units =
    [
        new("slice-width", "W: numbers that the unit takes at once.", ValueKind.Integer, "16"),
        new("segments", "Lines of the piecewise tables, a power of two.", ValueKind.Integer, "4"),
        new("input-format", "Of the scores.", ValueKind.Text, "Q(6,2)"),
        new("unnormalized-format", "Of powers of two.", ValueKind.Text, "UQ(1,15)"),
        new("sum-format", "Of the running sum.", ValueKind.Text, "UQ(10,6)"),
        new("reciprocal-format", "Of the reciprocal.", ValueKind.Text, "UQ(1,7)"),
        new("output-format", "Of the result.", ValueKind.Text, "UQ(1,7)"),
        new("int-max", "How a slice's maximum is made whole.", ValueKind.Text, "ceil", Choices: ["ceil", "floor"]),
        new("fit", "How lines lie on their curves.", ValueKind.Text, "endpoints", Choices: ["endpoints", "minimax"]),
    ];

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "trace",
            Description = "Show every integer that the units hold while a row passes.",
            Options =
            [
                new("row", "Scores, separated by commas; - for a masked key.", IsRequired: true),
                .. Units,
                new("out", "Also write the trace into this JSON file.", ValueKind.Path),
            ],
            Handler = Handled(Trace),
        },
        new()
        {
            Name = "emit",
            Description = "Write both units as Verilog, the fp16 baseline, and a testbench with random rows; with --check run it in Icarus Verilog.",
            Options =
            [
                new("out", "The folder: softermax.v, baseline.v, softermax_testbench.v, softermax_vectors.hex.", ValueKind.Path, IsRequired: true),
                .. Units,
                new("rows", "Random rows of the testbench.", ValueKind.Integer, "1000"),
                new("row-length", "Keys of a row.", ValueKind.Integer, "40"),
                new("seed", "Draws them.", ValueKind.Integer, "1"),
                new("check", "Run the testbench (needs iverilog).", ValueKind.Flag),
                new("area", "Count transistors with Yosys (needs yosys).", ValueKind.Flag),
            ],
            Handler = Handled(Emit),
        },
        new()
        {
            Name = "cost",
            Description = "Count what a layer's rows take in each way, and weigh it with published energies.",
            Options =
            [
                new("row-length", "Keys of a row.", ValueKind.Integer, "384"),
                new("heads", "Heads of the layer.", ValueKind.Integer, "12"),
                .. Units,
                new("out", "Also write the report into this JSON file.", ValueKind.Path),
            ],
            Handler = Handled(Cost),
        },
        new()
        {
            Name = "quantize",
            Description = "Train a classifier of sentences, round it with Softermax in it, train it on, and compare.",
            Options =
            [
                new("text", "Sentences to train on, one a line: the class, a blank, the sentence.", ValueKind.Path, IsRequired: true),
                new("test", "Sentences to compare on, in the same form.", ValueKind.Path, IsRequired: true),
                new("out", "The folder: config.json, model.safetensors, the vocabulary, report.json.", ValueKind.Path, IsRequired: true),
                new("bert", "Folder of a pre-trained BERT to start from (config.json, model.safetensors, vocab.txt); a small encoder without it.", ValueKind.Path),
                new("length", "Tokens that are read.", ValueKind.Integer, "40"),
                new("epochs", "Passes in floating point first.", ValueKind.Integer, "6"),
                new("fine-tune-epochs", "Passes with rounding.", ValueKind.Integer, "2"),
                new("batch", "Sentences of a step.", ValueKind.Integer, "32"),
                new("learning-rate", "Of the first passes.", ValueKind.Number, "0.001"),
                new("bits", "Of weights and activations.", ValueKind.Integer, "8"),
                .. Units,
                new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
            ],
            Handler = context => Task.Run(() => Quantize(context), context.CancellationToken),
        },
        new()
        {
            Name = "classify",
            Description = "Classify sentences with a model that 'quantize' wrote.",
            Options =
            [
                new("model", "The folder.", ValueKind.Path, IsRequired: true),
                new("text", "A file of sentences, one a line.", ValueKind.Path),
                new("sentence", "One sentence."),
            ],
            Handler = Handled(Classify),
        },
    ];

    private static Func<CommandContext, Task> Handled(Action<CommandContext> work) => context => Task.Run(() => work(context), context.CancellationToken);

    private static SoftermaxConfig ConfigOf(CommandContext context)
    {
        var config = new SoftermaxConfig
        {
            SliceWidth = context.Integer("slice-width"),
            LpwSegments = context.Integer("segments"),
            InputFormat = Format("input-format"),
            UnnormalizedFormat = Format("unnormalized-format"),
            PowerSumFormat = Format("sum-format"),
            ReciprocalFormat = Format("reciprocal-format"),
            OutputFormat = Format("output-format"),
            IntMaxRounding = context.Text("int-max") == "floor" ? IntMaxRounding.Floor : IntMaxRounding.Ceil,
            Fit = context.Text("fit") == "minimax" ? PiecewiseFit.Minimax : PiecewiseFit.Endpoints,
        };
        config.Validate();
        return config;

        FixedPointFormat Format(string name)
        {
            try
            {
                return FixedPointFormat.Parse(context.Text(name));
            }
            catch (FormatException error)
            {
                throw new UsageException($"--{name}: {error.Message}");
            }
        }
    }

    private static void Trace(CommandContext context)
    {
        var config = ConfigOf(context);
        var parts = context.List("row");
        if (parts.Count == 0) throw new UsageException("trace: --row has no score; give numbers separated by commas.");
        var mask = parts.Select(part => part != "-").ToArray();
        var row = parts.Select(part => part == "-" ? 0 : double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var score)
            ? score
            : throw new UsageException($"trace: '{part}' in --row is no number; write - for a masked key.")).ToArray();
        var trace = SoftermaxSimulator.Run(row, config, mask);
        var output = context.Output;
        for (var i = 0; i < trace.Steps.Count; i++)
        {
            var step = trace.Steps[i];
            output.WriteLine(Invariant($"slice {i}: maximum {Shown(step.SliceMaximum)}, running maximum {Shown(step.Maximum)}, sum {step.Sum} ({config.PowerSumFormat.ValueOf(step.Sum):G6}), earlier sum >> {step.SumShift}, slice's sum {step.SliceSum} >> {step.SliceShift}"));
        }
        output.WriteLine(Invariant($"leading one of the sum: bit {trace.LeadingOne}; reciprocal {trace.Reciprocal} ({config.ReciprocalFormat.ValueOf(trace.Reciprocal):G6})"));
        output.WriteLine("key  score  input  power  >>  renormalised  result");
        for (var i = 0; i < row.Length; i++)
            output.WriteLine(mask[i]
                ? Invariant($"{i,3}  {row[i],5}  {trace.Inputs[i],5}  {trace.Powers[i],5}  {trace.Shifts[i],2}  {trace.Renormalized[i],12}  {trace.Outputs[i]} ({trace.Values[i]:G6})")
                : Invariant($"{i,3}  masked"));
        if (trace.SaturatedInputs + trace.SaturatedSums > 0) context.Error.WriteLine(Invariant($"{trace.SaturatedInputs} scores lie outside {config.InputFormat}; {trace.SaturatedSums} sums were held at {config.PowerSumFormat.Greatest:G6}."));
        if (context.TextOrNull("out") is { } path) AtomicFile.WriteText(path, JsonSerializer.Serialize(trace, SoftermaxJson.Default.SoftermaxTrace));
    }

    private static void Emit(CommandContext context)
    {
        var config = ConfigOf(context);
        var (rows, length) = (context.Integer("rows"), context.Integer("row-length"));
        if (rows is < 1 or > 1_000_000 || length is < 1 or > 65_536) throw new UsageException("emit: --rows lies between 1 and 1000000, --row-length between 1 and 65536.");
        if ((long)rows * length > 50_000_000) throw new UsageException($"emit: {rows} rows of {length} keys are more than 50 million; give fewer.");
        var folder = context.Text("out");
        Directory.CreateDirectory(folder);
        var (verilog, baseline) = (SoftermaxRtl.Emit(config), BaselineRtl.Emit(config.SliceWidth));
        var (testbench, vectors) = SoftermaxTestbench.Emit(config, SoftermaxExperiments.RandomRows(config, rows, length, context.Integer("seed")));
        var files = new Dictionary<string, string> { ["softermax.v"] = verilog, ["softermax_testbench.v"] = testbench, ["softermax_vectors.hex"] = vectors };
        foreach (var (name, text) in files) AtomicFile.WriteText(Path.Combine(folder, name), text);
        AtomicFile.WriteText(Path.Combine(folder, "baseline.v"), baseline);
        context.Output.WriteLine($"{config.SliceWidth} lanes, {config.InputFormat} to {config.OutputFormat}; {rows} rows of {length} keys for the testbench; written to {folder}");
        if (context.Flag("check"))
        {
            if (!HardwareTools.HasSimulator) throw new UsageException("emit: --check needs Icarus Verilog; on Debian: apt-get install iverilog.");
            var printed = HardwareTools.Simulate(files, context.CancellationToken).Trim();
            context.Output.WriteLine($"Icarus Verilog: {printed}");
            if (!printed.StartsWith(SoftermaxTestbench.Passed, StringComparison.Ordinal)) throw new InvalidOperationException("emit: the units' integers differ from the simulator's.");
        }
        if (!context.Flag("area")) return;
        if (!HardwareTools.HasSynthesis) throw new UsageException("emit: --area needs Yosys; on Debian: apt-get install yosys.");
        foreach (var (name, source, module) in SoftermaxExperiments.Units(verilog, baseline))
            context.Output.WriteLine(Invariant($"{name}: about {HardwareTools.Transistors(source, module, context.CancellationToken)} transistors"));
    }

    private static void Cost(CommandContext context)
    {
        var report = SoftmaxCostModel.Default45nm.Compare(context.Integer("row-length"), context.Integer("heads"), ConfigOf(context));
        context.Output.WriteLine(Invariant($"Rows of {report.RowLength} keys, {report.Rows} rows a layer; nanojoules a row"));
        foreach (var cost in (SoftmaxCost[])[report.ThreePass32, report.ThreePass16, report.Online16, report.Softermax])
            context.Output.WriteLine(Invariant($"{cost.Name,-30} arithmetic {cost.ArithmeticPicojoules / 1000,8:F3}  buffer {cost.BufferPicojoules / 1000,8:F3}  all {cost.Picojoules / 1000,8:F3}"));
        context.Output.WriteLine(Invariant($"three passes in fp16 take {report.EnergyRatio:F2} times Softermax's energy, {report.ThreePass16.ArithmeticPicojoules / report.Softermax.ArithmeticPicojoules:F2} times in arithmetic alone"));
        context.Output.WriteLine(CostReport.Caveat);
        if (context.TextOrNull("out") is { } path) AtomicFile.WriteText(path, JsonSerializer.Serialize(report, SoftermaxJson.Default.CostReport));
    }

    private static void Quantize(CommandContext context)
    {
        var (epochs, batch, length, rate) = (context.Integer("epochs"), context.Integer("batch"), context.Integer("length"), context.Number("learning-rate"));
        if (epochs < 1 || batch < 1 || length is < 1 or > 65_536 || !(rate > 0 && double.IsFinite(rate)) || context.Integer("fine-tune-epochs") < 1)
            throw new UsageException("quantize: --epochs, --fine-tune-epochs, --batch and --length are at least 1, --learning-rate is above 0.");
        var recipe = new SoftermaxTraining { Bits = context.Integer("bits"), Epochs = context.Integer("fine-tune-epochs") };
        var softmax = ConfigOf(context);
        recipe.Quantization(softmax).Validate();
        var (training, test) = (LabelledSentences.Read(context.Text("text")), LabelledSentences.Read(context.Text("test")));
        string[] classes = [.. training.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length < 2) throw new ArgumentException($"{context.Text("text")}: there is one class, {classes[0]}; give sentences of at least two.");
        if (test.FirstOrDefault(row => !classes.Contains(row.Label)) is { Label: not null } stranger)
            throw new ArgumentException($"{context.Text("test")}: the class '{stranger.Label}' is not among the training sentences' ({string.Join(", ", classes.Take(12))}).");
        var bert = context.TextOrNull("bert");
        ITokenizer tokenizer = bert is null ? SentenceTensors.Tokenizer(training.Select(row => row.Text)) : WordPieceTokenizer.Load(Path.Combine(bert, "vocab.txt"));
        var seed = context.Integer("seed");
        var pretrained = bert is null ? null : BertClassifier.LoadPretrained(bert, classes.Length, new RandomSource(seed));
        if (pretrained is not null && length > pretrained.Bert.Config.Positions) throw new UsageException($"quantize: --length is {length}; this BERT reads {pretrained.Bert.Config.Positions} tokens.");
        var config = new SoftermaxClassifierConfig
        {
            Classes = classes,
            Length = length,
            Encoder = bert is null ? new() : null,
            Bert = pretrained?.Bert.Config,
            Quantization = recipe.Quantization(softmax),
        };
        var data = SoftermaxData.Split(Rows(training), 0.1, seed);
        if (data.Train.Count < batch) throw new UsageException($"quantize: --batch is {batch}; {data.Train.Count} sentences are left to train on.");
        IProgress<TrainingProgress> Shown(string name) => new TrainingView(context.Progress, name);
        var network = pretrained is null ? SoftermaxClassifier.Create(config, tokenizer.Count, seed) : SentenceNetwork.Of(pretrained);
        network.Fit(data.Train, epochs, batch, rate, seed, Shown("in floating point"), context.CancellationToken);
        var start = network.Snapshot();
        var held = Rows(test);
        var floating = network.Accuracy(held);
        var arms = new SoftermaxRecipe(data.Train, data.Validation, held, recipe, softmax, batch, [rate, rate / 3]);
        var results = ((RecipeArm[])[RecipeArm.RoundedSoftmax, RecipeArm.DropIn, RecipeArm.Softermax]).Select(arm => (Arm: arm, Result: arms.Run(arm, Restored, seed, Shown, context.CancellationToken))).ToArray();
        var best = results[^1].Result;
        var classifier = new SoftermaxClassifier(config, tokenizer, best.State);
        classifier.Save(context.Text("out"));
        var report = new QuantizeReport(floating, [.. results.Select(entry => new QuantizeArm(SoftermaxRecipe.NameOf(entry.Arm), entry.Result.Rate, entry.Result.Validation, entry.Result.Test))], best.Diagnostics?.Warning(softmax));
        AtomicFile.WriteText(Path.Combine(context.Text("out"), "report.json"), JsonSerializer.Serialize(report, SoftermaxJson.Default.QuantizeReport));
        context.Output.WriteLine(Invariant($"in floating point: {floating:P2} of {held.Count} test sentences"));
        foreach (var arm in report.Arms) context.Output.WriteLine(Invariant($"{arm.Name}: {arm.Test:P2} (validation {arm.Validation:P2}, rate {arm.Rate:G2})"));
        if (report.Warning is not null) context.Error.WriteLine(report.Warning);
        context.Output.WriteLine($"written to {context.Text("out")}");

        Data.TensorDataSet Rows(IReadOnlyList<(string Label, string Text)> rows) =>
            SoftermaxClassifier.Encode([.. rows.Select(row => row.Text)], [.. rows.Select(row => Array.IndexOf(classes, row.Label))], tokenizer, config);

        SentenceNetwork Restored()
        {
            var fresh = SoftermaxClassifier.Create(config, tokenizer.Count, seed);
            fresh.Module.LoadState(start);
            return fresh;
        }
    }

    private static void Classify(CommandContext context)
    {
        if (context.Has("text") == context.Has("sentence")) throw new UsageException("classify: give either --text FILE or --sentence TEXT.");
        string[] sentences = context.TextOrNull("sentence") is { } one ? [one] : [.. File.ReadLines(context.Text("text")).Where(line => line.Length > 0)];
        var classifier = SoftermaxClassifier.Load(context.Text("model"));
        foreach (var (sentence, (name, probability)) in sentences.Zip(classifier.Predict(sentences))) context.Output.WriteLine(Invariant($"{name}\t{probability:F4}\t{sentence}"));
    }

    private static string Shown(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What 'quantize' leaves beside the model.</summary>
internal sealed record QuantizeReport(double FloatAccuracy, QuantizeArm[] Arms, string? Warning);

/// <summary>An arm's accuracies.</summary>
internal sealed record QuantizeArm(string Name, double Rate, double Validation, double Test);
