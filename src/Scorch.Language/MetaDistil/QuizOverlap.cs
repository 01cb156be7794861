using System.Buffers.Binary;
using System.Security.Cryptography;
using Scorch.Data;

namespace Scorch.Language.MetaDistil;

/// <summary>Whether examples stand in two data sets, told by a hash of their inputs.</summary>
public static class QuizOverlap
{
    /// <summary>The first example of <paramref name="quiz"/> that has the inputs of one in <paramref name="train"/>, or null.</summary>
    /// <param name="train">Inputs, then labels.</param>
    /// <param name="quiz">Of the same form.</param>
    public static (int Quiz, int Train)? Find(TensorDataSet train, TensorDataSet quiz)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(quiz);
        var known = new Dictionary<UInt128, int>();
        var rows = Hashes(train);
        for (var i = 0; i < rows.Length; i++) known.TryAdd(rows[i], i);
        rows = Hashes(quiz);
        for (var i = 0; i < rows.Length; i++)
            if (known.TryGetValue(rows[i], out var at)) return (i, at);
        return null;
    }

    /// <summary>Splits examples at random, copies of one going to the same part.</summary>
    /// <param name="data">Inputs, then labels.</param>
    /// <param name="shares">The shares of the first parts, at least 0 and together at most 1; the last part is the rest.</param>
    /// <param name="random">Draws the parts.</param>
    /// <returns>Example numbers of each part.</returns>
    public static int[][] Split(TensorDataSet data, IReadOnlyList<double> shares, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(random);
        if (shares.Any(share => !(share >= 0)) || shares.Sum() > 1 + 1e-9)
            throw new ArgumentException($"QuizOverlap: shares {string.Join(", ", shares)}; they are at least 0 and together at most 1.", nameof(shares));
        var groups = Hashes(data).Select((hash, i) => (hash, i)).GroupBy(row => row.hash, row => row.i).Select(group => group.ToArray()).ToArray();
        random.Shuffle<int[]>(groups);
        var parts = new List<int>[shares.Count + 1];
        for (var p = 0; p < parts.Length; p++) parts[p] = [];
        var at = 0;
        for (var p = 0; p < shares.Count; p++)
        {
            var wanted = (int)Math.Round(shares[p] * data.Count);
            while (parts[p].Count < wanted && at < groups.Length) parts[p].AddRange(groups[at++]);
        }
        for (; at < groups.Length; at++) parts[^1].AddRange(groups[at]);
        return [.. parts.Select(part => part.ToArray())];
    }

    private static UInt128[] Hashes(TensorDataSet data)
    {
        if (data.Tensors.Count < 2) throw new ArgumentException("MetaDistil: a data set holds input tensors and, last, labels.", nameof(data));
        var columns = data.Tensors.SkipLast(1).Select(tensor => tensor.To(DataType.Float64).ToArray<double>()).ToArray();
        var result = new UInt128[data.Count];
        var bytes = new byte[columns.Sum(column => data.Count == 0 ? 0 : column.Length / data.Count) * sizeof(double)];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var row = 0; row < result.Length; row++)
        {
            var place = 0;
            foreach (var column in columns)
            {
                var width = column.Length / data.Count;
                // -0 and 0 are the same input.
                for (var i = 0; i < width; i++, place += sizeof(double)) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(place), column[(row * width) + i] + 0.0);
            }
            SHA256.HashData(bytes, digest);
            result[row] = BinaryPrimitives.ReadUInt128LittleEndian(digest);
        }
        return result;
    }
}
