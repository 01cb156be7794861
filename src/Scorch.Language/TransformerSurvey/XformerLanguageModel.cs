using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Losses;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A variant as a language model.</summary>
/// <param name="Spec">The variant.</param>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="IsMasked">Whether it fills in masked tokens from both sides, which every module can, rather than telling the next token.</param>
public sealed record XformerLanguageConfig(XformerSpec Spec, int Vocabulary, bool IsMasked = false);

/// <summary>Token embeddings, a variant, and the embeddings turned around as the head.</summary>
public sealed class XformerLanguageModel : Module, IAutoregressiveModel
{
    private readonly double exitTotal;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The variant and its vocabulary.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">The variant is impossible, looks at a second series, or cannot be causal where it should be.</exception>
    public XformerLanguageModel(XformerLanguageConfig config, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Vocabulary < 2) throw new ArgumentException($"XformerLanguageModel: a vocabulary of {config.Vocabulary}; give at least 2 tokens.", nameof(config));
        Config = config;
        var cards = config.Spec.Resolve();
        if (cards.Topology.HasSource) throw new ArgumentException($"XformerLanguageModel: {cards.Topology.Name} looks at a second series; choose another topology.", nameof(config));
        if (config.IsMasked && cards.Topology.IsCausal) throw new ArgumentException($"XformerLanguageModel: {cards.Topology.Name} is causal and cannot fill in masked tokens from both sides; choose another topology.", nameof(config));
        if (!config.IsMasked && !cards.Attention.SupportsCausal) throw XformerAttention.NotCausal(cards.Attention);
        Network = Xformer.Build(config.Spec, seed);
        // One more row: the mask.
        Tokens = new(config.Vocabulary + (config.IsMasked ? 1 : 0), config.Spec.Dim, new RandomSource(RandomSource.Derive(seed, 7)));
        using var mode = GradientMode.Disable();
        Tokens.Weight.CopyFrom(Tokens.Weight / Math.Sqrt(config.Spec.Dim));
        exitTotal = config.Spec.Layers * (config.Spec.Layers + 1) / 2.0;
    }

    /// <summary>The variant and its vocabulary.</summary>
    public XformerLanguageConfig Config { get; }

    /// <summary>Embeddings, and the head.</summary>
    public Embedding Tokens { get; }

    /// <summary>The variant.</summary>
    public Xformer Network { get; }

    /// <inheritdoc/>
    public int VocabularySize => Config.Vocabulary;

    /// <inheritdoc/>
    public int MaximumLength => Config.Spec.MaximumLength;

    /// <inheritdoc/>
    public bool ContinuesPrompt => true;

    /// <summary>Logits: of the token after each, or of each masked one.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="context">Takes losses of layers.</param>
    /// <param name="memory">What the segment before left, where the topology keeps a memory.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, or the sequence is too long.</exception>
    public Tensor Forward(Tensor tokenIds, TransformerContext? context = null, XformerMemory? memory = null) => Head(Run(tokenIds, context ?? new(), memory).Hidden);

    /// <summary>The same with all that the topology gives.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="context">Takes losses of layers.</param>
    /// <param name="memory">What the segment before left.</param>
    public XformerOutput Run(Tensor tokenIds, TransformerContext context, XformerMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        if (tokenIds.DataType != DataType.Int64 || tokenIds.Rank != 2 || tokenIds.ElementCount == 0)
            throw new ArgumentException($"XformerLanguageModel: token ids are {tokenIds.DataType} {tokenIds.Shape}; give int64 [batch, time] with at least one token.", nameof(tokenIds));
        if (tokenIds.Shape[1] > MaximumLength)
            throw new ArgumentException($"XformerLanguageModel: a sequence of {tokenIds.Shape[1]} tokens is longer than {MaximumLength}; shorten it, or build with a greater MaximumLength.", nameof(tokenIds));
        var (least, greatest) = (tokenIds.Minimum().ItemInt64(), tokenIds.Maximum().ItemInt64());
        if (least < 0 || greatest >= Tokens.Weight.Shape[0])
            throw new ArgumentOutOfRangeException(nameof(tokenIds), least < 0 ? least : greatest, $"XformerLanguageModel: a token id lies outside the vocabulary of {Tokens.Weight.Shape[0]}; use the tokeniser that belongs to the model.");
        return Network.Run(Tokens.Forward(tokenIds) * Math.Sqrt(Config.Spec.Dim), new(isCausal: !Config.IsMasked), context, memory: memory);
    }

    /// <summary>Mean cross-entropy in nats of the last tokens of windows, each from those before; where the topology may be left early, of every layer, weighted by its number.</summary>
    /// <param name="windows">Int64 [batch, time + 1].</param>
    /// <param name="context">Takes losses of layers, which are not part of the result.</param>
    /// <param name="memory">What the segment before left, where the topology keeps a memory.</param>
    /// <returns>The loss, and the memory for the next segment.</returns>
    public (Tensor Loss, XformerMemory? Memory) CrossEntropy(Tensor windows, TransformerContext context, XformerMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var time = windows.Shape[1] - 1;
        var targets = windows.Narrow(1, 1, time).Reshape(-1);
        var output = Run(windows.Narrow(1, 0, time), context, memory);
        Tensor Of(Tensor hidden) => Loss.CrossEntropy(Head(hidden).Reshape(-1, VocabularySize), targets);
        if (!IsTraining || output.Exits.Count == 0) return (Of(output.Hidden), output.Memory);
        var sum = Of(output.Exits[0]);
        for (var layer = 1; layer < output.Exits.Count; layer++) sum += Of(output.Exits[layer]) * (layer + 1);
        return (sum / exitTotal, output.Memory);
    }

    /// <summary>Mean cross-entropy in nats of masked tokens, each from all others.</summary>
    /// <param name="windows">Int64 [batch, time].</param>
    /// <param name="masked">Bool [batch, time]: true where a token is hidden; at least one.</param>
    /// <param name="context">Takes losses of layers, which are not part of the result.</param>
    public Tensor MaskedCrossEntropy(Tensor windows, Tensor masked, TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(masked);
        if (!Config.IsMasked) throw new InvalidOperationException("MaskedCrossEntropy: the model tells the next token; build it with IsMasked.");
        var hidden = Run(windows.MaskedFill(masked, VocabularySize), context).Hidden;
        var places = masked.Reshape(-1).NonZero().Reshape(-1);
        var chosen = hidden.Reshape(-1, Config.Spec.Dim).IndexSelect(0, places);
        return Loss.CrossEntropy(Head(chosen), windows.Reshape(-1).IndexSelect(0, places));
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true)
    {
        if (IsTraining) throw new InvalidOperationException("XformerLanguageModel: it is in training mode; call Evaluate() before generating.");
        if (Config.IsMasked) throw new InvalidOperationException("XformerLanguageModel: it fills in masked tokens; build one that tells the next token to generate.");
        return new XformerSession(this, prompts);
    }

    /// <summary>Saves <c>config.json</c> and <c>model.safetensors</c>.</summary>
    /// <param name="folder">Where; made when missing.</param>
    public void Save(string folder) => ModelFolder.Save(folder, Config, SurveyJson.Default.XformerLanguageConfig, this);

    /// <summary>Loads what <see cref="Save"/> wrote, in evaluation mode.</summary>
    /// <param name="folder">Where.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged, or of another model.</exception>
    public static XformerLanguageModel Load(string folder)
    {
        Require(folder, ModelFolder.LoadConfig(folder, SurveyJson.Default.XformerLanguageConfig), ModelFolder.LoadWeights(folder));
        var model = ModelFolder.Load(folder, SurveyJson.Default.XformerLanguageConfig, config => new XformerLanguageModel(config, 0));
        model.Evaluate();
        return model;
    }

    /// <summary>Refuses a configuration that asks for other sizes than the weights have, before anything of these sizes is made.</summary>
    private static void Require(string folder, XformerLanguageConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        CheckpointException Wrong(string what) => new($"{folder}: {what} Give config.json and model.safetensors of one model.");
        if (config.Spec is null) throw Wrong("config.json has no spec.");
        T Possible<T>(Func<T> made)
        {
            try
            {
                return made();
            }
            catch (ArgumentException error)
            {
                throw new CheckpointException($"{folder}: config.json: {error.Message}", error);
            }
        }
        var cards = Possible(config.Spec.Resolve);
        var (rows, total) = ((long)config.Vocabulary + (config.IsMasked ? 1 : 0), weights.Values.Sum(tensor => tensor.ElementCount));
        if (!weights.TryGetValue("tokens.weight", out var table) || table.Rank != 2 || table.Shape[0] != rows || table.Shape[1] != config.Spec.Dim)
            throw Wrong($"config.json asks for {rows} tokens of {config.Spec.Dim} features, the weights have {table?.Shape.ToString() ?? "none"}.");
        if (config.Spec.Layers > weights.Count) throw Wrong($"config.json asks for {config.Spec.Layers} layers, the weights have {weights.Count} tensors.");
        foreach (var (card, choice) in new (ModuleCard, ModuleSpec)[] { (cards.Attention, config.Spec.Attention), (cards.Position, config.Spec.Position), (cards.FeedForward, config.Spec.FeedForward), (cards.Topology, config.Spec.Topology) })
            foreach (var option in card.Options.Where(option => option.IsSize))
                if (new ModuleOptions(card, choice).Number(option.Name) is var size && size > total)
                    throw Wrong($"{choice} asks for {option.Name} = {size}, the weights have {total} numbers in all.");
        // Tables grow with the greatest length or its square: three small models tell by how much.
        double Numbers(int length) => Possible(() => new XformerLanguageModel(config with { Spec = config.Spec with { MaximumLength = length } }, 0)).State().Values.Sum(tensor => tensor.ElementCount);
        var (one, two, three, longest) = (Numbers(1), Numbers(2), Numbers(3), (double)config.Spec.MaximumLength);
        var (slope, curve) = (two - one, (three - (2 * two) + one) / 2);
        var wanted = one + (slope * (longest - 1)) + (curve * (longest - 1) * (longest - 2));
        if (wanted != total) throw Wrong($"config.json asks for {wanted:F0} numbers, the weights have {total}.");
    }

    private Tensor Head(Tensor hidden) => hidden.Affine(Config.IsMasked ? Tokens.Weight.Narrow(0, 0, VocabularySize) : Tokens.Weight);

    /// <summary>Runs every row anew for every token; the variants keep no keys and values.</summary>
    private sealed class XformerSession : IDecodingSession
    {
        private readonly XformerLanguageModel model;
        private List<long[]> rows;

        public XformerSession(XformerLanguageModel model, IReadOnlyList<IReadOnlyList<long>> prompts)
        {
            ArgumentNullException.ThrowIfNull(prompts);
            if (prompts.Count == 0 || prompts.Any(prompt => prompt.Count == 0)) throw new ArgumentException("Begin: there is no prompt, or an empty one; give at least one token for each.", nameof(prompts));
            (this.model, rows) = (model, [.. prompts.Select(prompt => prompt.ToArray())]);
        }

        public Tensor Logits()
        {
            using var mode = GradientMode.Disable();
            return Tensor.Concatenate([.. rows.Select(row =>
            {
                var logits = model.Forward(Tensor.From(row, [1, row.Length]));
                return logits.Narrow(1, row.Length - 1, 1).Squeeze(1);
            })]);
        }

        public void Append(IReadOnlyList<long> tokens)
        {
            ArgumentNullException.ThrowIfNull(tokens);
            if (tokens.Count != rows.Count) throw new ArgumentException($"Append: {tokens.Count} tokens for {rows.Count} rows; give one for each.", nameof(tokens));
            rows = [.. rows.Select((row, i) => (long[])[.. row, tokens[i]])];
        }

        public void Keep(IReadOnlyList<int> kept)
        {
            ArgumentNullException.ThrowIfNull(kept);
            if (kept.Any(row => row < 0 || row >= rows.Count)) throw new ArgumentOutOfRangeException(nameof(kept), $"Keep: rows are 0 to {rows.Count - 1}.");
            rows = [.. kept.Select(row => rows[row])];
        }
    }
}
