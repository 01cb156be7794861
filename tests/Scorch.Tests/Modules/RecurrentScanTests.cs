using Scorch.Kernels;
using Scorch.Modules;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Modules;

/// <summary>The fused scan of a recurrent layer against its definition, step by step.</summary>
public class RecurrentScanTests
{
    public static TheoryData<string, bool, bool> Cells
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var cell in Enum.GetNames<RecurrentCell>())
                foreach (var bias in new[] { false, true })
                    foreach (var backwards in new[] { false, true }) data.Add(cell, bias, backwards);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_scan_equals_its_definition_to_the_second_derivative(string name, bool bias, bool backwards)
    {
        var cell = Enum.Parse<RecurrentCell>(name);
        foreach (var (time, batch, inputs, hidden) in new[] { (1, 1, 1, 1), (1, 3, 2, 5), (5, 1, 3, 8), (3, 17, 2, 9), (4, 5, 7, 17), (2, 2, 1, 33) })
        {
            foreach (var presentation in new[] { Presentation.Double, Presentation.Single, Presentation.Strided })
            {
                var random = new RandomSource((100 * time) + hidden);
                var leaves = Draw(cell, bias, time, batch, inputs, hidden, random).Select(tensor => presentation.Present(tensor)).ToArray();
                // Now and then a first state, or the series, is not asked for.
                for (var i = 0; i < leaves.Length; i++) leaves[i].RequiresGradient = (i + time) % 4 != 3;
                var wanted = leaves.Where(leaf => leaf.RequiresGradient).ToArray();
                var expected = Parity.Differentiate(() => Outputs(cell, leaves, backwards, fused: false), wanted);
                var actual = Parity.Differentiate(() => Outputs(cell, leaves, backwards, fused: true), wanted);
                Parity.AssertSame(expected, actual, $"{cell} of {time} x {batch} x {inputs} to {hidden} ({presentation})", presentation == Presentation.Single ? 1e-4 : Parity.Tolerance);
                // The first derivative alone takes the fused kernel.
                expected = Parity.Differentiate(() => Outputs(cell, leaves, backwards, fused: false), wanted, second: false);
                actual = Parity.Differentiate(() => Outputs(cell, leaves, backwards, fused: true), wanted, second: false);
                Parity.AssertSame(expected, actual, $"fused {cell} of {time} x {batch} x {inputs} to {hidden} ({presentation})", presentation == Presentation.Single ? 1e-4 : Parity.Tolerance);
            }
        }
    }

    [Theory]
    [InlineData(nameof(RecurrentCell.Lstm))]
    [InlineData(nameof(RecurrentCell.Gru))]
    public void Gradients_flow_from_the_last_states_alone(string name)
    {
        var cell = Enum.Parse<RecurrentCell>(name);
        var leaves = Draw(cell, true, 4, 3, 2, 5, new(7)).ToArray();
        foreach (var leaf in leaves) leaf.RequiresGradient = true;
        foreach (var last in Enumerable.Range(1, cell == RecurrentCell.Lstm ? 2 : 1))
        {
            var expected = Parity.Differentiate(() => [Outputs(cell, leaves, false, fused: false)[last]], leaves);
            Parity.AssertSame(expected, Parity.Differentiate(() => [Outputs(cell, leaves, false, fused: true)[last]], leaves), $"{cell} state {last}");
            var gradients = Parity.Differentiate(() => [Outputs(cell, leaves, false, fused: true)[last]], leaves, second: false);
            Parity.AssertSame(expected with { Second = [] }, gradients, $"fused {cell} state {last}");
        }
    }

    [Fact]
    public void A_write_to_the_output_is_noticed_by_the_backward_pass()
    {
        var network = new Gru(3, 4, new(1));
        var output = network.Forward(new RandomSource(2).Normal([5, 2, 3])).Output;
        var loss = output.Square().Sum();
        output.Detach().FillInPlace(0);
        Assert.Contains("changed in place", Assert.Throws<InvalidOperationException>(() => loss.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_without_series_gives_empty_results()
    {
        var (output, state, cell) = new Lstm(3, 4, new(1)).Forward(Tensor.Zeros([5, 0, 3]));
        Assert.Equal<Shape>([5, 0, 4], output.Shape);
        Assert.Equal<Shape>([1, 0, 4], state.Shape);
        Assert.Equal<Shape>([1, 0, 4], cell.Shape);
    }

    /// <summary>Series, first states, weights, biases.</summary>
    private static IEnumerable<Tensor> Draw(RecurrentCell cell, bool bias, int time, int batch, int inputs, int hidden, RandomSource random)
    {
        var width = hidden * (cell switch { RecurrentCell.Lstm => 4, RecurrentCell.Gru => 3, _ => 1 });
        yield return random.Uniform([time, batch, inputs], -1, 1, DataType.Float64);
        for (var i = 0; i < (cell == RecurrentCell.Lstm ? 2 : 1); i++) yield return random.Uniform([batch, hidden], -1, 1, DataType.Float64);
        yield return random.Uniform([width, inputs], -1, 1, DataType.Float64);
        yield return random.Uniform([width, hidden], -0.5, 0.5, DataType.Float64);
        for (var i = 0; bias && i < 2; i++) yield return random.Uniform([width], -1, 1, DataType.Float64);
    }

    private static Tensor[] Outputs(RecurrentCell cell, Tensor[] leaves, bool backwards, bool fused)
    {
        var states = leaves[1..(cell == RecurrentCell.Lstm ? 3 : 2)];
        var rest = leaves[(1 + states.Length)..];
        var weights = new Recurrent.Weights(rest[0], rest[1], rest.ElementAtOrDefault(2), rest.ElementAtOrDefault(3));
        Recurrent network = cell switch
        {
            RecurrentCell.Lstm => new Lstm(1, states[0].Shape[1], new(0)),
            RecurrentCell.Gru => new Gru(1, states[0].Shape[1], new(0)),
            _ => new Rnn(1, states[0].Shape[1], new(0), null, rectifier: cell == RecurrentCell.Rectifier),
        };
        var (output, last) = fused
            ? RecurrentScan.Run(cell, leaves[0], states, weights, backwards, (x, first, own) => network.ScanByStep(x, first, own, backwards))
            : network.ScanByStep(leaves[0], states, weights, backwards);
        return [output, .. last];
    }
}
