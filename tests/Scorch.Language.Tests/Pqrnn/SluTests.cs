using System.Text;
using Scorch.Language.Pqrnn;
using Scorch.Language.Tests.SwitchTransformers;
using Student = Scorch.Language.Pqrnn.Pqrnn;

namespace Scorch.Language.Tests.Slu;

/// <summary>Invariants of the layers, training, distillation, export.</summary>
public class SluTests
{
    private static readonly PqrnnConfig Small = new() { FeatureSize = 64, Bottleneck = 12, StateSize = 8, Layers = 2, Distortion = 0.2, Zoneout = 0.2 };
    private static readonly SluFitConfig Short = new() { Steps = 6, BatchSize = 8 };

    [Fact]
    public void The_loss_is_the_cards()
    {
        var golden = new PqrnnGolden("distillation_loss.npz");
        var student = new Modules.Parameter(golden["in.student"]);
        var (temperature, weight) = (golden.Number("in.temperature"), golden.Number("in.weight"));
        var loss = DistillationLoss.Compute(student, golden["in.teacher"], golden["in.labels"], temperature, weight);
        Assert.Equal(golden.Number("out.loss"), loss.Item(), 1e-10);
        Assert.Equal(golden.Number("out.hard"), DistillationLoss.Compute(student, null, golden["in.labels"], temperature, 0).Item(), 1e-10);
        // The golden soft part carries T^2.
        Assert.Equal(golden.Number("out.soft"), DistillationLoss.Compute(student, golden["in.teacher"], golden["in.labels"], temperature, 1).Item(), 1e-10);
        loss.Backward();
        SwitchGolden.AssertClose(golden["grad.student"], student.Gradient!, 1e-10);
    }

    [Fact]
    public void Backward_is_forward_on_the_reversed_utterance()
    {
        var layer = new Qrnn(new() { Inputs = 3, StateSize = 4, BatchNorm = false }, new RandomSource(1));
        layer.ConvertTo(DataType.Float64);
        // Kernel index 0 of the backward direction is the current token, of the forward one the earliest.
        layer.BackwardDirection.Weight.Detach().CopyFrom(layer.ForwardDirection.Weight.Detach().Flip(2));
        var (x, mask) = (new RandomSource(2).Normal([2, 5, 3], dataType: DataType.Float64), Tensor.Ones([2, 5], DataType.Float64));
        var forward = layer.Forward(x.Flip(1), mask).Narrow(2, 0, 4).Flip(1);
        SwitchGolden.AssertClose(forward.Detach(), layer.Forward(x, mask).Narrow(2, 4, 4), 1e-12);
    }

    [Fact]
    public void Padding_changes_nothing_in_training_and_evaluation()
    {
        var layer = new Qrnn(new() { Inputs = 3, StateSize = 4 }, new RandomSource(1));
        var (x, mask) = (new RandomSource(2).Normal([2, 5, 3]), Tensor.Ones([2, 5]));
        var (longer, longerMask) = (Tensor.Concatenate([x, new RandomSource(3).Normal([2, 3, 3])], 1), Tensor.Concatenate([mask, Tensor.Zeros([2, 3])], 1));
        foreach (var training in (bool[])[true, false])
        {
            if (training) layer.Train();
            else layer.Evaluate();
            var want = layer.Forward(x, mask);
            var have = layer.Forward(longer, longerMask);
            SwitchGolden.AssertClose(want.Detach(), have.Narrow(1, 0, 5), 2e-6);
            Assert.Equal(0, have.Narrow(1, 5, 3).Abs().Sum().Item());
        }
    }

    [Fact]
    public void The_scan_by_doubling_is_the_loop()
    {
        var (x, f) = (new RandomSource(1).Normal([3, 37, 5]), new RandomSource(2).Uniform([3, 37, 5]));
        foreach (var backwards in (bool[])[false, true])
            SwitchGolden.AssertClose(x.LinearRecurrence(f, backwards), AssociativeScan.Run(x, f, backwards), 1e-5);
    }

