using Scorch.Losses;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A GPT-2 that answers questions about dialogs, with or without the copy head.</summary>
public sealed class QuestionAnswerNetwork : Module
{
    /// <summary>A network.</summary>
    /// <param name="language">The language model; its head shares the token embeddings.</param>
    /// <param name="copy">The copy head, or none: then probabilities are the plain softmax.</param>
    public QuestionAnswerNetwork(Gpt2LanguageModel language, CopyHead? copy)
    {
        ArgumentNullException.ThrowIfNull(language);
        (Language, Copy) = (language, copy);
    }

    /// <summary>The language model.</summary>
    public Gpt2LanguageModel Language { get; }

    /// <summary>The copy head, if any.</summary>
    public CopyHead? Copy { get; }

    /// <summary>Probabilities of the token after each, given it and those before.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Probabilities(Tensor tokenIds)
    {
        var hidden = Language.Transformer.Forward(tokenIds);
        var logits = hidden.Affine(Language.Transformer.Wte.Weight);
        return Copy is null ? logits.Softmax(-1) : Copy.Probabilities(hidden, tokenIds, logits);
    }

    /// <summary>Sum of -log p over the tokens of answers: <c>loss = - sum log p(target tokens | input, previous)</c>.</summary>
    /// <param name="tokenIds">Whole sequences, int64 [batch, time].</param>
    /// <param name="answerMask">Bool [batch, time]: true at tokens of answers, the end among them; each is predicted from the place before.</param>
    public Tensor AnswerLoss(Tensor tokenIds, Tensor answerMask)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(answerMask);
        if (answerMask.DataType != DataType.Bool || answerMask.Shape != tokenIds.Shape) throw new ArgumentException($"AnswerLoss: the mask is {answerMask.DataType} {answerMask.Shape}; give bool {tokenIds.Shape}.", nameof(answerMask));
        var (ids, isAnswer) = (tokenIds.ToArray<long>(), answerMask.ToArray<bool>());
        var (time, vocabulary) = (tokenIds.Shape[1], Language.VocabularySize);
        int[] places = [.. Enumerable.Range(0, ids.Length).Where(i => isAnswer[i])];
        if (places.Length == 0 || places.Any(place => place % time == 0)) throw new ArgumentException("AnswerLoss: mark one token of an answer at least, and none that begins a sequence.", nameof(answerMask));
        var before = Tensor.From(Array.ConvertAll(places, place => place - 1L));
        var targets = Tensor.From(Array.ConvertAll(places, place => ids[place]));
        if (Copy is null)
        {
            var hidden = Language.Transformer.Forward(tokenIds).Reshape(-1, Language.Config.Features).IndexSelect(0, before);
            return Loss.CrossEntropy(hidden.Affine(Language.Transformer.Wte.Weight), targets, reduction: Reduction.Sum);
        }
        var probabilities = Probabilities(tokenIds).Reshape(-1, vocabulary).IndexSelect(0, before);
        return -probabilities.Gather(1, targets.Unsqueeze(1)).Log().Sum();
    }

    /// <summary>Mean of -log p over the answers' tokens of a pack.</summary>
    internal Tensor PackLoss(QuestionPack pack)
    {
        var model = Language.Transformer;
        var hidden = model.Forward(pack.Ids, pack.Places, new AttentionScope(bias: pack.Sight));
        var (rows, features) = (hidden.Shape[0], hidden.Shape[2]);
        var before = hidden.Reshape(-1, features).IndexSelect(0, pack.Before);
        var own = -Loss.CrossEntropy(before.Affine(model.Wte.Weight), pack.Targets, reduction: Reduction.None);
        var logProbabilities = Copy is null
            ? own
            : Copy.LogProbability(before.Reshape(rows, -1, features), hidden, own.Reshape(rows, -1), pack.Visible, pack.Same).Reshape(-1);
        return -(logProbabilities * pack.Weights).Sum() / pack.TargetCount;
    }

    /// <summary>Mean of -log p of every token but a row's first: a language model's loss, with the copy head where there is one.</summary>
    /// <remarks>A dialog says most values more than once, so that copying is learnt from every repetition before it is asked for.</remarks>
    internal Tensor LanguageLoss(IReadOnlyList<int[]> rows)
    {
        var (model, time) = (Language.Transformer, rows.Max(row => row.Length) - 1);
        var (ids, targets, weights) = (new long[rows.Count * time], new long[rows.Count * time], new float[rows.Count * time]);
        for (var row = 0; row < rows.Count; row++)
            for (var i = 0; i + 1 < rows[row].Length; i++) (ids[(row * time) + i], targets[(row * time) + i], weights[(row * time) + i]) = (rows[row][i], rows[row][i + 1], 1);
        // Filling stands on the right, where nothing real looks.
        var hidden = model.Forward(Tensor.From(ids, [rows.Count, time]));
        var logits = hidden.Affine(model.Wte.Weight).Reshape(rows.Count * time, Language.VocabularySize);
        var logProbabilities = -Loss.CrossEntropy(logits, Tensor.From(targets), reduction: Reduction.None);
        if (Copy is not null)
        {
            var same = new float[rows.Count * time * time];
            Array.Fill(same, CopyHead.Nowhere);
            for (var row = 0; row < rows.Count; row++)
                for (var i = 0; i < time; i++)
                    for (var j = 0; j <= i; j++)
                        if (ids[(row * time) + j] == targets[(row * time) + i]) same[(((row * time) + i) * time) + j] = 0;
            var visible = Tensor.Full([time, time], CopyHead.Nowhere).UpperTriangle(1).Unsqueeze(0);
            logProbabilities = Copy.LogProbability(hidden, hidden, logProbabilities.Reshape(rows.Count, time), visible, Tensor.From(same, [rows.Count, time, time])).Reshape(-1);
        }
        return -(logProbabilities * Tensor.From(weights)).Sum() / weights.Sum();
    }
}
