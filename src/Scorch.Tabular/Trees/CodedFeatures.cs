namespace Scorch.Tabular;

/// <summary>Features as ranks: every column's distinct values in order, and for each row the place of its value among them.</summary>
/// <remarks>Trees split between neighbouring values, so ranks carry all that a split needs, and few distinct values allow counting instead of sorting.</remarks>
internal sealed class CodedFeatures
{
    public CodedFeatures(DenseMatrix features)
    {
        Columns = features.Columns;
        Values = new double[Columns][];
        Codes = new int[Columns][];
        for (var j = 0; j < Columns; j++)
        {
            var column = features.Column(j);
            var sorted = (double[])column.Clone();
            Array.Sort(sorted);
            var distinct = 0;
            for (var i = 0; i < sorted.Length; i++)
                if (i == 0 || sorted[i] != sorted[distinct - 1])
                    sorted[distinct++] = sorted[i];
            Values[j] = sorted[..distinct];
            Codes[j] = Array.ConvertAll(column, value => Array.BinarySearch(Values[j], value));
        }
    }

    public int Columns { get; }

    public double[][] Values { get; }

    public int[][] Codes { get; }

    public int MostValues => Values.Select(values => values.Length).DefaultIfEmpty(0).Max();
}