    [Fact]
    public void Zoned_out_elements_are_carried_over_and_evaluation_has_none()
    {
        var config = new QrnnConfig { Inputs = 3, StateSize = 64, Pooling = QrnnPooling.F, BatchNorm = false, Zoneout = 0.9 };
        var layer = new Qrnn(config, new RandomSource(1));
        var (x, mask) = (new RandomSource(2).Normal([1, 2, 3]), Tensor.Ones([1, 2]));
        var states = layer.Forward(x, mask).Narrow(2, 0, 64);
        var kept = states.Select(1, 0).EqualTo(states.Select(1, 1)).To(DataType.Float32).Mean().Item();
        // 64 draws with probability 0.9: below 0.7 lies more than five deviations away.
        Assert.InRange(kept, 0.7, 1);
        layer.Evaluate();
        var evaluated = layer.Forward(x, mask);
        Assert.Equal(evaluated.ToArray<float>(), layer.Forward(x, mask).ToArray<float>());
        Assert.Equal(0, evaluated.Select(1, 0).EqualTo(evaluated.Select(1, 1)).To(DataType.Float32).Sum().Item());
    }

    [Fact]
    public async Task The_export_predicts_bit_for_bit_what_the_student_does()
    {
        var student = Trained(1);
        var export = student.Export();
        using var folder = new Folder();
        await export.SaveAsync(folder.Path);
        var read = QuantizedModel.Load(folder.Path);
        Assert.Equal(export.SizeInBytes, read.SizeInBytes);
        Assert.InRange(export.SizeInBytes, student.ParameterCount / 2, student.ParameterCount * 2);
        var tokens = SluSample.Make(9, 5).Select(utterance => utterance.Tokens).ToArray();
        student.Evaluate();
        var (want, have) = (student.Forward(student.Read(tokens)), read.ToModel() is var model ? model.Forward(model.Read(tokens)) : throw new InvalidOperationException());
        Assert.Equal(want.Slots.ToArray<float>(), have.Slots.ToArray<float>());
        Assert.Equal(want.Intents.ToArray<float>(), have.Intents.ToArray<float>());
    }

