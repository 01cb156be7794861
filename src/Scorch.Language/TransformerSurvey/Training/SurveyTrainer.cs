using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Data;
using Scorch.Models.Transformers;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Language.TransformerSurvey;

/// <summary>How a variant is trained.</summary>
public sealed record SurveyTrainOptions
{
    /// <summary>Steps of the whole run, those before a resumption included.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Parallel streams of a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Characters of a segment.</summary>
    public int Length { get; init; } = 128;

    /// <summary>Adam's greatest rate; reached after a tenth of the steps, then falling evenly to 0.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Held-out batches that are evaluated.</summary>
    public int HeldOutBatches { get; init; } = 8;

    /// <summary>Part of the characters that is hidden, where the model fills in.</summary>
    public double MaskedShare { get; init; } = 0.15;

    /// <summary>Fixes which characters are hidden.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Where the run is saved (safetensors), at the end, when cancelled and every hundred steps; a file that is there is continued.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message names it.</exception>
    public void Validate()
    {
        foreach (var (name, value) in new[] { (nameof(Steps), Steps), (nameof(BatchSize), BatchSize), (nameof(Length), Length), (nameof(HeldOutBatches), HeldOutBatches) })
            if (value < 1) throw new ArgumentException($"SurveyTrainOptions: {name} is {value}; it must be at least 1.", name);
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentException($"SurveyTrainOptions: LearningRate is {LearningRate}; it is finite and above 0.", nameof(LearningRate));
        if (!(MaskedShare is > 0 and < 1)) throw new ArgumentException($"SurveyTrainOptions: MaskedShare is {MaskedShare}; it lies in (0, 1).", nameof(MaskedShare));
    }
}

/// <summary>What came of training a variant.</summary>
/// <param name="BitsPerCharacter">Held-out cross-entropy: of the next character, or of hidden ones.</param>
/// <param name="Curve">Training loss in nats, by step.</param>
/// <param name="StepSeconds">Mean time of a step of this call.</param>
public sealed record SurveyTrainResult(double BitsPerCharacter, IReadOnlyList<(long Step, double Loss)> Curve, double StepSeconds);

/// <summary>Trains variants on the same segments in the same order; a topology with a memory is handed that of the segment before.</summary>
public static class SurveyTrainer
{
    /// <summary>Trains a variant and leaves it in evaluation mode.</summary>
    /// <param name="model">The variant.</param>
    /// <param name="corpus">Text to learn from and held out.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Hears of the run.</param>
    /// <param name="cancellation">Ends it between two steps, after a checkpoint.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the corpus is not the model's.</exception>
    public static SurveyTrainResult Fit(XformerLanguageModel model, CharacterCorpus corpus, SurveyTrainOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Require(model, corpus, options.Length);
        var streams = new CharacterStreams(corpus.Training, options.BatchSize, options.Length);
        var curve = new List<(long, double)>();
        var (memory, warmUp) = ((XformerMemory?)null, Math.Max(1, options.Steps / 10));
        Trainer<Tensor>? trainer = null;
        var loader = new DataLoader<Tensor>(streams.Segments, indices => streams.Window(indices[0]), new(1, Shuffle: false, Seed: options.Seed));
        trainer = new(
            model,
            new Adam(model.Parameters(), new(options.LearningRate)),
            loader,
            window =>
            {
                var context = new TransformerContext();
                // Streams begin anew with each pass over the text.
                if (trainer!.Step % streams.Segments == 0) memory = null;
                var random = new RandomSource(RandomSource.Derive(options.Seed, trainer.Step));
                var (loss, next) = Loss(model, window, context, memory, () => Hidden(window.Shape, options.MaskedShare, random));
                memory = next;
                curve.Add((trainer.Step + 1, loss.Item()));
                return context.Losses.Aggregate(loss, (sum, added) => sum + added);
            },
            new(options.Steps)
            {
                Schedule = Schedule.Of((step, rate) => rate * Math.Min((step + 1.0) / warmUp, Math.Max(0, options.Steps - step) / (double)Math.Max(1, options.Steps - warmUp))),
                GradientNorm = 1,
                ReportEvery = Math.Max(1, options.Steps / 20),
                CheckpointPath = options.CheckpointPath,
                CheckpointEvery = options.CheckpointPath is null ? 0 : 100,
            });
        trainer.Checkpoint.Add("memory", () => Saved(memory), state => memory = Restored(state));
        if (trainer.Resume() && trainer.Step >= options.Steps)
            throw new ArgumentException($"SurveyTrainer: {options.CheckpointPath} has {trainer.Step} steps already; ask for more than these, or name another file.", nameof(options));
        var (clock, before) = (Stopwatch.StartNew(), trainer.Step);
        model.Train();
        trainer.Run(progress, cancellation);
        var seconds = clock.Elapsed.TotalSeconds / Math.Max(1, trainer.Step - before);
        return new(BitsPerCharacter(model, corpus, options, cancellation), curve, seconds);
    }

