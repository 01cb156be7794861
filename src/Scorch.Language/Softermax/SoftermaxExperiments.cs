using System.Globalization;
using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Models.Transformers;
using Scorch.Reproductions;

namespace Scorch.Language.Softermax;

/// <summary>Measures arithmetic, hardware and accuracies.</summary>
internal static class SoftermaxExperiments
{
    private const int RowLength = 384, Heads = 12, AreaLanes = 4;

    public static void Run(RunContext context)
    {
        var config = SoftermaxConfig.Paper;
        Hardware(context, config);
        foreach (var seed in context.Seeds) context.Measure("C3a", seed, OnlineError(context.Settings.Integer("rows"), seed));
        context.MarkNotMeasurable("C2c", "needs BERT's weights and GLUE or SQuAD: --scale paper with --set bert and --set glue or --set squad");
        if (context.Scale == Scale.Smoke)
        {
            foreach (var seed in context.Seeds) Train(context, SoftermaxData.Smoke(context, seed), null, seed, config);
            return;
        }
        foreach (var seed in context.Seeds)
        {
            Train(context, SoftermaxData.Trec(context, seed), "C2a", seed, config);
            Train(context, SoftermaxData.Sst2(context, seed), "C2b", seed, config);
        }
    }

    public static string OneStep(RunContext context)
    {
        var seed = context.Seeds[0];
        var task = context.Scale == Scale.Smoke ? SoftermaxData.Smoke(context, seed) : SoftermaxData.Trec(context, seed);
        var network = Network(context, task, seed);
        var quantized = Quantizer.Insert(network.Module, new SoftermaxTraining { Bits = context.Settings.Integer("bits") }.Quantization());
        var batch = context.Settings.Integer("batch");
        network.Calibrate(quantized, task.Train, 1, batch, seed);
        var loss = Loss.CrossEntropy(network.Logits(task.Train.Batch([.. Enumerable.Range(0, batch)])), task.Train.Tensors[^1].Narrow(0, 0, batch));
        loss.Backward();
        return Invariant($"{task.Name}: {network.Module.ParameterCount} parameters, {task.Vocabulary} words; one step, rounded with Softermax: loss {loss.Item():F3}");
    }

    /// <summary>Rows of random scores in and a little beyond the input's range, some keys masked, some rows rising towards their end.</summary>
    public static IReadOnlyList<(double[] Scores, bool[]? Mask)> RandomRows(SoftermaxConfig config, int rows, int length, long seed)
    {
        var random = new Random(unchecked((int)seed));
        var range = config.InputFormat.Greatest;
        return [.. Enumerable.Range(0, rows).Select(row =>
        {
            var spread = range * (row % 4 == 0 ? 1.1 : 0.2 * ((row % 4) + 1));
            var own = 1 + random.Next(length);
            var scores = Enumerable.Range(0, own).Select(i => (((random.NextDouble() * 2) - 1) * spread) + (row % 5 == 0 ? range * i / (2.0 * own) : 0)).ToArray();
            return (scores, row % 3 == 0 ? null : scores.Select(_ => random.NextDouble() > (row % 50 == 1 ? 1 : 0.15)).ToArray());
        })];
    }

    /// <summary>The modules whose area is counted.</summary>
    public static IReadOnlyList<(string Name, string Source, string Module)> Units(string verilog, string baseline) =>
    [
        ("Softermax, unnormalised", verilog, SoftermaxRtl.UnnormalizedModule),
        ("Softermax, normalisation", verilog, SoftermaxRtl.NormalizationModule),
        ("fp16, maximum, exponentials and sum", baseline, BaselineRtl.UnnormalizedModule),
        ("fp16, division", baseline, BaselineRtl.NormalizationModule),
    ];

