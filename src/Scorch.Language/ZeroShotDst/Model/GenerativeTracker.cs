using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A dialog state tracker without an ontology: it asks a question for each slot and a language model writes the answer (arXiv 2101.08333).</summary>
/// <example><code>
/// var tokenizer = DialogTokens.Train(training.Dialogs, 4096);
/// var tracker = GenerativeTracker.Create(new TrackerConfig { Layers = 4, Dim = 128, Heads = 4, MaxHistory = 256 }, tokenizer);
/// await tracker.FitAsync(DstData.Except(all, domain: "hotel"), new TrackerTraining { NoneRatio = 1 });
/// DialogState state = tracker.Track(dialogSoFar, schema["hotel"]);                  // state["price range"].Value
/// string answer = tracker.Ask(dialogSoFar, "Does the user travel with a dog?");
/// </code></example>
public sealed partial class GenerativeTracker : IDialogTracker
{
    /// <summary>Of starting position embeddings, beside word embeddings.</summary>
    private const double PlaceScale = 0.1;

    private readonly List<string> trainedOn;

    private GenerativeTracker(TrackerConfig config, DialogTokens tokens, QuestionAnswerNetwork network, IEnumerable<string> trainedOn)
    {
        (Config, Tokens, Network, this.trainedOn) = (config, tokens, network, [.. trainedOn]);
        network.Evaluate();
    }

    /// <inheritdoc/>
    public string Name => Config.Conditioning == SlotConditioning.Identifier ? "slot-ID model" : $"question model ({Style})";

    /// <inheritdoc/>
    public IReadOnlyList<string> TrainedOn => trainedOn;

    /// <inheritdoc/>
    public bool? UsesCopyHead => Network.Copy is not null;

    /// <summary>Its shape.</summary>
    public TrackerConfig Config { get; }

    /// <summary>Its tokens.</summary>
    public DialogTokens Tokens { get; }

    /// <summary>Its network.</summary>
    public QuestionAnswerNetwork Network { get; }

    /// <summary>The style in which <see cref="Track"/> asks.</summary>
    public QuestionStyle Style { get; set; } = QuestionStyle.Template;

    /// <summary>How several wordings become one answer.</summary>
    public ParaphraseRule Paraphrases { get; set; } = ParaphraseRule.Vote;

    /// <summary>Turns whose history was cut in all calls so far.</summary>
    public long Truncations { get; private set; }