    [Fact]
    public void A_seed_fixes_every_bit_at_any_number_of_threads()
    {
        var before = Parallelism.ThreadCount;
        try
        {
            var states = new[] { 1, 2, 7 }.Select(threads =>
            {
                Parallelism.ThreadCount = threads;
                return Trained(3).State().SelectMany(entry => entry.Value.To(DataType.Float64).ToArray<double>()).ToArray();
            }).ToArray();
            Assert.Equal(states[0], states[1]);
            Assert.Equal(states[0], states[2]);
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }

    [Fact]
    public async Task A_student_learns_the_patterns_from_a_teacher()
    {
        var (train, test) = (SluSample.Make(64, 1), SluSample.Make(40, 2));
        var (intents, tags) = SluUtterance.Names(train);
        var teacher = new LstmTagger(new() { WordFeatures = 16, StateSize = 16, Layers = 1, CharacterFeatures = 4 }, intents, tags, train, 1);
        SluTrainer.Fit(teacher, train, new() { Steps = 80, BatchSize = 16, LearningRate = 0.02 });
        Assert.InRange(SluMetrics.Evaluate(teacher, test).ExactMatch, 0.8, 1);
        var student = Student.ForJointSlu(Small with { Distortion = 0, Zoneout = 0 }, intents, tags, 1);
        var further = SluAugmentation.Make(train, new(), new RandomSource(1));
        await SluDistiller.FitAsync(student, teacher, train, further, new() { Fit = new() { Steps = 150, BatchSize = 16, LearningRate = 0.02 } });
        Assert.InRange(SluMetrics.Evaluate(student, test).ExactMatch, 0.6, 1);
    }

    [Fact]
    public void A_transformer_of_the_students_size_is_near_it()
    {
        var train = SluSample.Make(30, 1);
        var (intents, tags) = SluUtterance.Names(train);
        var model = TransformerTagger.OfSize(20_000, new() { Heads = 2, Layers = 1 }, intents, tags, train, 1);
        Assert.InRange(model.ParameterCount, 17_000, 23_000);
        Assert.Equal(train.Count, SluMetrics.Evaluate(model, train).Utterances);
    }

    [Fact]
    public void Padding_does_not_change_what_the_baselines_say()
    {
        var train = SluSample.Make(30, 1);
        var (intents, tags) = SluUtterance.Names(train);
        foreach (var model in (SluModel[])[new LstmTagger(new() { WordFeatures = 8, StateSize = 8, CharacterFeatures = 4 }, intents, tags, train, 1), new TransformerTagger(new() { WordFeatures = 8, Heads = 2 }, intents, tags, train, 1)])
        {
            model.Evaluate();
            var (one, two) = (train.MinBy(utterance => utterance.Tokens.Count)!.Tokens, train.MaxBy(utterance => utterance.Tokens.Count)!.Tokens);
            Assert.True(one.Count < two.Count);
            var (alone, together) = (model.Forward(model.Read([one])), model.Forward(model.Read([one, two])));
            SwitchGolden.AssertClose(alone.Intents[0].Detach(), together.Intents[0], 1e-5);
            SwitchGolden.AssertClose(alone.Slots[0].Detach(), together.Slots[0].Narrow(0, 0, one.Count), 1e-5);
        }
    }

    [Fact]
    public void Bytes_read_as_unsigned_hash_ASCII_alike_and_other_tokens_differently()
    {
        var (signed, clean) = (new TernaryProjection(new()), new TernaryProjection(new() { Bytes = Utf8Bytes.Unsigned }));
        Assert.Equal(signed.Hash("flights"), clean.Hash("flights"));
        Assert.NotEqual(signed.Hash("münchen"), clean.Hash("münchen"));
        Assert.Equal(signed.Hash("FLIGHTS"), signed.Hash("flights"));
        Assert.Equal(signed.Hash(""), signed.Hash("<null>"u8));
        Assert.Equal("cool", new TernaryProjection(new() { MaximumRepetition = 2 }).Normalize("cooooool"));
        Assert.Equal("ab", new TernaryProjection(new() { AllowedCharacters = "ab" }).Normalize("A-b!"));
    }

    [Fact]
    public void Begin_and_end_are_hashed_as_words_and_have_no_tags()
    {
        var config = Small with { Projection = new() { AddsBegin = true, AddsEnd = true } };
        var student = Student.ForJointSlu(config, ["a"], ["O", "B-x"], 1);
        var input = student.Read([["one"], ["one", "two", "three"]]);
        Assert.Equal([2, 5, 64], input.Values[0].Shape.ToArray());
        Assert.Equal(new TernaryProjection(new() { FeatureSize = 64 }).Hash("<BOS>"u8).Select(value => (float)value), input.Values[0][0, 0].ToArray<float>());
        Assert.Equal([2, 3, 2], student.Forward(input).Slots.Shape.ToArray());
    }

    [Fact]
    public void Augmented_requests_keep_their_form()
    {
        var train = SluSample.Make(40, 1);
        var made = SluAugmentation.Make(train, new() { Copies = 2, SlotSwap = 1, WordDrop = 0.3 }, new RandomSource(1));
        Assert.Equal(80, made.Count);
        Assert.All(made, utterance => Assert.Equal(utterance.Tokens.Count, utterance.Tags!.Count));
        Assert.Contains(made, utterance => !train.Any(other => other.Tokens.SequenceEqual(utterance.Tokens)));
        Assert.Empty(SluUtterance.Names(made).Tags.Except(SluUtterance.Names(train).Tags));
        for (var i = 0; i < 200; i++)
        {
            var changed = CharacterDistortion.Change("flights", new RandomSource(i));
            Assert.InRange(changed.Length, 6, 8);
        }
    }

    private static Student Trained(long seed)
    {
        var train = SluSample.Make(24, 1);
        var (intents, tags) = SluUtterance.Names(train);
        var student = Student.ForJointSlu(Small, intents, tags, seed);
        SluTrainer.Fit(student, train, Short with { Seed = seed });
        return student;
    }
}

/// <summary>A folder that is deleted at the end.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("scorch-pqrnn").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
