using System.Numerics;

namespace Scorch;

/// <summary>A complex number of two float32.</summary>
/// <param name="Real">Real part.</param>
/// <param name="Imaginary">Imaginary part.</param>
public readonly record struct Complex64(float Real, float Imaginary)
{
    /// <summary>Rounds both parts to float32.</summary>
    public static explicit operator Complex64(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>Widens exactly.</summary>
    public static implicit operator Complex(Complex64 value) => new(value.Real, value.Imaginary);
}