    private static void Hardware(RunContext context, SoftermaxConfig config)
    {
        var cost = SoftmaxCostModel.Default45nm.Compare(RowLength, Heads, config);
        foreach (var seed in context.Seeds) context.Measure("C1a", seed, cost.ThreePass16.Picojoules, cost.Softermax.Picojoules);
        context.Note(Invariant($"{CostReport.Caveat} A row of {RowLength}: three passes in fp32 {cost.ThreePass32.Picojoules / 1000:F2} nJ, in fp16 {cost.ThreePass16.Picojoules / 1000:F2}, online in fp16 {cost.Online16.Picojoules / 1000:F2}, Softermax {cost.Softermax.Picojoules / 1000:F2}, of which buffers {cost.Softermax.BufferPicojoules / 1000:F2}."));
        if (context.Scale == Scale.Smoke) return;
        var verilog = SoftermaxRtl.Emit(config);
        if (HardwareTools.HasSimulator)
        {
            foreach (var seed in context.Seeds)
            {
                context.Report($"seed {seed}: Verilog against the simulator");
                var (testbench, vectors) = SoftermaxTestbench.Emit(config, RandomRows(config, context.Settings.Integer("rows"), 40, seed));
                var printed = HardwareTools.Simulate(new Dictionary<string, string> { ["softermax.v"] = verilog, ["softermax_testbench.v"] = testbench, ["softermax_vectors.hex"] = vectors }, context.CancellationToken).Trim().Split('\n')[^1];
                var words = printed.Split(' ');
                var mismatches = words[0] == SoftermaxTestbench.Passed ? 0 : words is ["FAIL", var count] ? int.Parse(count, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"vvp printed '{printed}'.");
                context.Measure("C3b", seed, mismatches);
            }
        }
        else
        {
            context.MarkNotMeasurable("C3b", "Icarus Verilog is not installed (Debian: iverilog)");
        }
        if (!HardwareTools.HasSynthesis)
        {
            context.MarkNotMeasurable("C1b", "Yosys is not installed (Debian: yosys)");
            return;
        }
        var counts = new List<long>();
        // Few lanes, which synthesis takes in a minute; the reciprocal that lanes share weighs the more.
        foreach (var (name, source, module) in Units(SoftermaxRtl.Emit(config with { SliceWidth = AreaLanes }), BaselineRtl.Emit(AreaLanes)))
        {
            context.Report($"synthesis: {name}");
            counts.Add(HardwareTools.Transistors(source, module, context.CancellationToken));
            context.Note(Invariant($"{name}, {AreaLanes} lanes: {counts[^1]} transistors by Yosys' estimate."));
        }
        foreach (var seed in context.Seeds) context.Measure("C1b", seed, counts[0] + counts[1], counts[2] + counts[3]);
    }

    private static double OnlineError(int rows, int seed)
    {
        var random = new Random(seed);
        var greatest = 0.0;
        for (var row = 0; row < rows; row++)
        {
            var scores = Enumerable.Range(0, 1 + random.Next(100)).Select(_ => ((random.NextDouble() * 2) - 1) * 30).ToArray();
            var width = 1 + random.Next(scores.Length);
            var maximum = scores.Max();
            var sum = scores.Sum(score => Math.Pow(2, score - maximum));
            var online = Softermax.Online(scores, width).Values;
            for (var i = 0; i < scores.Length; i++) greatest = Math.Max(greatest, Math.Abs(online[i] - (Math.Pow(2, scores[i] - maximum) / sum)));
        }
        return greatest;
    }

    private static SentenceNetwork Network(RunContext context, SoftermaxTask task, long seed) => SentenceNetwork.Small(
        new()
        {
            Features = context.Settings.Integer("model-dim"),
            Heads = context.Settings.Integer("heads"),
            Layers = context.Settings.Integer("layers"),
            Inner = 4 * context.Settings.Integer("model-dim"),
        },
        task.Vocabulary,
        task.Classes,
        task.Length,
        seed);

