namespace Scorch.Numerics;

/// <summary>How a coarse grid function becomes a fine one.</summary>
public enum Prolongation
{
    /// <summary>Linear along each axis, error <c>O(h^2)</c>.</summary>
    Bilinear,

    /// <summary>Cubic along each axis, error <c>O(h^4)</c>.</summary>
    Bicubic,
}