    /// <summary>Held-out bits of a character, in evaluation mode: of the next one, or of hidden ones.</summary>
    /// <param name="model">The variant; it is left in evaluation mode.</param>
    /// <param name="corpus">The corpus.</param>
    /// <param name="options">Streams, lengths and batches.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    public static double BitsPerCharacter(XformerLanguageModel model, CharacterCorpus corpus, SurveyTrainOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        Require(model, corpus, options.Length);
        using var mode = GradientMode.Disable();
        model.Evaluate();
        var streams = new CharacterStreams(corpus.HeldOut, options.BatchSize, options.Length);
        var (sum, batches, memory) = (0.0, Math.Min(options.HeldOutBatches, streams.Segments), (XformerMemory?)null);
        for (var batch = 0; batch < batches; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var window = streams.Window(batch);
            // The same characters are hidden from every variant.
            var (loss, next) = Loss(model, window, new(), memory, () => Hidden(window.Shape, options.MaskedShare, new(batch)));
            (sum, memory) = (sum + loss.Item(), next);
        }
        return sum / batches / Math.Log(2);
    }

    private static (Tensor Loss, XformerMemory? Memory) Loss(XformerLanguageModel model, Tensor window, TransformerContext context, XformerMemory? memory, Func<Tensor> hidden)
    {
        if (model.Config.IsMasked)
        {
            var (length, masked) = (window.Shape[1] - 1, hidden());
            return (model.MaskedCrossEntropy(window.Narrow(1, 0, length), masked.Narrow(1, 0, length), context), null);
        }
        return model.CrossEntropy(window, context, memory);
    }

    /// <summary>Bool: true where a character is hidden; at least the first one of all.</summary>
    private static Tensor Hidden(Shape shape, double share, RandomSource random)
    {
        var hidden = random.Uniform(shape).LessThan(share).ToArray<bool>();
        if (!hidden.Contains(true)) hidden[0] = true;
        return Tensor.From(hidden, shape);
    }

    private static void Require(XformerLanguageModel model, CharacterCorpus corpus, int length)
    {
        if (corpus.VocabularySize != model.VocabularySize || length > model.MaximumLength)
            throw new ArgumentException($"SurveyTrainer: the corpus has {corpus.VocabularySize} characters and segments of {length}, the model {model.VocabularySize} and at most {model.MaximumLength}; build one for the other.", nameof(corpus));
    }

    private static Dictionary<string, Tensor> Saved(XformerMemory? memory)
    {
        var state = new Dictionary<string, Tensor>();
        for (var i = 0; i < (memory?.Recent.Count ?? 0); i++) state[$"recent.{i}"] = memory!.Recent[i].Detach();
        for (var i = 0; i < (memory?.Compressed.Count ?? 0); i++) state[$"compressed.{i}"] = memory!.Compressed[i].Detach();
        return state;
    }

    private static XformerMemory? Restored(IReadOnlyDictionary<string, Tensor> state)
    {
        List<Tensor> Of(string name)
        {
            var tensors = new List<Tensor>();
            while (state.TryGetValue($"{name}.{tensors.Count}", out var tensor)) tensors.Add(tensor);
            return tensors;
        }
        var recent = Of("recent");
        return recent.Count == 0 ? null : new(recent, Of("compressed"));
    }
}
