using Scorch.Language.TimeDial;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.TimeDial;

public sealed class TimeDialMethodTests : IDisposable
{
    private static readonly DialogTrainingConfig Config = new() { VocabularySize = 200, Features = 16, Layers = 1, Length = 48, BatchSize = 6, Steps = 3 };
    private static readonly TemporalCorpus Corpus = new(TimeDialData.Sample().Dialogs);
    private static readonly TimeDialSet Set = TimeDialData.Sample().Set;
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-timedial-").FullName;

    private static IReadOnlyList<ClozeQuestion> Questions => [.. Set.Items.Select(item => item.Question)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Three_lengths_are_three_scores_of_the_same_tokens()
    {
        var model = DialogTraining.MaskFilling(Corpus, Config);
        var prior = DialogTraining.Lengths(Corpus, model.Tokenizer);
        var scorer = new MaskFillingScorer(model.Model, model.Tokenizer, new MaskFillingConfig { Prior = prior, MaximumLength = 48 });
        var scores = scorer.Score(Questions, Enum.GetValues<LengthHandling>());
        for (var i = 0; i < Questions.Count; i++)
            for (var k = 0; k < 4; k++)
            {
                var count = model.Tokenizer.Encode(Questions[i].Options[k]).Length;
                Assert.Equal(scores[0][i][k] / count, scores[1][i][k], 1e-12);
                Assert.Equal(scores[1][i][k] + prior.LogShare(count), scores[2][i][k], 1e-12);
            }
        Assert.Equal(scores[1].SelectMany(row => row), OptionScorers.MaskFilling(model).Score(Questions).SelectMany(row => row));
        Assert.Contains("LengthPrior", Assert.Throws<ArgumentException>(() => new MaskFillingScorer(model.Model, model.Tokenizer, new MaskFillingConfig { Length = LengthHandling.MeanWithPrior })).Message, StringComparison.Ordinal);
        // One token at a time is one pass where options have one token.
        var single = new ClozeQuestion("s", ["A: in <MASK> days"], ["two", "three"]);
        var leftToRight = new MaskFillingScorer(model.Model, model.Tokenizer, new MaskFillingConfig { Order = FillingOrder.LeftToRight });
        Assert.Equal(OptionScorers.MaskFilling(model).Score([single])[0], leftToRight.Score([single])[0], (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(leftToRight.Score(Questions), row => Assert.All(row, value => Assert.True(value < 0)));
    }

    [Fact]
    public void Shares_of_lengths_sum_to_one_with_a_class_for_longer_ones()
    {
        var prior = new LengthPrior([1, 2, 2, 4]);
        Assert.Equal(1, Enumerable.Range(1, 5).Sum(length => Math.Exp(prior.LogShare(length))), 1e-12);
    }

    [Fact]
    public void Long_dialogs_lose_their_left_first_and_keep_the_gaps_turn()
    {
        int[] Numbers(int from, int count) => [.. Enumerable.Range(from, count)];
        (int[] before, int[] left, int[] right, int[] after) = (Numbers(0, 10), Numbers(100, 3), Numbers(200, 3), Numbers(300, 5));
        Assert.False(GapTokens.Of(before, left, right, after, 21).IsCut);
        var some = GapTokens.Of(before, left, right, after, 14);
        Assert.True(some.IsCut);
        Assert.Equal([7, 8, 9, 100, 101, 102], some.Left);
        Assert.Equal([200, 201, 202, 300, 301, 302, 303, 304], some.Right);
        var more = GapTokens.Of(before, left, right, after, 8);
        Assert.Equal([100, 101, 102], more.Left);
        Assert.Equal([200, 201, 202, 300, 301], more.Right);
        var own = GapTokens.Of(before, left, right, after, 4);
        Assert.Equal([101, 102], own.Left);
        Assert.Equal([200, 201], own.Right);
        Assert.Throws<ArgumentException>(() => GapTokens.Of(before, left, right, after, -1));

        var model = DialogTraining.MaskFilling(Corpus, Config with { Length = 16 });
        Assert.Equal(Questions.Count, TwoBestEvaluator.Evaluate(Set, OptionScorers.MaskFilling(model)).Truncations);
        Assert.Equal(0, TwoBestEvaluator.Evaluate(Set, new MaskFillingScorer(model.Model, model.Tokenizer, new MaskFillingConfig { Context = DialogContext.OptionsOnly })).Truncations);
    }

    [Fact]
    public void Contexts_show_what_they_say()
    {
        var question = new ClozeQuestion("q", ["A: one", "B: two", "A: three <MASK> four", "B: five", "A: six"], ["x", "y"]);
        Assert.Equal(("A: one B: two", "A: three ", " four", "B: five A: six"), DialogContext.Full.Around(question));
        Assert.Equal(("", "A: three ", " four", ""), DialogContext.MaskedTurn.Around(question));
        Assert.Equal(("B: two", "A: three ", " four", "B: five"), DialogContext.Window(1).Around(question));
        Assert.Equal(DialogContext.Full.Around(question), DialogContext.Window(int.MaxValue).Around(question));
        Assert.Equal(("A: one B: two", "", "", "B: five A: six"), DialogContext.WithoutMaskedTurn.Around(question));
        Assert.Equal(("", "", "", ""), DialogContext.OptionsOnly.Around(question));
        Assert.Equal(DialogContext.Window(3), DialogContext.Parse("3"));
        Assert.Throws<ArgumentException>(() => DialogContext.Parse("none"));
    }

    [Fact]
    public void A_seed_fixes_every_bit_at_any_number_of_threads()
    {
        double[] Run()
        {
            var mask = DialogTraining.MaskFilling(Corpus, Config);
            var classifier = DialogTraining.Classification(Corpus, Config, mask);
            var writer = DialogTraining.Generation(Corpus, Config);
            return [.. ((IOptionScorer[])[OptionScorers.MaskFilling(mask), OptionScorers.Classification(classifier), OptionScorers.Generation(writer)]).SelectMany(scorer => scorer.Score(Questions).SelectMany(row => row))];
        }

        var threads = Parallelism.ThreadCount;
        try
        {
            Parallelism.ThreadCount = 1;
            var expected = Run();
            foreach (var count in (int[])[2, 7])
            {
                Parallelism.ThreadCount = count;
                Assert.Equal(expected, Run());
            }
        }
        finally
        {
            Parallelism.ThreadCount = threads;
        }
    }

    [Fact]
    public void Models_are_the_same_after_saving()
    {
        var mask = DialogTraining.MaskFilling(Corpus, Config);
        mask.Save(In("mask"));
        Same(OptionScorers.MaskFilling(mask), OptionScorers.MaskFilling(DialogModels.LoadMasked(In("mask"))));
        var classifier = DialogTraining.Classification(Corpus, Config);
        classifier.Save(In("class"));
        Same(OptionScorers.Classification(classifier), OptionScorers.Classification(DialogModels.LoadClassifier(In("class"))));
        var writer = DialogTraining.Generation(Corpus, Config);
        writer.Save(In("generate"));
        Same(OptionScorers.Generation(writer), OptionScorers.Generation(DialogModels.LoadGeneration(In("generate"))));
        File.Delete(Path.Combine(In("mask"), "vocabulary.json"));
        Assert.Contains("there is no vocabulary", Assert.Throws<Scorch.Text.TextFormatException>(() => DialogModels.LoadMasked(In("mask"))).Message, StringComparison.Ordinal);

        static void Same(IOptionScorer first, IOptionScorer second) => Assert.Equal(first.Score(Questions).SelectMany(row => row), second.Score(Questions).SelectMany(row => row));
    }

    [Fact]
    public void Families_learn_what_stands_in_the_gap()
    {
        // One cue word fixes the expression: after some steps every family prefers it.
        var dialogs = Enumerable.Range(0, 60).Select(i => (IReadOnlyList<string>)[i % 2 == 0 ? "A: the tea takes three minutes" : "A: the trip takes nine weeks"]).ToList();
        var corpus = new TemporalCorpus(dialogs);
        ClozeQuestion[] questions = [new("tea", ["A: the tea takes <MASK>"], ["three minutes", "nine weeks"]), new("trip", ["A: the trip takes <MASK>"], ["three minutes", "nine weeks"])];
        var config = Config with { Features = 32, Steps = 300, LearningRate = 2e-3, SpanShare = 1, BatchSize = 12 };
        foreach (var scorer in (IOptionScorer[])
            [OptionScorers.MaskFilling(DialogTraining.MaskFilling(corpus, config)), OptionScorers.Classification(DialogTraining.Classification(corpus, config)), OptionScorers.Generation(DialogTraining.Generation(corpus, config))])
        {
            var scores = scorer.Score(questions);
            Assert.True(scores[0][0] > scores[0][1], scorer.GetType().Name);
            Assert.True(scores[1][1] > scores[1][0], scorer.GetType().Name);
        }
    }

    [Fact]
    public void Generation_scores_are_the_decoders_own_log_probabilities()
    {
        var writer = DialogTraining.Generation(Corpus, Config);
        var question = Questions[0];
        var scores = OptionScorers.Generation(writer, lengthNormalize: false).Score([question])[0];
        var tokenizer = writer.Tokenizer;
        int[] Ids(string text) => tokenizer.Encode(text);
        var around = DialogContext.Full.Around(question);
        long[] source = [.. Ids(around.Before), .. Ids(around.Left), tokenizer.IdOf("<extra_id_0>")!.Value, .. Ids(around.Right), .. Ids(around.After), tokenizer.IdOf("</s>")!.Value];
        for (var k = 0; k < 4; k++)
        {
            var sum = 0.0;
            List<long> written = [writer.Model.Config.DecoderStartToken, tokenizer.IdOf("<extra_id_0>")!.Value];
            foreach (var token in (int[])[.. Ids(question.Options[k]), tokenizer.IdOf("<extra_id_1>")!.Value])
            {
                var logits = writer.Model.Forward(Tensor.From(source, [1, source.Length]), Tensor.From(written.ToArray(), [1, written.Count]));
                sum += logits.LogSoftmax(2).To(DataType.Float64).ToArray<double>()[((written.Count - 1) * tokenizer.Count) + token];
                written.Add(token);
            }
            Assert.Equal(sum, scores[k], 1e-4);
        }
    }

    [Fact]
    public void A_tokeniser_of_another_model_and_settings_out_of_range_are_refused()
    {
        var mask = DialogTraining.MaskFilling(Corpus, Config);
        var other = DialogVocabulary.FromDialogs(Corpus.Dialogs, 60);
        Assert.Contains("the vocabulary that belongs", Assert.Throws<ArgumentException>(() => OptionScorers.MaskFilling(mask.Model, other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ClassifierScorer(new BertClassifier(mask.Model.Bert.Config, 2, new(1)), mask.Tokenizer));
        Assert.Throws<ArgumentException>(() => DialogTraining.MaskFilling(Corpus, Config with { Steps = 0 }));
        Assert.Contains("no temporal expression", Assert.Throws<ArgumentException>(() => DialogTraining.MaskFilling(new TemporalCorpus([["A: nothing here"]]), Config)).Message, StringComparison.Ordinal);
        Assert.Contains("a batch has 6000", Assert.Throws<ArgumentException>(() => DialogTraining.MaskFilling(Corpus, Config with { BatchSize = 6000 })).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => DialogTraining.MaskFilling(Corpus, Config, cancellationToken: new CancellationToken(true)));
        Assert.Equal(DialogVocabulary.FromDialogs(Corpus.Dialogs).Encode("50 hours")[^1], DialogVocabulary.FromDialogs(Corpus.Dialogs).Encode("fifty hours")[^1]);
        Assert.Equal(3, DialogVocabulary.FromDialogs(Corpus.Dialogs).Encode("50 hours").Length);
    }

    private string In(string name) => Path.Combine(folder, name);
}
