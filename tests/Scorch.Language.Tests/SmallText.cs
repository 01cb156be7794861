using Scorch.Language.FruitFlyEmbeddings;

namespace Scorch.Language.Tests;

/// <summary>Three topics whose words never meet: what belongs together is known.</summary>
internal static class SmallText
{
    public static readonly string[][] Topics =
    [
        ["cat", "dog", "mouse", "horse", "cow", "sheep"],
        ["bread", "butter", "cheese", "milk", "apple", "soup"],
        ["red", "green", "blue", "yellow", "black", "white"],
    ];

    public static readonly FlyVecConfig Config = new()
    {
        Neurons = 12,
        Window = 5,
        VocabularySize = 18,
        Epochs = 15,
        BatchSize = 20,
        LearningRate = 0.1,
        InitialDeviation = 0.5,
        Seed = 3,
    };

    public static FlyCorpus Corpus { get; } = Make();

    private static FlyCorpus Make()
    {
        var random = new RandomSource(1);
        return FlyCorpus.FromTexts(
            Enumerable.Range(0, 60).Select(i => string.Join(' ', Enumerable.Range(0, 20).Select(_ => Topics[i % 3][random.NextInt64(6)]))));
    }
}