    /// <summary>A tracker with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="tokenizer">From <see cref="DialogTokens.Train"/>, or any byte-level tokeniser: marks that it lacks are added.</param>
    /// <param name="seed">Fixes the weights and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public static GenerativeTracker Create(TrackerConfig config, ByteLevelBpeTokenizer tokenizer, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        config.Validate();
        var tokens = new DialogTokens(DialogTokens.WithMarks(tokenizer), config.LowersCase);
        var random = new RandomSource(seed);
        var language = new Gpt2LanguageModel(config.Shape(tokens.Tokenizer.Count), random);
        using (GradientMode.Disable())
        {
            // Questions stand at all places of a history: places that start as large as words drown them. GPT-2's own code started them at half.
            language.Transformer.Wpe.Weight.CopyFrom(language.Transformer.Wpe.Weight * PlaceScale);
        }
        return new(config, tokens, new(language, config.CopyHead ? new(config.Dim, random) : null), []);
    }

    /// <summary>A tracker that starts from published GPT-2 weights; rows for the marks are drawn anew.</summary>
    /// <param name="folder">With <c>config.json</c>, the weights, <c>vocab.json</c> and <c>merges.txt</c>.</param>
    /// <param name="config">History, question, answer, copy head and conditioning; layers, features and heads are the model's.</param>
    /// <param name="identifiers">Tokens that stand for slots, where the conditioning is by these.</param>
    /// <param name="seed">Fixes the new rows, the copy head and dropout.</param>
    /// <exception cref="ArgumentException">History, question and answer need more positions than the model has.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static GenerativeTracker FromGpt2(string folder, TrackerConfig config, IReadOnlyList<string>? identifiers = null, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        var published = Gpt2LanguageModel.Load(folder, seed);
        var shape = published.Config;
        config = config with { Layers = shape.Layers, Dim = shape.Features, Heads = shape.Heads };
        config.Validate();
        if (config.Positions > shape.Positions)
            throw new ArgumentException($"FromGpt2: {config.MaxHistory} + {config.MaxQuestion} + {config.MaxAnswer} tokens need {config.Positions} positions, the model has {shape.Positions}; shorten MaxHistory to {shape.Positions - config.MaxQuestion - config.MaxAnswer}.", nameof(config));
        var tokenizer = DialogTokens.WithMarks(ByteLevelBpeTokenizer.Load(Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt")), identifiers);
        if (tokenizer.Count < shape.VocabularySize) throw new ArgumentException($"FromGpt2: the tokeniser has {tokenizer.Count} tokens, the model {shape.VocabularySize}; both must come from one folder.", nameof(folder));
        var random = new RandomSource(seed);
        var state = new Dictionary<string, Tensor>(published.State());
        var (name, known) = state.First(entry => entry.Key.EndsWith("wte.weight", StringComparison.Ordinal));
        state[name] = Tensor.Concatenate([known, random.Normal([tokenizer.Count - shape.VocabularySize, shape.Features], 0, shape.InitialDeviation, known.DataType)], 0);
        var language = new Gpt2LanguageModel(shape with { VocabularySize = tokenizer.Count, ResidualDropout = config.Dropout, EmbeddingDropout = config.Dropout, AttentionDropout = config.Dropout }, random);
        language.LoadState(state);
        return new(config, new(tokenizer, config.LowersCase), new(language, config.CopyHead ? new(shape.Features, random) : null), []);
    }

    /// <summary>A tracker around any language model whose vocabulary has room for the tokeniser's.</summary>
    internal static GenerativeTracker Around(Gpt2LanguageModel language, TrackerConfig config, ByteLevelBpeTokenizer tokenizer, RandomSource random) =>
        new(config, new(tokenizer, config.LowersCase), new(language, config.CopyHead ? new(language.Config.Features, random) : null), []);

    /// <summary>Tokens that stand for the slots of services: one a domain, one a slot name, so that what two services call the same is the same.</summary>
    /// <param name="schema">The services.</param>
    public static IReadOnlyList<string> Identifiers(DialogSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return [.. schema.Services.Select(DomainToken).Concat(schema.Services.SelectMany(service => service.Slots.Select(slot => SlotToken(service, slot)))).Distinct()];
    }

    /// <summary>The state after the last turn of a dialog, each slot from what was said.</summary>
    /// <param name="dialogSoFar">The dialog up to now.</param>
    /// <param name="service">The service.</param>
    /// <exception cref="ArgumentException">The user has said nothing yet.</exception>
    public DialogState Track(Dialog dialogSoFar, DialogService service)
    {
        ArgumentNullException.ThrowIfNull(dialogSoFar);
        ArgumentNullException.ThrowIfNull(service);
        RequireUser(dialogSoFar);
        return FollowTurns(dialogSoFar, service, lastOnly: true, default).States[^1];
    }

    /// <summary>The answer to a question of one's own about a dialog; <c>none</c> where it was not talked about.</summary>
    /// <param name="dialogSoFar">The dialog up to now.</param>
    /// <param name="question">The question.</param>
    /// <exception cref="ArgumentException">The question is empty, too long, or holds a mark; or the user has said nothing yet.</exception>
    public string Ask(Dialog dialogSoFar, string question) => Answer(dialogSoFar, question).Value;

    /// <summary>The answer to a question of one's own, with its probability and where it was said.</summary>
    /// <param name="dialogSoFar">The dialog up to now.</param>
    /// <param name="question">The question.</param>
    /// <exception cref="ArgumentException">The question is empty, too long, or holds a mark; the user has said nothing yet; or the tracker knows slots by identifiers alone.</exception>
    public TrackedValue Answer(Dialog dialogSoFar, string question)
    {
        ArgumentNullException.ThrowIfNull(dialogSoFar);
        QuestionBook.Require(question);
        RequireUser(dialogSoFar);
        if (Config.Conditioning == SlotConditioning.Identifier) throw new ArgumentException("Answer: this tracker is told a slot by its identifier and understands no question; train one with SlotConditioning.Question.", nameof(question));
        var window = Windows(dialogSoFar)[^1];
        if (window.IsTruncated) Truncations++;
        var answer = Decode(window.Tokens, [new(window.Turns[^1].Length, Bounded(Tokens.OfQuestion(question), question), 0)], default)[0];
        return Value(answer, dialogSoFar, dialogSoFar.UserTurns[^1]);
    }

    /// <inheritdoc/>
    public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialog);
        ArgumentNullException.ThrowIfNull(service);
        return FollowTurns(dialog, service, lastOnly: false, cancellationToken);
    }

    /// <summary>Tokens that ask for a slot: one form, or several wordings.</summary>
    internal IReadOnlyList<int[]> QuestionTokens(DialogService service, DialogSlot slot, QuestionStyle style) => Config.Conditioning == SlotConditioning.Identifier
        ? [Tokens.OfIdentifiers([DomainToken(service), SlotToken(service, slot)])]
        : [.. QuestionBook.For(service, slot, style).Select(text => Bounded(Tokens.OfQuestion(text), text))];

    internal IReadOnlyList<DialogWindow> Windows(Dialog dialog) => DialogWindow.Of(dialog, Tokens, Config.MaxHistory);

    private TrackedDialog FollowTurns(Dialog dialog, DialogService service, bool lastOnly, CancellationToken cancellationToken)
    {
        var asked = service.Slots.Select(slot => QuestionTokens(service, slot, Style)).ToArray();
        var (states, truncated) = (new List<DialogState>(), 0);
        var windows = Windows(dialog);
        foreach (var window in lastOnly ? windows.Skip(windows.Count - 1) : windows)
        {
            var turns = lastOnly ? [.. window.Turns.Skip(window.Turns.Count - 1)] : window.Turns;
            if (window.IsTruncated) truncated += turns.Count;
            var branches = new List<Branch>();
            var group = -1;
            foreach (var (_, length) in turns)
                foreach (var wordings in asked)
                {
                    group++;
                    for (var i = 0; i < wordings.Count; i++)
                    {
                        // Averaged wordings share a group; those that vote are answered alone.
                        if (i > 0 && Paraphrases == ParaphraseRule.Vote) group++;
                        branches.Add(new(length, wordings[i], group));
                    }
                }
            var answers = Decode(window.Tokens, branches, cancellationToken);
            var next = 0;
            foreach (var (userTurn, _) in turns)
            {
                var values = new List<TrackedValue>();
                foreach (var wordings in asked)
                {
                    var count = Paraphrases == ParaphraseRule.Vote ? wordings.Count : 1;
                    values.Add(Vote([.. answers.Skip(next).Take(count).Select(answer => Value(answer, dialog, dialog.UserTurns[userTurn]))]));
                    next += count;
                }
                states.Add(new(service, values));
            }
        }
        Truncations += truncated;
        return new(states, truncated);
    }

    private IReadOnlyList<DecodedAnswer> Decode(int[] history, IReadOnlyList<Branch> branches, CancellationToken cancellationToken)
    {
        Network.Evaluate();
        return new BranchDecoder(Network, Tokens.End, Config.MaxAnswer).Decode(history, branches, cancellationToken);
    }

    private TrackedValue Value(DecodedAnswer answer, Dialog dialog, int turn) => DialogState.Found(Tokens.TextOf(answer.Tokens), Math.Exp(answer.LogProbability), dialog, turn);

    /// <summary>The most frequent value; between equally frequent ones that of the likeliest answer.</summary>
    private static TrackedValue Vote(IReadOnlyList<TrackedValue> values) => values.Count == 1
        ? values[0]
        : values.GroupBy(value => value.Value).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Max(value => value.Probability)).First().MaxBy(value => value.Probability)!;

    private int[] Bounded(int[] tokens, string question) => tokens.Length <= Config.MaxQuestion
        ? tokens
        : throw new ArgumentException($"The question '{question}' has {tokens.Length} tokens with its marks, the model takes {Config.MaxQuestion}; ask in fewer words, or raise MaxQuestion before training.", nameof(question));

    private static string DomainToken(DialogService service) => $"<domain:{service.Domain.ToLowerInvariant()}>";

    private static string SlotToken(DialogService service, DialogSlot slot) => $"<slot:{SlotName.Canonical(service.Name, slot.Name)}>";

    private static void RequireUser(Dialog dialog)
    {
        if (dialog.UserTurns.Count == 0) throw new ArgumentException($"Dialog {dialog.Id}: the user has said nothing yet; a state needs one turn of the user.", nameof(dialog));
    }
}
