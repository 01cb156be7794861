namespace Scorch.Optimizers;

/// <summary>The loss along a line.</summary>
/// <param name="Length">How far along.</param>
/// <param name="Value">The loss there.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="Slope">The gradient along the line.</param>
internal readonly record struct LinePoint(double Length, double Value, double[] Gradient, double Slope);

/// <summary>A length that fulfils the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6), with the safeguards of PyTorch's.</summary>
/// <param name="evaluate">The loss at a length.</param>
/// <param name="steps">Evaluations after the first.</param>
/// <param name="shortest">A bracket that is shorter ends the search.</param>
internal sealed class StrongWolfeSearch(Func<double, LinePoint> evaluate, int steps, double shortest)
{
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.9;
    private int used;

    /// <summary>Searches from a start with a negative slope.</summary>
    public LinePoint Find(LinePoint start, double length)
    {
        var previous = start;
        var current = evaluate(length);
        // A step into the region where the loss is not finite is halved until it is.
        for (; !Lbfgs.IsFinite(current.Value, current.Gradient) && used < steps; used++) current = evaluate(current.Length / 2);
        for (var count = 0; used < steps; used++, count++)
        {
            if (!Decreases(start, current) || (count > 1 && current.Value >= previous.Value)) return Zoom(start, previous, current);
            if (IsFlat(start, current)) return current;
            if (current.Slope >= 0) return Zoom(start, previous, current);
            var next = Interpolate(previous, current, current.Length + (0.01 * (current.Length - previous.Length)), current.Length * 10);
            (previous, current) = (current, evaluate(next));
        }
        return start.Value <= current.Value ? start : current;
    }

    /// <summary>Narrows a bracket around a good length until one is found.</summary>
    private LinePoint Zoom(LinePoint start, LinePoint first, LinePoint second)
    {
        LinePoint[] bracket = [first, second];
        var low = first.Value <= second.Value ? 0 : 1;
        var wasNearEdge = false;
        for (; used < steps; used++)
        {
            var (from, to) = (Math.Min(bracket[0].Length, bracket[1].Length), Math.Max(bracket[0].Length, bracket[1].Length));
            if (to - from < shortest) break;
            var length = Interpolate(bracket[0], bracket[1], from, to);
            // A length near an edge is taken once; the next time it moves a tenth of the bracket inside.
            var margin = 0.1 * (to - from);
            var isNearEdge = Math.Min(to - length, length - from) < margin;
            if (isNearEdge && (wasNearEdge || length >= to || length <= from))
            {
                length = to - length < length - from ? to - margin : from + margin;
                isNearEdge = false;
            }
            wasNearEdge = isNearEdge;
            var trial = evaluate(length);
            if (!Decreases(start, trial) || trial.Value >= bracket[low].Value)
            {
                bracket[1 - low] = trial;
                low = bracket[0].Value <= bracket[1].Value ? 0 : 1;
                continue;
            }
            if (IsFlat(start, trial)) return trial;
            if (trial.Slope * (bracket[1 - low].Length - bracket[low].Length) >= 0) bracket[1 - low] = bracket[low];
            bracket[low] = trial;
        }
        return bracket[low];
    }

    /// <summary>False for NaN too.</summary>
    private static bool Decreases(LinePoint start, LinePoint point) => point.Value <= start.Value + (SufficientDecrease * point.Length * start.Slope);

    private static bool IsFlat(LinePoint start, LinePoint point) => Math.Abs(point.Slope) <= -Curvature * start.Slope;

    /// <summary>The minimum of the cubic through two values and slopes (eq. 3.59), held between bounds.</summary>
    private static double Interpolate(LinePoint a, LinePoint b, double least, double most)
    {
        if (!double.IsFinite(a.Value) || !double.IsFinite(b.Value) || !double.IsFinite(b.Slope)) return (least + most) / 2;
        if (a.Length > b.Length) (a, b) = (b, a);
        var d1 = a.Slope + b.Slope - (3 * (a.Value - b.Value) / (a.Length - b.Length));
        var square = (d1 * d1) - (a.Slope * b.Slope);
        if (square < 0) return (least + most) / 2;
        var d2 = Math.Sqrt(square);
        var minimum = b.Length - ((b.Length - a.Length) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + (2 * d2))));
        return double.IsNaN(minimum) ? (least + most) / 2 : Math.Min(Math.Max(minimum, least), most);
    }
}
