using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Reformer's attention by hashed content (Kitaev et al. 2020, arXiv 2001.04451, section 2): queries are keys as well; positions are hashed by
/// <c>argmax([x R; -x R])</c>, sorted by bucket, cut into chunks, and attend within their bucket to their own chunk and the one before.
/// </summary>
/// <remarks>
/// Keys have length 1. A position looks at itself only where it has nobody else. Several rounds of hashes are joined as one softmax over the union
/// of their pairs (equations 4 to 6 of the paper's appendix: a pair that n rounds have counts 1/n in each). A sequence that chunks do not divide is
/// padded and masked. Which keys a query meets depends on later positions too, so that it is no module for causal models.
/// </remarks>
public sealed class LshAttention : XformerAttention
{
    private const double Never = -1e9;
    private readonly int buckets;
    private readonly int chunk;

    /// <summary>An attention with random weights and rotations.</summary>
    /// <param name="site">Where it is built.</param>
    public LshAttention(ModuleSite site)
        : base(site)
    {
        (buckets, chunk, var rounds) = (site.Options.Integer("buckets"), site.Options.Integer("chunk"), site.Options.Integer("rounds"));
        if (buckets > 1 && buckets % 2 != 0) throw new ArgumentException($"lsh: {buckets} buckets; give 1 or an even number, half of them for each sign.", nameof(site));
        Query = SurveyParts.Linear(Features, Features, site.Random);
        Value = SurveyParts.Linear(Features, Features, site.Random);
        Rotations = site.Random.Normal([rounds, HeadFeatures, Math.Max(1, buckets / 2)]);
    }

    /// <summary>To queries, which are the keys too.</summary>
    public Linear Query { get; }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>R of each round, [rounds, d, buckets / 2].</summary>
    [Buffer]
    public Tensor Rotations { get; }

