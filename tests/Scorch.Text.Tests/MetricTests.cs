using System.IO.Compression;
using Scorch.Checkpoints;
using Scorch.Testing;

namespace Scorch.Text.Tests;

public class MetricTests
{
    private static readonly System.Text.Json.JsonElement Golden = Oracle.Json("metrics.json");

    [Fact]
    public void Tokens_for_BLEU_are_mtevals()
    {
        foreach (var row in Golden.GetProperty("tokenized").Rows()) Assert.Equal(row[1].Strings(), Bleu.Tokenize(row[0].GetString()!));
    }

    [Fact]
    public void BLEU_is_sacreBLEUs()
    {
        foreach (var row in Golden.GetProperty("bleu").Rows())
            Assert.Equal(row.GetProperty("score").GetDouble(), Bleu.Corpus(row.GetProperty("hypotheses").Strings(), [.. row.GetProperty("references").Rows().Select(texts => texts.Strings())]).Score, 1e-9);
    }

    [Fact]
    public void BLEU_of_the_reference_itself_is_100() => Assert.Equal(100, Bleu.Corpus(["a b c d e"], [["a b c d e"]]).Score, 1e-12);

    [Fact]
    public void BLEU_wants_a_reference_for_each_segment() => Assert.Contains("segment 1", Assert.Throws<ArgumentException>(() => Bleu.Corpus(["a", "b"], [["a"], []])).Message);

    [Fact]
    public void ROUGE_is_rouge_scores()
    {
        foreach (var row in Golden.GetProperty("rouge").Rows())
        {
            var (hypothesis, reference) = (row.GetProperty("hypothesis").GetString()!, row.GetProperty("reference").GetString()!);
            PrecisionRecall[] scores = [Rouge.N(hypothesis, reference, 1), Rouge.N(hypothesis, reference, 2), Rouge.L(hypothesis, reference)];
            foreach (var (expected, score) in row.GetProperty("scores").Rows().Zip(scores))
            {
                Assert.Equal(expected[0].GetDouble(), score.Precision, 1e-12);
                Assert.Equal(expected[1].GetDouble(), score.Recall, 1e-12);
                Assert.Equal(expected[2].GetDouble(), score.F1, 1e-12);
            }
        }
    }

    [Fact]
    public void Answers_are_scored_as_in_SQuAD()
    {
        foreach (var row in Golden.GetProperty("squad").Rows())
        {
            var (answer, truth) = (row.GetProperty("answer").GetString()!, row.GetProperty("truth").GetString()!);
            Assert.Equal(row.GetProperty("normal").GetString(), Answers.Normalize(answer));
            Assert.Equal(row.GetProperty("exact").GetBoolean(), Answers.ExactMatch(answer, truth));
            Assert.Equal(row.GetProperty("f1").GetDouble(), Answers.F1(answer, truth), 1e-12);
        }
        Assert.Equal(1, Answers.F1("b", "a c", "the b"));
    }

    [Fact]
    public void Edit_distance_is_the_recursions()
    {
        foreach (var row in Golden.GetProperty("distance").Rows()) Assert.Equal(row[2].GetInt32(), EditDistance.Between(row[0].GetString()!, row[1].GetString()!));
        Assert.Equal(0.4, EditDistance.WordErrorRate(["a x c", "e"], ["a b c", "d e"]), 1e-15);
    }

    [Fact]
    public void Slots_are_counted_as_by_conlleval()
    {
        var golden = new NumbersOf("pqrnn/slot_f1.npz");
        string[] names = ["O", "B-a", "I-a", "B-b", "I-b", "B-c", "I-c", "B-d", "I-d"];
        var lengths = golden.Values("in.length");
        string[][] Tags(string array) => [.. golden.Values(array).Chunk(9).Select((row, i) => row.Take((int)lengths[i]).Select(tag => names[(int)tag]).ToArray())];
        var score = SlotScore.Of(Tags("in.pred"), Tags("in.gold"));
        Assert.Equal((golden.Values("out.correct_chunks")[0], golden.Values("out.pred_chunks")[0], golden.Values("out.gold_chunks")[0]), (score.Correct, score.Predicted, score.Actual));
        Assert.Equal(golden.Values("out.precision")[0], score.Chunks.Precision, 1e-15);
        Assert.Equal(golden.Values("out.recall")[0], score.Chunks.Recall, 1e-15);
        Assert.Equal(golden.Values("out.f1")[0], score.Chunks.F1, 1e-15);
        Assert.Equal(golden.Values("out.sentence_exact")[0], score.SentenceAccuracy, 1e-15);
        Assert.Equal(golden.Values("out.token_accuracy")[0], score.TokenAccuracy, 1e-15);
    }

