using Scorch.Losses;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Optimizers;

namespace Scorch.Models.Tests;

public class FineTuningTests
{
    [Fact]
    public void T5_with_dropout_learns_to_say_a_word_twice_and_generates_it()
    {
        var model = new T5Model(new() { VocabularySize = 8, Features = 16, HeadFeatures = 8, Heads = 2, Inner = 32, Layers = 1, Projection = T5Projection.GatedGelu }, new(1));
        var optimizer = new AdamW(model.Parameters(), AdamW.Defaults with { LearningRate = 1e-2 });
        var random = new RandomSource(2);
        var end = Tensor.Ones([16, 1], DataType.Int64);
        for (var step = 0; step < 100; step++)
        {
            var words = random.Integers([16, 1], 2, 8);
            model.ClearGradients();
            model.Loss(words, Tensor.Concatenate([words, words, end], 1)).Backward();
            optimizer.Step();
        }
        model.Evaluate();
        long[][] prompts = [[2], [5], [7]];
        foreach (var beams in new[] { 1, 3 })
        {
            var texts = new TextGenerator(model, new() { StopTokens = [1], Beams = beams }).Generate(prompts);
            for (var i = 0; i < prompts.Length; i++) Assert.Equal([prompts[i][0], prompts[i][0], 1], texts[i].Tokens);
        }
    }

    [Fact]
    public void Bert_with_dropout_learns_whether_a_token_occurs()
    {
        var model = new BertClassifier(new() { VocabularySize = 6, Features = 24, Heads = 2, Inner = 48, Layers = 1, Positions = 5, InitialDeviation = 0.1 }, 2, new(1));
        var optimizer = new AdamW(model.Parameters(), AdamW.Defaults with { LearningRate = 2e-3 });
        var random = new RandomSource(2);
        (Tensor Ids, Tensor Labels) Batch()
        {
            var ids = random.Integers([32, 5], 0, 6);
            return (ids, ids.EqualTo(3).Any(1).To(DataType.Int64));
        }
        for (var step = 0; step < 120; step++)
        {
            var (ids, labels) = Batch();
            model.ClearGradients();
            Loss.CrossEntropy(model.Forward(ids), labels).Backward();
            optimizer.Step();
        }
        model.Evaluate();
        var (test, truth) = Batch();
        Assert.True(model.Forward(test).ArgMax(1).EqualTo(truth).To(DataType.Float32).Mean().Item() > 0.95);
    }
}
