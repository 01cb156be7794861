using Scorch.Models.Experts;

namespace Scorch.Models.Tests.Experts;

public class ExpertDispatchTests
{
    [Theory]
    [InlineData(21, 4, 1.0, 6)]
    [InlineData(21, 4, 1.25, 7)]
    [InlineData(100, 10, 1.1, 11)]
    [InlineData(3, 128, 1.0, 1)]
    [InlineData(0, 4, 1.0, 0)]
    [InlineData(7, 1, double.PositiveInfinity, int.MaxValue)]
    public void Capacity_is_the_even_share_times_the_factor_rounded_up(int tokens, int experts, double factor, int expected) =>
        Assert.Equal(expected, new ExpertCapacity(factor).Of(tokens, experts));

    [Fact]
    public void Rows_are_sorted_by_expert_and_return_to_their_tokens()
    {
        int[] experts = [2, 0, -1, 2, 1, 0];
        var dispatch = ExpertDispatch.Create(experts, 1, 4, ExpertCapacity.Unlimited);
        Assert.Equal([0, 2, 3, 5, 5], dispatch.Starts);
        var tokens = Tensor.Range(1, 7).To(DataType.Float64).Unsqueeze(1);
        Assert.Equal([2.0, 6, 5, 1, 4], dispatch.Gather(tokens).ToArray<double>());
        Assert.Equal([1.0, 2, 0, 4, 5, 6], dispatch.Combine(dispatch.Gather(tokens)).ToArray<double>());
        Assert.Equal([2, 1, 2, 0], dispatch.FirstChoiceCounts());
        Assert.Equal(5, dispatch.AssignmentCount);
    }

    [Fact]
    public void Several_choices_add_up_and_first_ones_claim_their_slots_before_second_ones()
    {
        // Token 0 chooses 1 then 0, tokens 1 and 2 choose 0 then 1; room for two each.
        var dispatch = ExpertDispatch.Create([1, 0, 0, 1, 0, 1], 2, 2, new(4.0 / 3));
        Assert.Equal([2], dispatch.Capacities);
        ExpertRoute[] expected =
        [
            new(0, 0, 1, 0, false), new(0, 1, 0, 2, true), new(1, 0, 0, 0, false), new(1, 1, 1, 1, false), new(2, 0, 0, 1, false), new(2, 1, 1, 2, true),
        ];
        Assert.Equal(expected, dispatch.Routes());
        var ones = Tensor.Ones([3, 1], DataType.Float64);
        Assert.Equal([1.0, 2, 1], dispatch.Combine(dispatch.Gather(ones)).ToArray<double>());
        Assert.Equal([30.0, 50, 10, 40], dispatch.GatherChoices(Tensor.From([10.0, 20, 30, 40, 50, 60], [3, 2])).ToArray<double>());
    }

    [Fact]
    public void Groups_have_capacities_of_their_own()
    {
        var dispatch = ExpertDispatch.Create([0, 0, 0, 0, 0], 1, 2, new(1, groupSize: 2));
        Assert.Equal([1, 1, 1], dispatch.Capacities);
        Assert.Equal([false, true, false, true, false], dispatch.Routes().Select(route => route.IsDropped));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Assert.Contains("factor is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertCapacity(0)).Message);
        Assert.Contains("factor is NaN", Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertCapacity(double.NaN)).Message);
        Assert.Contains("groups of 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertCapacity(1, 0)).Message);
        Assert.Contains("no expert 4 among 4", Assert.Throws<ArgumentOutOfRangeException>(() => ExpertDispatch.Create([4], 1, 4, ExpertCapacity.Unlimited)).Message);
        Assert.Contains("3 experts for 2 choices", Assert.Throws<ArgumentException>(() => ExpertDispatch.Create([0, 1, 2], 2, 4, ExpertCapacity.Unlimited)).Message);
        var dispatch = ExpertDispatch.Create([0, 1], 1, 2, ExpertCapacity.Unlimited);
        Assert.Contains("[2, features]", Assert.Throws<ArgumentException>(() => dispatch.Gather(Tensor.Ones([3, 1]))).Message);
        Assert.Contains("[2, 1]", Assert.Throws<ArgumentException>(() => dispatch.GatherChoices(Tensor.Ones([2, 2]))).Message);
        Assert.Contains("0 experts", Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertFeedForward(0, 2, 2)).Message);
        Assert.Contains("no expert 7 among 2", Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertFeedForward(2, 2, 2).Mixed([[(7, 1.0)]])).Message);
    }

    [Fact]
    public void A_layer_calls_its_placement()
    {
        var experts = new ExpertFeedForward(2, 3, 4, bias: true);
        experts.Initialize(1, new(1));
        var rows = new RandomSource(2).Normal([3, 3]);
        Assert.Equal(experts.Forward(rows, [0, 1, 3]).ToArray<float>(), SingleDevicePlacement.Instance.Run(experts, rows, [0, 1, 3]).ToArray<float>());
    }
}
