namespace Scorch.Models.Experts;

/// <summary>Where one choice of a token went.</summary>
/// <param name="Token">The token's place in the flattened sequence, from 0.</param>
/// <param name="Choice">Its choice: 0 for the first.</param>
/// <param name="Expert">The expert chosen.</param>
/// <param name="Rank">The place in the expert's queue within the token's group, from 0.</param>
/// <param name="IsDropped">Whether the queue was full, so that the expert never saw the token.</param>
public readonly record struct ExpertRoute(int Token, int Choice, int Expert, int Rank, bool IsDropped);

/// <summary>Tokens sorted into one contiguous batch an expert, and the way back.</summary>
/// <remarks>
/// Built by one stable counting sort over expert numbers; tensors move whole batches. Slots are claimed in sequence order, first choices of a
/// group before its second ones, as in Mesh TensorFlow. The plan depends on the choices alone: one token's slot does not depend on threads.
/// </remarks>
public sealed class ExpertDispatch
{
    /// <summary>The expert of a token that has none, such as padding.</summary>
    public const int NoExpert = -1;

    private readonly int[] experts;
    private readonly int[] ranks;
    private readonly bool[] dropped;
    private readonly int[] starts;
    private readonly Tensor tokenOfRow;
    private readonly Tensor assignmentOfRow;
    private readonly Tensor[] rowOfToken;

    private ExpertDispatch(int[] experts, int choices, int expertCount, ExpertCapacity capacity)
    {
        this.experts = experts;
        (Choices, ExpertCount, TokenCount) = (choices, expertCount, experts.Length / choices);
        (ranks, dropped) = (new int[experts.Length], new bool[experts.Length]);
        var size = capacity.GroupSize ?? Math.Max(1, TokenCount);
        var capacities = new List<int>();
        for (var first = 0; first < TokenCount; first += size) capacities.Add(Claim(first, Math.Min(TokenCount, first + size), capacity));
        Capacities = capacities;
        (starts, var order, var places) = Sort();
        RowCount = order.Length;
        tokenOfRow = Tensor.From(Array.ConvertAll(order, assignment => (long)(assignment / choices)));
        assignmentOfRow = Tensor.From(Array.ConvertAll(order, assignment => (long)assignment));
        rowOfToken = new Tensor[choices];
        for (var choice = 0; choice < choices; choice++)
        {
            var column = new long[TokenCount];
            for (var token = 0; token < TokenCount; token++) column[token] = places[(token * choices) + choice];
            rowOfToken[choice] = Tensor.From(column);
        }
    }

    /// <summary>Tokens, padding included.</summary>
    public int TokenCount { get; }

    /// <summary>Experts that a token may go to.</summary>
    public int Choices { get; }

    /// <summary>Experts of the layer.</summary>
    public int ExpertCount { get; }

    /// <summary>Rows that experts compute: choices that were not dropped.</summary>
    public int RowCount { get; }

    /// <summary>The capacity of each group.</summary>
    public IReadOnlyList<int> Capacities { get; }

    /// <summary>Expert e has the rows Starts[e] up to, not including, Starts[e + 1].</summary>
    public IReadOnlyList<int> Starts => starts;

    internal int[] Borders => starts;

    /// <summary>Plans the way of tokens.</summary>
    /// <param name="experts">Every token's choices, one token after the other; <see cref="NoExpert"/> where there is none.</param>
    /// <param name="choices">Choices of a token.</param>
    /// <param name="expertCount">Experts of the layer.</param>
    /// <param name="capacity">How many tokens an expert takes.</param>
    /// <exception cref="ArgumentException">The choices do not divide the numbers, or there is no such expert.</exception>
    public static ExpertDispatch Create(ReadOnlySpan<int> experts, int choices, int expertCount, ExpertCapacity capacity)
    {
        ArgumentNullException.ThrowIfNull(capacity);
        if (expertCount < 1) throw new ArgumentOutOfRangeException(nameof(expertCount), expertCount, $"ExpertDispatch: {expertCount} experts; a layer has at least one.");
        if (choices < 1 || experts.Length % choices != 0)
            throw new ArgumentException($"ExpertDispatch: {experts.Length} experts for {choices} choices a token; give as many for each token.", nameof(choices));
        foreach (var expert in experts)
            if (expert < NoExpert || expert >= expertCount)
                throw new ArgumentOutOfRangeException(nameof(experts), expert, $"ExpertDispatch: there is no expert {expert} among {expertCount}; experts count from 0, {NoExpert} is none.");
        return new(experts.ToArray(), choices, expertCount, capacity);
    }

