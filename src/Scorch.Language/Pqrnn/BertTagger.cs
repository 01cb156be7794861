using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>A BERT that tags words and tells the intent: the paper's teacher. A word's tag is read at its first piece, the intent at <c>[CLS]</c>.</summary>
public sealed class BertTagger : SluModel
{
    private readonly WordPieceTokenizer tokenizer;

    /// <summary>A tagger on a BERT, with random heads.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="tokenizer">Its pieces, with <c>[CLS]</c> and <c>[SEP]</c>.</param>
    /// <param name="intents">Names of the intents.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="seed">Fixes the heads' weights.</param>
    /// <exception cref="ArgumentException">The tokenizer lacks a token, or knows more pieces than the encoder.</exception>
    public BertTagger(BertModel bert, WordPieceTokenizer tokenizer, IReadOnlyList<string> intents, IReadOnlyList<string> tags, long seed)
        : base(intents, tags)
    {
        ArgumentNullException.ThrowIfNull(bert);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.Count > bert.Config.VocabularySize) throw new ArgumentException($"BertTagger: {tokenizer.Count} pieces for an encoder of {bert.Config.VocabularySize}; give the encoder's own vocab.txt.", nameof(tokenizer));
        (Bert, this.tokenizer) = (bert, tokenizer);
        (First, Last) = (Needed("[CLS]"), Needed("[SEP]"));
        var random = new RandomSource(seed);
        (SlotHead, IntentHead) = (new(bert.Config.Features, Tags.Count, random), new(bert.Config.Features, Intents.Count, random));
    }

    /// <summary>The encoder.</summary>
    public BertModel Bert { get; }

    /// <summary>States to tags.</summary>
    public Linear SlotHead { get; }

    /// <summary>The first state to intents.</summary>
    public Linear IntentHead { get; }

    private int First { get; }

    private int Last { get; }

    /// <inheritdoc/>
    public override SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        var (rows, heads) = (new List<List<long>>(), new List<List<long>>());
        foreach (var utterance in utterances)
        {
            if (utterance.Count == 0) throw new ArgumentException($"BertTagger: utterance {rows.Count} has no token; leave it out.", nameof(utterances));
            var (row, head) = (new List<long> { First }, new List<long>());
            foreach (var token in utterance)
            {
                var pieces = tokenizer.Encode(token);
                head.Add(row.Count);
                // A token of characters that the pieces leave out is the unknown piece: every word needs a state.
                if (pieces.Length == 0) row.Add(Needed(tokenizer.Config.UnknownToken));
                foreach (var piece in pieces) row.Add(piece);
            }
            row.Add(Last);
            if (row.Count > Bert.Config.Positions) throw new ArgumentException($"BertTagger: utterance {rows.Count} has {row.Count} pieces; the encoder reads {Bert.Config.Positions}. Cut it.", nameof(utterances));
            rows.Add(row);
            heads.Add(head);
        }
        var (pieceCount, time) = (rows.Max(row => row.Count), heads.Max(head => head.Count));
        var (ids, real) = (new long[rows.Count * pieceCount], new bool[rows.Count * pieceCount]);
        var (places, mask) = (new long[rows.Count * time], new float[rows.Count * time]);
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(ids, i * pieceCount);
            real.AsSpan(i * pieceCount, rows[i].Count).Fill(true);
            for (var t = 0; t < heads[i].Count; t++) (places[(i * time) + t], mask[(i * time) + t]) = ((i * pieceCount) + heads[i][t], 1);
        }
        Tensor[] values = [Tensor.From(ids, [rows.Count, pieceCount]), Tensor.From(real, [rows.Count, pieceCount]), Tensor.From(places)];
        return new(values, Tensor.From(mask, [rows.Count, time]), [.. utterances.Select(utterance => utterance.Count)]);
    }

    /// <inheritdoc/>
    public override SluLogits Forward(SluInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var states = Bert.Forward(input.Values[0], input.Values[1]);
        var words = states.Flatten(0, 1).IndexSelect(0, input.Values[2]).Reshape(input.Mask.Shape[0], input.Mask.Shape[1], states.Shape[2]);
        return new(SlotHead.Forward(words), IntentHead.Forward(states.Select(1, 0)));
    }

    private int Needed(string token) => tokenizer.IdOf(token) ?? throw new ArgumentException($"BertTagger: the pieces lack '{token}'; give the encoder's own vocab.txt.", nameof(token));
}