    private static void Train(RunContext context, SoftermaxTask task, string? claim, int seed, SoftermaxConfig config)
    {
        var settings = context.Settings;
        var batch = settings.Integer("batch");
        var network = Network(context, task, seed);
        network.Fit(task.Train, settings.Integer("epochs"), batch, settings.Number("learning-rate"), seed, context.Training($"{task.Name}, seed {seed}: ordinary softmax"), context.CancellationToken);
        var (start, before) = (network.Snapshot(), network.Accuracy(task.Test));
        Probe(context, network, task, seed, config);
        var rates = settings.Text("fine-tune-rates").Split(',', StringSplitOptions.TrimEntries).Select(rate => double.TryParse(rate, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 10
            ? value
            : throw new UsageException($"--set fine-tune-rates: '{rate}' is no rate; give numbers above 0, separated by commas.")).ToArray();
        var recipe = new SoftermaxRecipe(task.Train, task.Validation, task.Test, new() { Bits = settings.Integer("bits"), Epochs = settings.Integer("fine-tune-epochs") }, config, batch, rates);
        var results = Enum.GetValues<RecipeArm>().ToDictionary(arm => arm, arm => recipe.Run(arm, Restored, seed, name => context.Training($"{task.Name}, seed {seed}: {name}"), context.CancellationToken));
        if (claim is not null) context.Measure(claim, seed, 100 * results[RecipeArm.Softermax].Test, 100 * results[RecipeArm.RoundedSoftmax].Test);
        var (p, n) = (results[RecipeArm.Softermax].Test, task.Test.Count);
        context.Note(Invariant($"{task.Name}, seed {seed}: before {before:P2}; ")
            + string.Join("; ", results.Select(entry => Invariant($"{SoftermaxRecipe.NameOf(entry.Key)} {entry.Value.Test:P2}{(entry.Value.Rate > 0 ? Invariant($" (rate {entry.Value.Rate:G2})") : "")}")))
            + Invariant($"; {n} test sentences, so that one run's figure is known to ±{100 * 1.96 * Math.Sqrt(p * (1 - p) / n):F1} points (binomial, 95%)."));
        context.Note(Invariant($"{task.Name}, seed {seed}: {results[RecipeArm.Softermax].Diagnostics!.Warning(config) ?? "no score and no sum saturated"}."));

        SentenceNetwork Restored()
        {
            var fresh = Network(context, task, seed);
            fresh.Module.LoadState(start);
            return fresh;
        }
    }

    /// <summary>How far the fixed-point weights lie from the exact ones on the scores of a trained network.</summary>
    private static void Probe(RunContext context, SentenceNetwork network, SoftermaxTask task, int seed, SoftermaxConfig config)
    {
        var probe = new ErrorProbe(config);
        var attentions = network.Module.NamedModules().Select(entry => entry.Module).OfType<Attention>().ToArray();
        foreach (var attention in attentions) attention.Arithmetic = probe;
        network.Module.Evaluate();
        using (GradientMode.Disable()) network.Logits(task.Test.Batch([.. Enumerable.Range(0, Math.Min(128, task.Test.Count))]));
        foreach (var attention in attentions) attention.Arithmetic = null;
        context.Note(Invariant($"{task.Name}, seed {seed}: on the trained network's scores, fixed-point weights differ from the exact ones of base 2 by {probe.Mean:E2} in the mean, {probe.Greatest:F4} at most; the output's step is {config.OutputFormat.Resolution:F4}."));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class ErrorProbe(SoftermaxConfig config) : AttentionArithmetic
    {
        private double sum;
        private long count;

        public double Mean => sum / Math.Max(1, count);

        public double Greatest { get; private set; }

        public override Tensor Operand(Tensor operand, AttentionOperand kind) => operand;

        public override Tensor Weights(Tensor scores, Tensor? allowed)
        {
            var result = Softermax.Apply(scores, allowed, config);
            var distance = (result - Softermax.Exact(scores, allowed)).Abs();
            sum += distance.Sum().Item();
            count += allowed is null ? distance.ElementCount : allowed.Expand(scores.Shape).To(DataType.Int64).Sum().ItemInt64();
            Greatest = Math.Max(Greatest, distance.Maximum().Item());
            return result;
        }
    }
}