    /// <summary>Tokens that chose each expert first, before dropping.</summary>
    public IReadOnlyList<int> FirstChoiceCounts()
    {
        var counts = new int[ExpertCount];
        for (var i = 0; i < experts.Length; i += Choices)
            if (experts[i] != NoExpert) counts[experts[i]]++;
        return counts;
    }

    /// <summary>Choices that were made, dropped or not.</summary>
    public int AssignmentCount => experts.Count(expert => expert != NoExpert);

    /// <summary>Where every choice of every token went, in the order of tokens; padding is left out.</summary>
    public IReadOnlyList<ExpertRoute> Routes()
    {
        var routes = new List<ExpertRoute>();
        for (var i = 0; i < experts.Length; i++)
            if (experts[i] != NoExpert) routes.Add(new(i / Choices, i % Choices, experts[i], ranks[i], dropped[i]));
        return routes;
    }

    /// <summary>Tokens as rows sorted by expert.</summary>
    /// <param name="tokens">[tokens, features].</param>
    /// <returns>[rows, features].</returns>
    public Tensor Gather(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        Require(tokens, TokenCount, "tokens");
        return tokens.IndexSelect(0, tokenOfRow);
    }

    /// <summary>A number of each choice, such as its gate, in the order of the rows.</summary>
    /// <param name="values">[tokens, choices].</param>
    /// <returns>[rows, 1].</returns>
    public Tensor GatherChoices(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape != [TokenCount, Choices]) throw new ArgumentException($"ExpertDispatch: values {values.Shape}; give [{TokenCount}, {Choices}].", nameof(values));
        return values.Reshape(-1).IndexSelect(0, assignmentOfRow).Unsqueeze(1);
    }

    /// <summary>The sum of each token's rows; zeros for a token whose choices were all dropped, and for padding.</summary>
    /// <param name="rows">[rows, features].</param>
    /// <returns>[tokens, features].</returns>
    public Tensor Combine(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Require(rows, RowCount, "rows");
        // The row after the last is zero; choices without a row point there.
        var all = RowCount == experts.Length ? rows : Tensor.Concatenate([rows, Tensor.Zeros([1, rows.Shape[1]], rows.DataType, rows.Device)]);
        var result = all.IndexSelect(0, rowOfToken[0]);
        for (var choice = 1; choice < Choices; choice++) result += all.IndexSelect(0, rowOfToken[choice]);
        return result;
    }

    private static void Require(Tensor x, int count, string what)
    {
        if (x.Rank != 2 || x.Shape[0] != count) throw new ArgumentException($"ExpertDispatch: {what} are {x.Shape}; give [{count}, features].", nameof(x));
    }

    /// <summary>Gives the tokens of a group their places in the queues.</summary>
    private int Claim(int first, int end, ExpertCapacity capacity)
    {
        var real = 0;
        for (var token = first; token < end; token++)
            if (experts[token * Choices] != NoExpert) real++;
        var room = capacity.Of(real, ExpertCount);
        var queues = new int[ExpertCount];
        for (var choice = 0; choice < Choices; choice++)
        {
            for (var token = first; token < end; token++)
            {
                var at = (token * Choices) + choice;
                if (experts[at] == NoExpert) continue;
                ranks[at] = queues[experts[at]]++;
                dropped[at] = ranks[at] >= room;
            }
        }
        return room;
    }

    /// <summary>A stable counting sort: borders of the experts' batches, the choice in each row, and the row of each choice.</summary>
    private (int[] Starts, int[] Order, int[] Places) Sort()
    {
        var begins = new int[ExpertCount + 1];
        for (var i = 0; i < experts.Length; i++)
            if (IsComputed(i)) begins[experts[i] + 1]++;
        for (var expert = 0; expert < ExpertCount; expert++) begins[expert + 1] += begins[expert];
        var next = begins.AsSpan(0, ExpertCount).ToArray();
        var (order, places) = (new int[begins[ExpertCount]], new int[experts.Length]);
        for (var i = 0; i < experts.Length; i++)
        {
            places[i] = IsComputed(i) ? next[experts[i]]++ : order.Length;
            if (places[i] < order.Length) order[places[i]] = i;
        }
        return (begins, order, places);
    }

    private bool IsComputed(int assignment) => experts[assignment] != NoExpert && !dropped[assignment];
}
