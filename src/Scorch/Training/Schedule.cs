using Scorch.Optimizers;

namespace Scorch.Training;

/// <summary>The learning rate as a function of the step: no state, so that a run continues anywhere. Equal to PyTorch's schedulers.</summary>
public sealed class Schedule
{
    private readonly Func<long, double, double> rate;

    private Schedule(Func<long, double, double> rate) => this.rate = rate;

    /// <summary>The starting rate throughout.</summary>
    public static Schedule Constant { get; } = new((_, start) => start);

    /// <summary>A schedule by a formula.</summary>
    /// <param name="rate">The rate from the steps taken before and the rate that the optimizer was made with.</param>
    public static Schedule Of(Func<long, double, double> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new(rate);
    }

    /// <summary>The rate of a step.</summary>
    /// <param name="step">Steps taken before, from 0.</param>
    /// <param name="start">The learning rate that the optimizer was made with.</param>
    public double Rate(long step, double start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return rate(step, start);
    }

    /// <summary>Sets the rates of an optimizer's groups for a step.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="startRates">The rates its groups were made with, in their order.</param>
    /// <param name="step">Steps taken before, from 0.</param>
    public void Apply(Optimizer optimizer, IReadOnlyList<double> startRates, long step)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(startRates);
        if (startRates.Count != optimizer.Groups.Count)
            throw new ArgumentException($"Schedule.Apply: {startRates.Count} rates were given for {optimizer.Groups.Count} groups.", nameof(startRates));
        for (var i = 0; i < startRates.Count; i++) optimizer.Groups[i].LearningRate = Rate(step, startRates[i]);
    }

    /// <summary>Multiplied by <paramref name="factor"/> after every <paramref name="every"/> steps (StepLR).</summary>
    public static Schedule Steps(long every, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return new((step, start) => start * Math.Pow(factor, step / every));
    }

    /// <summary>Multiplied by <paramref name="factor"/> at each of the milestones (MultiStepLR).</summary>
    public static Schedule Steps(IReadOnlyList<long> milestones, double factor = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        return new((step, start) => start * Math.Pow(factor, milestones.Count(milestone => milestone <= step)));
    }

    /// <summary>Multiplied by <paramref name="factor"/> after every step (ExponentialLR).</summary>
    public static Schedule Exponential(double factor) => new((step, start) => start * Math.Pow(factor, step));

    /// <summary>Half a cosine wave from the starting rate to <paramref name="minimum"/> (CosineAnnealingLR), and back after it.</summary>
    public static Schedule Cosine(long steps, double minimum = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new((step, start) => minimum + ((start - minimum) * (1 + Math.Cos(Math.PI * step / steps)) / 2));
    }

    /// <summary>Grows evenly from <paramref name="startFactor"/> times the starting rate to all of it (LinearLR).</summary>
    public static Schedule LinearWarmUp(long steps, double startFactor = 1.0 / 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new((step, start) => start * (startFactor + ((1 - startFactor) * Math.Min(step, steps) / steps)));
    }

    /// <summary>One cycle (Smith and Topin 2019; OneCycleLR): up to the greatest rate, then down far below the first. The starting rate is not used.</summary>
    /// <param name="greatest">The greatest rate.</param>
    /// <param name="steps">Steps of the cycle.</param>
    /// <param name="warmShare">Share of the steps in which the rate grows.</param>
    /// <param name="startDivisor">The first rate is the greatest over this.</param>
    /// <param name="endDivisor">The last rate is the first over this.</param>
    /// <param name="isLinear">Change evenly rather than along a cosine.</param>
    /// <param name="threePhases">Come down as fast as up, then on to the last rate.</param>
    public static Schedule OneCycle(
        double greatest, long steps, double warmShare = 0.3, double startDivisor = 25, double endDivisor = 1e4, bool isLinear = false, bool threePhases = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (warmShare is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(warmShare), warmShare, "OneCycle: the warm share lies between 0 and 1.");
        var first = greatest / startDivisor;
        var last = first / endDivisor;
        var peak = (warmShare * steps) - 1;
        (double End, double From, double To)[] phases = threePhases
            ? [(peak, first, greatest), ((2 * warmShare * steps) - 2, greatest, first), (steps - 1, first, last)]
            : [(peak, first, greatest), (steps - 1, greatest, last)];
        return new((step, _) =>
        {
            if (step >= steps) throw new ArgumentOutOfRangeException(nameof(step), step, $"OneCycle: the cycle has {steps} steps.");
            var start = 0.0;
            foreach (var (end, from, to) in phases)
            {
                if (step > end && end < steps - 1)
                {
                    start = end;
                    continue;
                }
                var share = (step - start) / (end - start);
                return isLinear ? from + ((to - from) * share) : to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
            }
            return last;
        });
    }

    /// <summary>This schedule up to a step, then another that counts from there (SequentialLR).</summary>
    /// <param name="steps">Steps of this schedule.</param>
    /// <param name="next">The other.</param>
    public Schedule Then(long steps, Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return new((step, start) => step < steps ? rate(step, start) : next.rate(step - steps, start));
    }
}
