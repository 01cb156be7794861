using Scorch.Losses;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Text;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Expressions over lists of digits and their values, as the Long Range Arena writes them: tab-separated, a header <c>Source Target</c>.</summary>
public sealed class ListOpsFile
{
    private static readonly string[] Symbols =
        ["<pad>", "[MIN", "[MAX", "[MED", "[SM", "]", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static readonly Dictionary<string, int> Ids = Symbols.Select((symbol, id) => KeyValuePair.Create(symbol, id)).ToDictionary();

    private ListOpsFile(IReadOnlyList<int[]> sources, IReadOnlyList<int> targets) => (Sources, Targets) = (sources, targets);

    /// <summary>Different symbols, padding included.</summary>
    public static int VocabularySize => Symbols.Length;

    /// <summary>Values, 0 to 9.</summary>
    public const int Classes = 10;

    /// <summary>Numbered expressions; parentheses, which carry nothing, are left out as in the published pipeline.</summary>
    public IReadOnlyList<int[]> Sources { get; }

    /// <summary>Their values.</summary>
    public IReadOnlyList<int> Targets { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Such as <c>basic_train.tsv</c>.</param>
    /// <param name="maximumLength">Longer expressions are cut, as in the published pipeline.</param>
    /// <exception cref="TextFormatException">A line has another form, or a symbol is unknown.</exception>
    public static ListOpsFile Read(string path, int maximumLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, 1);
        var (sources, targets, number) = (new List<int[]>(), new List<int>(), 0);
        foreach (var line in TextCorpus.FromFiles([path]))
        {
            number++;
            var fields = line.Split('\t');
            if (number == 1 && fields is ["Source", "Target"]) continue;
            if (fields.Length != 2 || fields[1].Trim() is not [>= '0' and <= '9'])
                throw new TextFormatException($"{path}: line {number} is not an expression, a tab and a digit.");
            sources.Add([.. fields[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(symbol => symbol is not ("(" or ")")).Take(maximumLength).Select(symbol =>
                Ids.TryGetValue(symbol, out var id) ? id : throw new TextFormatException($"{path}: line {number} has the symbol '{symbol}'; ListOps has {string.Join(' ', Symbols[1..])}."))]);
            targets.Add(fields[1].Trim()[0] - '0');
            if (sources[^1].Length == 0) throw new TextFormatException($"{path}: line {number} has an empty expression.");
        }
        return sources.Count > 0 ? new(sources, targets) : throw new TextFormatException($"{path}: there are no expressions; give a file of the Long Range Arena.");
    }

    /// <summary>Some expressions as a batch: ids int64 [batch, longest], what is real, and values int64 [batch].</summary>
    /// <param name="rows">Which.</param>
    public (Tensor Ids, AttentionScope Scope, Tensor Targets) Batch(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var longest = rows.Max(row => Sources[row].Length);
        var ids = new long[rows.Count * longest];
        for (var i = 0; i < rows.Count; i++)
            for (var j = 0; j < Sources[rows[i]].Length; j++) ids[(i * longest) + j] = Sources[rows[i]][j];
        return (Tensor.From(ids, [rows.Count, longest]), Masks.Padding([.. rows.Select(row => Sources[row].Length)], longest), Tensor.From([.. rows.Select(row => (long)Targets[row])]));
    }
}

/// <summary>A variant as a classifier of token series: embeddings, layers, the mean of the real states, a linear map.</summary>
public sealed class XformerClassifier : Module
{
    /// <summary>A classifier with random weights.</summary>
    /// <param name="spec">The variant; its topology is no decoder.</param>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">The variant is impossible or looks at a second series.</exception>
    public XformerClassifier(XformerSpec spec, int vocabulary, int classes, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Network = Xformer.Build(spec, seed);
        if (Network.Topology.Card.HasSource) throw new ArgumentException($"XformerClassifier: {Network.Topology.Card.Name} looks at a second series; choose another topology.", nameof(spec));
        var random = new RandomSource(RandomSource.Derive(seed, 7));
        (Tokens, Classifier) = (new(vocabulary, spec.Dim, random), SurveyParts.Linear(spec.Dim, classes, random));
    }

    /// <summary>[vocabulary, features].</summary>
    public Embedding Tokens { get; }

    /// <summary>The layers.</summary>
    public Xformer Network { get; }

    /// <summary>To logits.</summary>
    public Linear Classifier { get; }

    /// <summary>Logits of classes: [batch, classes].</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="scope">Which tokens are real.</param>
    /// <param name="context">Takes losses of layers.</param>
    public Tensor Forward(Tensor tokenIds, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var hidden = Network.Forward(Tokens.Forward(tokenIds), scope, context);
        var real = scope.KeyMask?.To(hidden.DataType).Unsqueeze(2);
        return Classifier.Forward(real is null ? hidden.Mean(1) : (hidden * real).Sum(1) / real.Sum(1));
    }

    /// <summary>Mean cross-entropy in nats.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="scope">Which tokens are real.</param>
    /// <param name="labels">Int64 [batch].</param>
    /// <param name="context">Takes losses of layers, which are not part of the result.</param>
    public Tensor CrossEntropy(Tensor tokenIds, AttentionScope scope, Tensor labels, TransformerContext? context = null) => Loss.CrossEntropy(Forward(tokenIds, scope, context), labels);
}
