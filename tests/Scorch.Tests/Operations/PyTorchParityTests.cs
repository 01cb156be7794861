using Scorch.Tests.Modules;
using Scorch.Tests.Probability;

namespace Scorch.Tests.Operations;

/// <summary>Every recorded case, however its inputs are presented: values, gradients and gradients of gradients.</summary>
public class PyTorchParityTests
{
    /// <summary>Cases that float32 cannot hold to 1e-4, by the reason.</summary>
    private static readonly Dictionary<string, string> DoubleOnly = new()
    {
    };

    /// <summary>Cases at a kink, where the first gradient jumps and differences mean nothing.</summary>
    private static readonly string[] Kinks = ["norm@zero", "complex_abs@zero"];

    /// <summary>Our side of all recorded cases.</summary>
    internal static IReadOnlyList<CaseTable> Tables { get; } =
    [
        ElementwiseCases.Build(), ShapingCases.Build(), NetworkCases.Build(), AlgebraCases.Build(), ComplexAlgebraCases.Build(), SignalCases.Build(), VolumeCases.Build(), RecurrenceCases.Build(),
        ModuleCases.Build(), ModuleCases.BuildTransformers(), DistributionCases.Build(),
    ];

    public static TheoryData<string, string> Cases => Select((_, _) => true);

    public static TheoryData<string, string> SingleCases => Select((_, name) => !name.Contains("@double", StringComparison.Ordinal) && !DoubleOnly.ContainsKey(name));

    public static TheoryData<string, string> UnevenCases => Select((table, name) => table.Recorded.NeedsDifferences(name) && !Kinks.Contains(name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_equals_PyTorch_in_value_gradient_and_second_gradient(string file, string name) => Check(file, name, Presentation.Double);

    [Theory]
    [MemberData(nameof(SingleCases))]
    public void A_case_in_single_precision_equals_PyTorch_and_stays_single(string file, string name) => Check(file, name, Presentation.Single);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_reaches_memory_through_its_devices_kernels_only(string file, string name) => Check(file, name, Presentation.FakeDevice);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_takes_strided_views_with_gaps(string file, string name) => Check(file, name, Presentation.Strided);

    [Theory]
    [MemberData(nameof(UnevenCases))]
    public void A_second_gradient_that_PyTorch_lacks_is_the_slope_of_the_first(string file, string name)
    {
        var table = Table(file);
        table.Recorded.CheckByDifferences(name, table[name]);
    }

    [Fact]
    public void Every_function_has_a_recorded_case_of_its_name()
    {
        var unused = Tables.SelectMany(table => table.Functions.Keys.Except(table.Recorded.Cases.Select(Parity.FunctionOf)).Select(name => $"{table.File}/{name}"));
        Assert.Empty(unused);
    }

    private static void Check(string file, string name, Presentation presentation)
    {
        var table = Table(file);
        table.Recorded.Check(name, table[name], presentation);
    }

    private static CaseTable Table(string file) => Tables.Single(table => table.File == file);

    private static TheoryData<string, string> Select(Func<CaseTable, string, bool> chosen)
    {
        var data = new TheoryData<string, string>();
        foreach (var table in Tables)
            foreach (var name in table.Recorded.Cases)
                if (chosen(table, name)) data.Add(table.File, name);
        return data;
    }
}
