namespace Scorch.Tests.Tensors;

/// <summary>Every pair of types against the table that oracles/engine/promotion.py recorded.</summary>
public class PromotionTableTests
{
    [Fact]
    public void Every_pair_of_types_meets_in_the_type_that_PyTorch_gives()
    {
        var rows = File.ReadLines(RepositoryFiles.Oracle("engine/promotion.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(12 * (12 + 12 + 4), rows.Length);
        Assert.All(rows, row => Assert.Equal(Enum.Parse<DataType>(row[3]), Joined(row[0], Enum.Parse<DataType>(row[1]), Enum.Parse<DataType>(row[2]))));
    }

    private static DataType Joined(string kind, DataType left, DataType right)
    {
        var tensor = Tensor.Ones([2], left);
        return kind switch
        {
            "tensor" => (tensor * Tensor.Ones([2], right)).DataType,
            "single" => (tensor * Tensor.Ones([], right)).DataType,
            _ => (tensor * Number(right)).DataType,
        };
    }

    private static Scalar Number(DataType type) => type switch
    {
        DataType.Bool => true,
        DataType.Int64 => 1,
        DataType.Float64 => 1.0,
        _ => System.Numerics.Complex.ImaginaryOne,
    };
}
