using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Language.ZeroShotDst;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Testing;

namespace Scorch.Language.Tests.ZeroShotDst;

/// <summary>Against tests/oracles/zero-shot-dst: 1e-10 in float64, 1e-5 in float32, counts exact.</summary>
public sealed class DstOracleTests
{
    private readonly IReadOnlyDictionary<string, Tensor> golden = Npz.Load(PathOf("gpt2_blocks.npz"));

    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-5)]
    public void Logits_answer_loss_and_its_gradients_are_the_references(DataType type, double tolerance)
    {
        var network = Network(type, hasCopy: false);
        var ids = golden["in.ids"];
        Close(golden["out.logits"], network.Language.Forward(ids), tolerance, "logits");
        // Copy head off: the plain softmax.
        Close(golden["out.logits"].Softmax(-1), network.Probabilities(ids), tolerance, "softmax");
        var loss = network.AnswerLoss(ids, golden["in.answer_mask"]);
        Close(golden["out.loss"], loss, tolerance * 10, "loss");
        loss.Backward();
        foreach (var (name, parameter) in network.Language.Transformer.NamedParameters())
        {
            var expected = golden["grad." + name];
            Close(IsMap(name) ? expected.T : expected, parameter.Gradient!, type == DataType.Float64 ? tolerance : 1e-4, name);
        }
    }

    [Fact]
    public void Greedy_continuation_with_a_cache_is_the_references()
    {
        var network = Network(DataType.Float64, hasCopy: false);
        var end = (int)golden["in.eos"].ToArray<long>()[0];
        var expected = golden["out.greedy_from_sequence0"].ToArray<long>();
        var prompt = Row(0);
        var branch = new BranchDecoder(network, end, 8).Decode(prompt[..5], [new(5, prompt[5..], 0)]);
        int[] ended = [.. branch[0].Tokens];
        Assert.Equal(expected.TakeWhile(id => id != end).Select(id => (int)id), ended);
        Assert.Equal(golden["out.greedy_logprob"].ToArray<double>().Take(expected.Length).Sum(), branch[0].LogProbability, 1e-10);
        // The room's own generator, with and without its cache, says the same.
        foreach (var usesCache in (bool[])[true, false])
        {
            var text = new TextGenerator(network.Language, new() { MaximumNewTokens = 8, StopTokens = [end], UsesCache = usesCache }).Generate([[.. prompt.Select(id => (long)id)]])[0];
            Assert.Equal(expected, text.Tokens);
            Assert.Equal(branch[0].LogProbability, text.LogProbability, 1e-10);
        }
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-5)]
    public void The_copy_head_is_the_reference_and_its_mass_is_one(DataType type, double tolerance)
    {
        var network = Network(type, hasCopy: true);
        var ids = golden["in.ids"];
        var hidden = network.Language.Transformer.Forward(ids);
        Close(golden["copy.out.gate"], network.Copy!.Gate.Forward(hidden).Sigmoid().Squeeze(-1), tolerance, "gate");
        var probability = network.Probabilities(ids);
        Close(golden["copy.out.probability"], probability, tolerance, "probability");
        foreach (var sum in probability.Sum(-1).To(DataType.Float64).ToArray<double>()) Assert.Equal(1, sum, 1e-6);
        // The loss of whole rows and of a pack of one question a row are one.
        var time = ids.Shape[1];
        var mask = golden["in.answer_mask"].ToArray<bool>();
        var rows = new List<(int[], IReadOnlyList<PackedQuestion>)>();
        for (var row = 0; row < ids.Shape[0]; row++)
        {
            var own = Row(row);
            var first = Enumerable.Range(0, time).First(i => mask[(row * time) + i]);
            var last = Enumerable.Range(0, time).Last(i => mask[(row * time) + i]);
            Assert.True(Enumerable.Range(first, last - first + 1).All(i => mask[(row * time) + i]));
            rows.Add((own[..2], [new(2, own[2..first], own[first..(last + 1)])]));
        }
        var pack = QuestionPack.Of(rows);
        Assert.Equal(network.AnswerLoss(ids, golden["in.answer_mask"]).Item() / pack.TargetCount, network.PackLoss(pack).Item(), type == DataType.Float64 ? 1e-7 : 1e-5);
    }

    [Fact]
    public void Counts_and_scores_are_the_references()
    {
        var arrays = new OracleArchive("zero-shot-dst/metrics.npz");
        var dialogs = arrays.Values("in.dialog");
        var (shape, gold) = arrays.Read("in.gold");
        var (_, predicted) = arrays.Read("in.pred");
        var (turns, slots) = (shape[0], shape[1]);
        var service = new DialogService("oracle", "", Enumerable.Range(0, slots).Select(slot => new DialogSlot($"slot{slot}", "", false, [])));
        var (made, answers) = (new List<Dialog>(), new Dictionary<string, List<DialogState>>());
        foreach (var group in Enumerable.Range(0, turns).GroupBy(turn => dialogs[turn]))
        {
            var id = $"d{group.Key}";
            answers[id] = [.. group.Select(turn => new DialogState(service, [.. Enumerable.Range(0, slots).Select(slot => new TrackedValue(Named(predicted[(turn * slots) + slot]), 1, null))]))];
            var said = new List<DialogTurn>();
            foreach (var turn in group)
            {
                if (said.Count > 0) said.Add(new(Speaker.System, "and"));
                said.Add(new(Speaker.User, "so")
                {
                    State = Enumerable.Range(0, slots).Where(slot => gold[(turn * slots) + slot] != 0).ToDictionary(slot => new SlotName("oracle", $"slot{slot}"), slot => (IReadOnlyList<string>)[Named(gold[(turn * slots) + slot])]),
                });
            }
            made.Add(new(id, ["oracle"], said));
        }
        var report = DstEvaluator.Evaluate(new Recorded(answers), new("oracle", new([service]), made), service, Convention.MultiWozZeroShot);
        Assert.Equal(arrays.Values("out.joint_goal_accuracy")[0], report.JointGoalAccuracy, 1e-10);
        Assert.Equal(arrays.Values("out.slot_accuracy")[0], report.SlotAccuracy, 1e-10);
        Assert.Equal(arrays.Values("out.active_precision")[0], report.Active.Precision, 1e-10);
        Assert.Equal(arrays.Values("out.active_recall")[0], report.Active.Recall, 1e-10);
        Assert.Equal(arrays.Values("out.active_f1")[0], report.Active.F1, 1e-10);
        Assert.Equal(arrays.Values("out.always_none_jga")[0], report.AlwaysNoneJointGoalAccuracy, 1e-10);
        Assert.Equal(arrays.Values("out.turns_until_first_error").Select(turn => (int)turn), report.FirstWrongTurn);
        Assert.Equal((int)arrays.Values("out.turn_exact").Sum(), (int)Math.Round(report.JointGoalAccuracy * report.Turns));

        static string Named(double code) => code switch
        {
            0 => ValueNormalizer.None,
            1 => ValueNormalizer.DontCare,
            _ => $"value {code:0}x",
        };
    }

    private static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "oracles", "zero-shot-dst", file);
    }

    private int[] Row(int row) => [.. golden["in.ids"][row].ToArray<long>().Select(id => (int)id)];

    /// <summary>GPT-2's files have maps as [in, out], the reference as [out, in].</summary>
    private static bool IsMap(string name) => name.Contains(".c_", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);

    private QuestionAnswerNetwork Network(DataType type, bool hasCopy)
    {
        var (vocabulary, features) = (golden["param.wte.weight"].Shape[0], golden["param.wte.weight"].Shape[1]);
        var config = new Gpt2Config
        {
            VocabularySize = vocabulary,
            Positions = golden["param.wpe.weight"].Shape[0],
            Features = features,
            Layers = 2,
            Heads = 2,
            ResidualDropout = 0,
            EmbeddingDropout = 0,
            AttentionDropout = 0,
        };
        var random = new RandomSource(1);
        var language = new Gpt2LanguageModel(config, random);
        language.ConvertTo(type);
        language.Transformer.LoadState(golden.Where(entry => entry.Key.StartsWith("param.", StringComparison.Ordinal)).ToDictionary(entry => entry.Key["param.".Length..], entry => (IsMap(entry.Key) ? entry.Value.T.Contiguous() : entry.Value).To(type)));
        CopyHead? copy = null;
        if (hasCopy)
        {
            copy = new(features, random);
            copy.ConvertTo(type);
            using var mode = GradientMode.Disable();
            // The reference multiplies H Wq, a linear layer H W^T.
            copy.Query.Weight.CopyFrom(golden["copy.query_weight"].T.Contiguous().To(type));
            copy.Gate.Weight.CopyFrom(golden["copy.gate_weight"].Unsqueeze(0).To(type));
            copy.Gate.Bias!.CopyFrom(golden["copy.gate_bias"].Reshape(1).To(type));
        }
        var network = new QuestionAnswerNetwork(language, copy);
        network.Evaluate();
        return network;
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (want, have) = (expected.To(DataType.Float64).ToArray<double>(), actual.Detach().To(DataType.Float64).ToArray<double>());
        for (var i = 0; i < want.Length; i++) Assert.True(Math.Abs(want[i] - have[i]) <= tolerance * Math.Max(1, Math.Abs(want[i])), $"{what} entry {i}: {have[i]:R} instead of {want[i]:R}");
    }

    private sealed class Recorded(Dictionary<string, List<DialogState>> states) : IDialogTracker
    {
        public string Name => "recorded";

        public IReadOnlyList<string> TrainedOn => [];

        public bool? UsesCopyHead => null;

        public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default) => new(states[dialog.Id], 0);
    }
}