    [Fact]
    public void Chunks_end_at_another_type_and_at_a_new_beginning() =>
        Assert.Equal([(0, 2, "a"), (2, 3, "b"), (3, 4, "b"), (5, 6, "a")], SlotScore.ChunksOf(["I-a", "I-a", "I-b", "B-b", "O", "B-a"]));

    [Fact]
    public void A_tag_of_another_form_is_named() => Assert.Contains("'X-a'", Assert.Throws<ArgumentException>(() => SlotScore.ChunksOf(["X-a"]).ToList()).Message);

    [Fact]
    public void Spearman_with_ties_is_SciPys()
    {
        var golden = new OracleArchive("fruit-fly-embeddings/spearman.npz");
        Assert.Equal(golden.Values("out.spearman")[0], Ranking.Spearman(golden.Values("in.a"), golden.Values("in.b")), 1e-12);
        Assert.Equal(golden.Values("out.rank_a"), Ranking.Ranks(golden.Values("in.a")));
        Assert.True(double.IsNaN(Ranking.Spearman([1, 1], [1, 2])));
        Assert.Throws<ArgumentException>(() => Ranking.Spearman([1, double.NaN], [1, 2]));
    }

    [Fact]
    public void Generalised_average_precision_is_the_published_scripts()
    {
        var golden = new OracleArchive("swords/gap.npz");
        var weights = golden.Values("in.gold_weight").Chunk(12).ToArray();
        var scores = golden.Values("in.system_score").Chunk(12).ToArray();
        var expected = golden.Values("out.gap");
        for (var row = 0; row < weights.Length; row++)
        {
            var ranked = Enumerable.Range(0, 12).OrderByDescending(item => scores[row][item]).Select(item => weights[row][item]).ToArray();
            // The script gives -1 where no weight is positive; no order is better there.
            if (weights[row].All(weight => weight == 0)) Assert.True(expected[row] == -1 && double.IsNaN(Ranking.GeneralizedAveragePrecision(ranked)));
            else Assert.Equal(expected[row], Ranking.GeneralizedAveragePrecision(ranked), 1e-12);
        }
        Assert.Equal(0.5, Ranking.GeneralizedAveragePrecision([0, 1]));
    }

    [Fact]
    public void Dialog_states_are_scored_as_the_golden_counts()
    {
        var golden = new OracleArchive("zero-shot-dst/metrics.npz");
        string?[][] States(string array) => [.. golden.Values(array).Chunk(4).Select(row => row.Select(value => value == 0 ? null : $"{value}").ToArray())];
        var score = DialogStateScore.Of(States("in.pred"), States("in.gold"));
        Assert.Equal(golden.Values("out.joint_goal_accuracy")[0], score.JointGoalAccuracy, 1e-15);
        Assert.Equal(golden.Values("out.slot_accuracy")[0], score.SlotAccuracy, 1e-15);
        Assert.Equal(golden.Values("out.active_precision")[0], score.Active.Precision, 1e-15);
        Assert.Equal(golden.Values("out.active_recall")[0], score.Active.Recall, 1e-15);
        Assert.Equal(golden.Values("out.active_f1")[0], score.Active.F1, 1e-15);
    }

    [Fact]
    public void Classes_are_scored_one_by_one()
    {
        var score = ClassificationScore.Of(["a", "a", "b", "c"], ["a", "b", "b", "b"]);
        Assert.Equal(0.5, score.Accuracy);
        // a: P 1/2, R 1, F1 2/3; b: P 1, R 1/3, F1 1/2; c: nothing right.
        Assert.Equal((2.0 / 3 + 0.5) / 3, score.MacroF1, 1e-15);
        var micro = ClassificationScore.Micro([new HashSet<string> { "a", "b" }, new HashSet<string>()], [new HashSet<string> { "a" }, new HashSet<string> { "c" }]);
        Assert.Equal(new PrecisionRecall(0.5, 0.5), micro);
    }

    [Fact]
    public void Perplexity_of_a_uniform_guess_is_the_number_of_choices()
    {
        Assert.Equal(50, Perplexity.Of(3 * Math.Log(50), 3), 1e-12);
        Assert.Equal(8, Perplexity.BitsPerByte(3 * Math.Log(256), 3), 1e-12);
        Assert.Throws<ArgumentException>(() => Perplexity.Of(1, 0));
    }

    /// <summary>The numeric arrays of an archive that holds names too, which are not read.</summary>
    private sealed class NumbersOf(string archive)
    {
        public double[] Values(string name)
        {
            using var folder = new TemporaryFolder();
            using (var zip = ZipFile.OpenRead(Oracle.Path(Path.Combine("..", archive)))) zip.GetEntry(name + ".npy")!.ExtractToFile(folder["array.npy"]);
            return Npz.LoadArray(folder["array.npy"]).To(DataType.Float64).ToArray<double>();
        }
    }
}
