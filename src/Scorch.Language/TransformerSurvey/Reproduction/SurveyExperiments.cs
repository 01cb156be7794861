using System.Globalization;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Reproductions;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Part A: costs. Part B: every module on one task. Part C: what sees what, permutations, the place of normalisation.</summary>
internal static class SurveyExperiments
{
    public static void Run(RunContext context)
    {
        context.Report("reading the text");
        var corpus = SurveyData.Corpus(context);
        Costs(context);
        Reductions(context);
        Properties(context, corpus);
        Compare(context, corpus);
    }

    public static string OneStep(RunContext context)
    {
        var corpus = SurveyData.Corpus(context);
        var options = Options(context, context.Seeds[0]) with { Steps = 1, HeldOutBatches = 1 };
        var model = new XformerLanguageModel(new(Sizes(context.Settings) with { Topology = Topologies.Decoder() }, corpus.VocabularySize), context.Seeds[0]);
        var result = SurveyTrainer.Fit(model, corpus, options, null, context.CancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the plain Transformer of {VariantRows.Of(Sizes(context.Settings), context.Settings.Text("rows") == "quick").Count} rows: {model.ParameterCount} parameters, {model.Config.Spec.Layers} layers, d = {model.Config.Spec.Dim}, {corpus.VocabularySize} characters; held out {result.BitsPerCharacter:F3} bits a character after one step");
    }

    /// <summary>Part A: counted operations are the same for every seed; times are told, not judged.</summary>
    private static void Costs(RunContext context)
    {
        var settings = context.Settings;
        var (dim, heads) = (settings.Integer("cost-dim"), settings.Integer("cost-heads"));
        int[] lengths = [.. Enumerable.Range(0, settings.Integer("cost-doublings") + 1).Select(i => settings.Integer("cost-length") << i)];
        var spec = new XformerSpec { Dim = dim, Heads = heads, MaximumLength = lengths[^1] };
        var (worst, cards) = (0.0, AttentionCatalog.All);
        ScalingReport? full = null;
        for (var i = 0; i < cards.Count; i++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Report($"counting operations: {cards[i].Name}", 0.2 * i / cards.Count);
            var report = Taxonomy.Measure(spec with { Attention = new(cards[i].Name) }, lengths, repeats: 1);
            if (cards[i].Name == VariantRows.Plain) full = report;
            worst = Math.Max(worst, Math.Abs(report.OperationExponent - report.DeclaredExponent));
            foreach (var row in report.Rows) context.LogScalar($"milliseconds of a forward pass/{cards[i].Name}", row.Length, row.Seconds * 1000);
            context.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"A {cards[i].Name}: operations T^{report.OperationExponent:F3}, declared {cards[i].TimeOrder} with T^{report.DeclaredExponent}; time T^{report.TimeExponent:F2}, recorded memory T^{report.MemoryExponent:F2}; at T = {lengths[^1]} {report.Rows[^1].MixingOperations / 1e6:F1} million operations, {report.Rows[^1].Seconds * 1000:F1} ms, {report.Rows[^1].RecordedBytes / 1e6:F1} MB"));
        }
        var rows = full!.Rows;
        // The formulas of the survey's table 1, in multiply-adds, biases apart.
        double Against(Func<ScalingRow, double> counted, Func<double, double> formula) => rows.Max(row => Math.Abs((counted(row) / formula(row.Length)) - 1));
        var maps = Against(row => row.MapOperations, length => 4.0 * length * dim * dim);
        var mixing = Against(row => row.MixingOperations, length => 2.0 * length * length * dim);
        var part = Against(row => row.FeedForwardOperations, length => 8.0 * length * dim * dim);
        var crossing = rows.Zip(rows.Skip(1)).Where(pair => pair.First.Seconds <= pair.First.FeedForwardSeconds && pair.Second.Seconds > pair.Second.FeedForwardSeconds).Select(pair => pair.Second.Length).FirstOrDefault();
        context.Note(string.Create(CultureInfo.InvariantCulture, $"A crossover: by operations T = {full.Crossover:F1}, 4 D = {4 * dim}; by time {(crossing == 0 ? "the attention is the slower part at every length or at none" : $"between T = {crossing / 2} and {crossing}")}"));
        var attention = Taxonomy.Attention(VariantRows.Plain);
        var module = attention.Create(spec.Site(attention, spec.Attention, 0, new(1)));
        var feedForward = (PointwiseFeedForward)Taxonomy.FeedForward("relu").Create(spec.Site(Taxonomy.FeedForward("relu"), FeedForwards.Relu(), 0, new(1)))!;
        static long Weights(Module own) => own.NamedParameters().Where(entry => entry.Parameter.Rank == 2).Sum(entry => entry.Parameter.ElementCount);
        foreach (var seed in context.Seeds)
        {
            context.Measure("C2a", seed, maps);
            context.Measure("C2b", seed, mixing);
            context.Measure("C2c", seed, part);
            context.Measure("C2d", seed, full.Crossover!.Value, 4.0 * dim);
            context.Measure("C2e", seed, Weights(module), 4.0 * dim * dim);
            context.Measure("C2f", seed, Weights(feedForward), 8.0 * dim * dim);
            context.Measure("C4a", seed, worst);
            context.Measure("C4b", seed, Math.Abs(full.FeedForwardExponent!.Value - 1));
        }
    }

    private static void Reductions(RunContext context)
    {
        var cards = AttentionCatalog.All.Where(card => card.ReducesToFullWhen is not null).ToArray();
        foreach (var seed in context.Seeds)
        {
            var held = 0;
            foreach (var card in cards)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var difference = ReductionCheck.Difference(card, 11, seed);
                if (difference <= card.ReducesToFullWhen!.Tolerance) held++;
                else context.Note(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {card.Name} differs from full attention by {difference:E1} when {card.ReducesToFullWhen.When}"));
            }
            context.Measure("C4c", seed, (double)held / cards.Length);
        }
        context.Note($"Equal to full attention in a limit: {cards.Length} of {AttentionCatalog.All.Count} attentions; the others say that they never are.");
    }

    /// <summary>Part C.</summary>
    private static void Properties(RunContext context, CharacterCorpus corpus)
    {
        var settings = context.Settings;
        var depth = settings.Integer("depth");
        var deep = new XformerSpec
        {
            Dim = settings.Integer("depth-dim"),
            Heads = 2,
            Layers = depth,
            MaximumLength = settings.Integer("depth-segment"),
            Topology = Topologies.Decoder(),
        };
        var streams = new CharacterStreams(corpus.Training, settings.Integer("batch"), settings.Integer("depth-segment"));
        const int Time = 27, Window = 4, Width = 3;
        var equivariant = new XformerSpec { Dim = 16, Heads = 4, Layers = 2, MaximumLength = Time, Position = PositionSchemes.None() };
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            context.Report($"seed {seed}: what sees what, permutations", 0.2 + (0.2 * i / context.Seeds.Count));
            context.Measure("C1", seed, RunningShare(seed));
            context.Measure("C3a", seed, Probes.LayersToReach(Attentions.Full(), Time, seed), 1);
            context.Measure("C3b", seed, Probes.LayersToReach(Attentions.Band(Window), Time, seed), Math.Ceiling((Time - 1.0) / Window));
            context.Measure("C3c", seed, Probes.ConvolutionsToReach(Width, Time), Math.Log(Time, Width));
            context.Measure("C5a", seed, Probes.EquivarianceError(equivariant, Time, seed));
            context.Measure("C5b", seed, PositionCatalog.All.Where(card => card.Name != "none").Min(card => Probes.EquivarianceError(equivariant with { Position = new(card.Name) }, Time, seed)));
            double Ratio(ModuleSpec norm) => Probes.GradientRatio(new(new(deep with { Norm = norm }, corpus.VocabularySize), seed), streams.Window(0));
            double Trained(string name, ModuleSpec norm)
            {
                context.Report($"seed {seed}: {depth} layers without warm-up, {name}", 0.2 + (0.2 * i / context.Seeds.Count));
                var model = new XformerLanguageModel(new(deep with { Norm = norm }, corpus.VocabularySize), seed);
                return Probes.LossWithoutWarmUp(
                    model, streams, settings.Integer("depth-steps"), settings.Number("depth-rate"), (step, loss) => context.LogScalar($"training loss without warm-up, seed {seed}/{name}", step, loss), context.CancellationToken);
            }
            context.Measure("C5c", seed, Ratio(Norms.PostLayerNorm()), Ratio(Norms.PreLayerNorm()));
            var pre = Trained("pre-layer-norm", Norms.PreLayerNorm());
            context.Measure("C5d", seed, Trained("post-layer-norm", Norms.PostLayerNorm()), pre);
            context.Measure("C5e", seed, Trained("rezero", Norms.ReZero()), pre);
        }
    }

    /// <summary>Share of modules that build, run, and give finite results and gradients.</summary>
    private static double RunningShare(long seed)
    {
        var rows = VariantRows.Of(new() { Dim = 8, Heads = 2, Layers = 2, MaximumLength = 16 }, isQuick: false);
        var ids = new RandomSource(seed).Integers([2, 17], 0, 20);
        var hidden = Tensor.Range(34).Reshape(2, 17).Remainder(3).EqualTo(0);
        double Runs(VariantRow row)
        {
            var model = new XformerLanguageModel(new(row.Spec, 20, row.IsMasked), seed);
            var loss = row.IsMasked ? model.MaskedCrossEntropy(ids.Narrow(1, 0, 16), hidden.Narrow(1, 0, 16), new()) : model.CrossEntropy(ids, new()).Loss;
            loss.Backward();
            return double.IsFinite(loss.Item()) && model.Parameters().All(parameter => parameter.Gradient is null || parameter.Gradient.IsFinite().All().To(DataType.Int64).ItemInt64() == 1) ? 1 : 0;
        }
        return rows.Average(Runs);
    }

    /// <summary>Part B: a table, without a verdict.</summary>
    private static void Compare(RunContext context, CharacterCorpus corpus)
    {
        var rows = VariantRows.Of(Sizes(context.Settings), context.Settings.Text("rows") == "quick");
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"B: {corpus.Training.Count} characters to learn from, {corpus.HeldOut.Count} held out, {corpus.VocabularySize} different; every variant has the same segments, steps and rate, none was tuned. Rows for hidden characters fill in 15% of them from both sides and compare with each other alone."));
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var (bits, milliseconds, parameters) = (new List<double>(), new List<double>(), 0L);
            foreach (var seed in context.Seeds)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var from = 0.4 + (0.6 * i / rows.Count);
                var model = new XformerLanguageModel(new(row.Spec, corpus.VocabularySize, row.IsMasked), seed);
                var result = SurveyTrainer.Fit(model, corpus, Options(context, seed), context.Training($"{row.Slot}: {row.Name}, seed {seed}", from, from + (0.6 / rows.Count)), context.CancellationToken);
                bits.Add(result.BitsPerCharacter);
                milliseconds.Add(result.StepSeconds * 1000);
                parameters = model.ParameterCount;
                if (seed == context.Seeds[0])
                    foreach (var (step, loss) in result.Curve) context.LogScalar($"training loss, {row.Slot}/{row.Name}", step, loss);
            }
            var mean = bits.Average();
            var deviation = bits.Count < 2 ? 0 : Math.Sqrt(bits.Sum(value => (value - mean) * (value - mean)) / (bits.Count - 1));
            context.Note(string.Create(CultureInfo.InvariantCulture, $"B {row.Slot}: {row.Name}: {mean:F3} bits a character (deviation over seeds {deviation:F3}), {milliseconds.Average():F1} ms a step, {parameters} parameters"));
        }
    }

    private static XformerSpec Sizes(RunSettings settings) => new()
    {
        Dim = settings.Integer("model-dim"),
        Heads = settings.Integer("heads"),
        Layers = settings.Integer("layers"),
        MaximumLength = settings.Integer("segment"),
    };

    private static SurveyTrainOptions Options(RunContext context, long seed) => new()
    {
        Steps = context.Settings.Integer("steps"),
        BatchSize = context.Settings.Integer("batch"),
        Length = context.Settings.Integer("segment"),
        LearningRate = context.Settings.Number("learning-rate"),
        HeldOutBatches = context.Settings.Integer("held-out-batches"),
        Seed = seed,
    };
}