    /// <summary>The bucket of each position: the argument of the greatest of <c>[x R; -x R]</c>.</summary>
    /// <param name="vectors">[..., d].</param>
    /// <param name="rotation">R, [d, buckets / 2].</param>
    /// <returns>Int64 [...].</returns>
    public static Tensor Hash(Tensor vectors, Tensor rotation)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(rotation);
        using var mode = GradientMode.Disable();
        var projected = vectors.Detach().Times(rotation);
        return Tensor.Concatenate([projected, -projected], projected.Rank - 1).ArgMax(-1);
    }

    /// <summary>Queries and keys of one map, keys of length 1: [batch, heads, time, d] each, with the values.</summary>
    internal (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor hidden)
    {
        var queries = SurveyParts.Split(Query.Map(hidden), Heads);
        var keys = queries * ((queries.Square().Sum(-1, true) + 1e-12).ReciprocalSqrt());
        if (Position is not null) (queries, keys) = (Position.Turn(queries), Position.Turn(keys));
        return (queries, keys, SurveyParts.Split(Value.Map(hidden), Heads));
    }

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        RequireSelf(hidden, source);
        var (queries, keys, values) = Project(hidden);
        var (batch, time, size) = (queries.Shape[0], queries.Shape[2], HeadFeatures);
        var rows = batch * Heads;
        var rounds = Rounds(queries.Reshape(rows, time, size), scope.KeyMask);
        Tensor Flat(Tensor x) => x.Reshape(rows * time, size);
        var (flatQueries, flatKeys, flatValues) = (Flat(queries / Math.Sqrt(size)), Flat(keys), Flat(values));
        var (results, logarithms) = (new List<Tensor>(), new List<Tensor>());
        foreach (var round in rounds)
        {
            var chunks = round.Chunks;
            Tensor Own(Tensor x) => x.IndexSelect(0, round.Places).Reshape(rows, chunks, chunk, size);
            Tensor WithPrevious(Tensor x)
            {
                var own = Own(x);
                // The first chunk has none before it; what stands there is masked.
                return Tensor.Concatenate([own.Roll(1, 1), own], 2);
            }
            var scores = Own(flatQueries).Times(WithPrevious(flatKeys).T) + round.Added.To(queries.DataType);
            var logarithm = scores.LogSumExp(-1, true);
            var mixed = (scores - logarithm).Exp().Times(WithPrevious(flatValues));
            results.Add(mixed.Reshape(rows * chunks * chunk, size).IndexSelect(0, round.Return).Reshape(rows, time, size));
            logarithms.Add(logarithm.Reshape(rows * chunks * chunk).IndexSelect(0, round.Return).Reshape(rows, time));
        }
        // o = sum_r exp(z_r - logsumexp(z)) o_r
        var shares = Tensor.Stack(logarithms, 0).Softmax(0).Unsqueeze(3);
        var joined = (shares * Tensor.Stack(results, 0)).Sum(0);
        return joined.Reshape(batch, Heads, time, size);
    }

    /// <summary>Sorted places, their way back, and minus the logarithm of how many rounds have a pair, or about minus infinity where it is none.</summary>
    private sealed record Round(Tensor Places, Tensor Return, Tensor Added, int Chunks);

    private Round[] Rounds(Tensor vectors, Tensor? mask)
    {
        var (rows, time) = (vectors.Shape[0], vectors.Shape[1]);
        var chunks = (time + chunk - 1) / chunk;
        var real = mask?.ToArray<bool>();
        var rounds = Rotations.Shape[0];
        var (bucketOf, placeOf, sorted) = (new long[rounds][], new int[rounds][], new int[rounds][]);
        for (var round = 0; round < rounds; round++)
        {
            bucketOf[round] = buckets == 1 ? new long[rows * time] : Hash(vectors, Rotations.Select(0, round).To(vectors.DataType)).ToArray<long>();
            (placeOf[round], sorted[round]) = (new int[rows * time], new int[rows * time]);
            for (var row = 0; row < rows; row++)
            {
                var (own, start) = (bucketOf[round], row * time);
                var order = Enumerable.Range(0, time).OrderBy(position => own[start + position]).ToArray();
                // A comparison counts as an operation: T log T of them.
                for (var place = 0; place < time; place++) (sorted[round][start + place], placeOf[round][start + order[place]]) = (order[place], place);
            }
            OperationMeter.CountMixing((long)rows * time * Math.Max(1, (int)Math.Ceiling(Math.Log2(time))));
        }

        bool Meets(int round, int row, int query, int key)
        {
            var (from, to) = ((row * time) + query, (row * time) + key);
            var apart = (placeOf[round][from] / chunk) - (placeOf[round][to] / chunk);
            return apart is 0 or 1 && bucketOf[round][from] == bucketOf[round][to];
        }

        var result = new Round[rounds];
        var hasOther = new bool[rows * time];
        var counts = new float[rounds][];
        for (var round = 0; round < rounds; round++)
        {
            counts[round] = new float[rows * chunks * chunk * 2 * chunk];
            Array.Fill(counts[round], (float)Never);
            for (var row = 0; row < rows; row++)
            {
                for (var place = 0; place < time; place++)
                {
                    var query = sorted[round][(row * time) + place];
                    var first = ((place / chunk) - 1) * chunk;
                    for (var slot = Math.Max(0, -first); slot < 2 * chunk && first + slot < time; slot++)
                    {
                        var key = sorted[round][(row * time) + first + slot];
                        if (key == query || !Meets(round, row, query, key) || (real is not null && !real[(row / Heads * time) + key])) continue;
                        var times = 0;
                        for (var other = 0; other < rounds; other++)
                            if (Meets(other, row, query, key)) times++;
                        counts[round][(((row * chunks * chunk) + place) * 2 * chunk) + slot] = -MathF.Log(times);
                        hasOther[(row * time) + query] = true;
                    }
                }
            }
        }
        for (var round = 0; round < rounds; round++)
        {
            var (places, back) = (new long[rows * chunks * chunk], new long[rows * time]);
            for (var row = 0; row < rows; row++)
            {
                for (var place = 0; place < chunks * chunk; place++)
                    places[(row * chunks * chunk) + place] = (row * time) + (place < time ? sorted[round][(row * time) + place] : 0);
                for (var position = 0; position < time; position++)
                {
                    var place = placeOf[round][(row * time) + position];
                    back[(row * time) + position] = (row * chunks * chunk) + place;
                    // Alone in every round: it looks at itself, in the first.
                    if (round == 0 && !hasOther[(row * time) + position])
                        counts[0][(((row * chunks * chunk) + place) * 2 * chunk) + chunk + (place % chunk)] = 0;
                }
            }
            result[round] = new(Tensor.From(places), Tensor.From(back), Tensor.From(counts[round], [rows, chunks, chunk, 2 * chunk]), chunks);
        }
        return result;
    }
}
