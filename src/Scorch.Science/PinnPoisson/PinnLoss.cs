namespace Scorch.Science.PinnPoisson;

/// <summary>The loss over a set of collocation points: <c>w_f mean r^2 + w_b mean b^2</c>, r the residual inside, b on the boundary.</summary>
internal sealed class PinnLoss
{
    private readonly PinnEquation equation;
    private readonly PinnConfig config;
    private readonly Tensor interior;
    private readonly Tensor boundary;
    private readonly Tensor normals;

    /// <param name="equation">The residuals.</param>
    /// <param name="config">The weights; with a hard boundary the boundary term is left out.</param>
    /// <param name="interior">Points <c>[count, 2]</c>.</param>
    /// <param name="boundary">Points and normals <c>[count, 4]</c>.</param>
    public PinnLoss(PinnEquation equation, PinnConfig config, double[,] interior, double[,] boundary)
    {
        (this.equation, this.config) = (equation, config);
        this.interior = WithGradient(Tensor.From(interior));
        this.boundary = WithGradient(Tensor.From(Columns(boundary, 0)));
        normals = Tensor.From(Columns(boundary, 2));
    }

    /// <summary>The loss, differentiable by the weights.</summary>
    public Tensor Of(PinnNetwork network)
    {
        var residual = equation.Interior(new PinnFunction(network), interior);
        var loss = config.InteriorWeight * residual.Square().Mean();
        if (equation.Boundary is null || config.HardBoundary)
        {
            return loss;
        }

        return loss + (config.BoundaryWeight * equation.Boundary(new PinnFunction(network), boundary, normals).Square().Mean());
    }

    private static Tensor WithGradient(Tensor points)
    {
        points.RequiresGradient = true;
        return points;
    }

    private static double[,] Columns(double[,] values, int first)
    {
        var pair = new double[values.GetLength(0), 2];
        for (var i = 0; i < pair.GetLength(0); i++)
        {
            (pair[i, 0], pair[i, 1]) = (values[i, first], values[i, first + 1]);
        }

        return pair;
    }
}
