using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>A batch of utterances as a model reads it.</summary>
/// <param name="Values">What the model's first layer takes.</param>
/// <param name="Mask">1 for a token, 0 for padding, float [batch, time].</param>
/// <param name="Lengths">Tokens of each utterance, without any that the model adds.</param>
public sealed record SluInput(IReadOnlyList<Tensor> Values, Tensor Mask, IReadOnlyList<int> Lengths);

/// <summary>What a model says of a batch.</summary>
/// <param name="Slots">Logits of each token's tags, [batch, longest utterance, tags]; without meaning behind an utterance's end.</param>
/// <param name="Intents">Logits of the intents, [batch, intents].</param>
public sealed record SluLogits(Tensor Slots, Tensor Intents);

/// <summary>A network that tells a request's intent and tags its tokens.</summary>
public abstract class SluModel : Module
{
    private protected SluModel(IReadOnlyList<string> intents, IReadOnlyList<string> tags)
    {
        Intents = Names(intents, nameof(intents));
        Tags = Names(tags, nameof(tags));
    }

    /// <summary>Names of the intents, in the order of the logits.</summary>
    public IReadOnlyList<string> Intents { get; }

    /// <summary>Names of the tags, in the order of the logits.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Utterances as the network reads them.</summary>
    /// <param name="utterances">The tokens of each.</param>
    /// <param name="random">In training: draws what is changed about the tokens; null changes nothing.</param>
    public abstract SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? random = null);

    /// <summary>Computes the logits.</summary>
    /// <param name="input">What <see cref="Read"/> gave.</param>
    public abstract SluLogits Forward(SluInput input);

    /// <summary>The most probable intent and tags of utterances.</summary>
    /// <param name="utterances">The tokens of each, at least one.</param>
    public IReadOnlyList<SluPrediction> Predict(IReadOnlyList<IReadOnlyList<string>> utterances)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        var result = new List<SluPrediction>(utterances.Count);
        foreach (var batch in Batches(utterances))
        {
            var (slots, intents) = batch.Logits;
            var (tags, probabilities) = (slots.ArgMax(-1), intents.Softmax(-1));
            var (best, places) = probabilities.Maximum(1);
            for (var i = 0; i < batch.Lengths.Count; i++)
            {
                var row = tags[i].ToArray<long>();
                result.Add(new(Intents[(int)places[i].ItemInt64()], best[i].Item(), [.. row.Take(batch.Lengths[i]).Select(tag => Tags[(int)tag])]));
            }
        }
        return result;
    }

    /// <summary>Logits of utterances in evaluation, a batch at a time.</summary>
    internal IEnumerable<(SluLogits Logits, IReadOnlyList<int> Lengths)> Batches(IReadOnlyList<IReadOnlyList<string>> utterances, int size = 64)
    {
        Evaluate();
        for (var start = 0; start < utterances.Count; start += size)
        {
            SluInput input;
            SluLogits logits;
            using (GradientMode.Disable())
            {
                input = Read([.. utterances.Skip(start).Take(size)]);
                logits = Forward(input);
            }
            yield return (logits, input.Lengths);
        }
    }

    private static IReadOnlyList<string> Names(IReadOnlyList<string> names, string argument)
    {
        ArgumentNullException.ThrowIfNull(names, argument);
        if (names.Count < 1) throw new ArgumentException($"SluModel: there are no {argument}; give at least one name.", argument);
        if (names.FirstOrDefault(string.IsNullOrWhiteSpace) is not null || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new ArgumentException($"SluModel: a name of the {argument} is empty or stands twice; give each once.", argument);
        return [.. names];
    }
}

/// <summary>What a model makes of a request.</summary>
/// <param name="Intent">The most probable intent.</param>
/// <param name="Probability">Of that intent.</param>
/// <param name="Tags">The most probable tag of each token.</param>
public sealed record SluPrediction(string Intent, double Probability, IReadOnlyList<string> Tags);
