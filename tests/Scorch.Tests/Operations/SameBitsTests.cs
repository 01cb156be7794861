using System.Security.Cryptography;
using Scorch.Checkpoints;

namespace Scorch.Tests.Operations;

/// <summary>No other test runs meanwhile: threads that another test keeps busy would not be shared with these kernels.</summary>
[CollectionDefinition(nameof(SameBitsTests), DisableParallelization = true)]
[Collection(nameof(SameBitsTests))]
public class SameBitsTests
{
    public static TheoryData<string> Files => [.. PyTorchParityTests.Tables.Select(table => table.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Recorded_cases_have_the_same_bits_at_one_two_and_seven_threads(string file)
    {
        var table = PyTorchParityTests.Tables.Single(table => table.File == file);
        foreach (var presentation in new[] { Presentation.Double, Presentation.Single })
        {
            var one = Bits(table, presentation, 1);
            foreach (var threads in new[] { 2, 7 })
                foreach (var (name, bits) in Bits(table, presentation, threads)) Assert.True(bits == one[name], $"{file}/{name}: the bits at {threads} threads differ from those at one");
        }
    }

    private static Dictionary<string, string> Bits(CaseTable table, Presentation presentation, int threads)
    {
        var before = Parallelism.ThreadCount;
        Parallelism.ThreadCount = threads;
        try
        {
            return table.Recorded.Cases.ToDictionary(name => name, name =>
            {
                var result = table.Recorded.Run(name, table[name], presentation);
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                foreach (var tensor in result.Outputs.Concat(result.Gradients).Concat(result.Second)) hash.AppendData(TensorBytes.Of(tensor.Detach().Contiguous()));
                return Convert.ToHexString(hash.GetHashAndReset());
            });
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }
}
