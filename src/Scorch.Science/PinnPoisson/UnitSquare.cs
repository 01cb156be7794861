namespace Scorch.Science.PinnPoisson;

/// <summary>What is known on the boundary.</summary>
public enum BoundaryKind
{
    /// <summary>The value of u.</summary>
    Dirichlet,

    /// <summary>The derivative of u along the outward normal.</summary>
    Neumann,
}

/// <summary>The open unit square with one condition on its whole boundary.</summary>
public sealed record UnitSquare
{
    private UnitSquare(BoundaryKind kind, Func<double, double, double> value, bool isZero)
    {
        Kind = kind;
        Value = value;
        IsZero = isZero;
    }

    /// <summary>What is known on the boundary.</summary>
    public BoundaryKind Kind { get; }

    /// <summary>The value or normal derivative at a boundary point <c>(x, y)</c>.</summary>
    public Func<double, double, double> Value { get; }

    /// <summary>Whether the condition is the constant zero.</summary>
    public bool IsZero { get; }

    /// <summary>u is a constant on the boundary.</summary>
    /// <param name="value">The constant; finite.</param>
    public static UnitSquare Dirichlet(double value) => new(BoundaryKind.Dirichlet, Constant(value), value == 0);

    /// <summary>u is a function on the boundary.</summary>
    /// <param name="value">A function of <c>(x, y)</c>.</param>
    public static UnitSquare Dirichlet(Func<double, double, double> value) => new(BoundaryKind.Dirichlet, Given(value), isZero: false);

    /// <summary>The outward normal derivative of u is a constant. The solution is then unique up to a constant.</summary>
    /// <param name="flux">The constant; finite.</param>
    public static UnitSquare Neumann(double flux) => new(BoundaryKind.Neumann, Constant(flux), flux == 0);

    /// <summary>The outward normal derivative of u is a function. The solution is then unique up to a constant.</summary>
    /// <param name="flux">A function of <c>(x, y)</c>.</param>
    public static UnitSquare Neumann(Func<double, double, double> flux) => new(BoundaryKind.Neumann, Given(flux), isZero: false);

    private static Func<double, double, double> Constant(double value) => double.IsFinite(value)
        ? (_, _) => value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "UnitSquare: a boundary value must be finite.");

    private static Func<double, double, double> Given(Func<double, double, double> value) => value ?? throw new ArgumentNullException(nameof(value));
}
