namespace Scorch.Media;

public sealed partial class Image
{
    /// <summary>The picture under an affine map, of the same size, without interpolation, pixel for pixel as PIL's <c>transform(size, AFFINE, (a, b, c, d, e, f))</c>.</summary>
    /// <remarks>The pixel at (x, y) is the one of this picture that holds the point (a (x + ½) + b (y + ½) + c, d (x + ½) + e (y + ½) + f).</remarks>
    /// <param name="a">Share of x in the source's column.</param>
    /// <param name="b">Share of y in the source's column.</param>
    /// <param name="c">Shift of the source's column.</param>
    /// <param name="d">Share of x in the source's row.</param>
    /// <param name="e">Share of y in the source's row.</param>
    /// <param name="f">Shift of the source's row.</param>
    /// <param name="fill">Sample of every channel where the source has no pixel.</param>
    public Image Affine(double a, double b, double c, double d, double e, double f, int fill = 0)
    {
        if (fill < 0 || fill > MaximumSample) throw new ArgumentOutOfRangeException(nameof(fill), fill, $"Image.Affine: the fill is a sample of 0 to {MaximumSample}.");
        if (b == 0 && d == 0)
        {
            // Without shear or rotation PIL adds up in floating point.
            var (columns, rows) = (Steps(c + (a * 0.5), a, Width), Steps(f + (e * 0.5), e, Height));
            return Build(Width, Height, Channels, (x, y, channel) => Sample(columns[x], rows[y], channel));
        }
        // Otherwise in multiples of 2^-16.
        static long Fixed(double value) => (long)Math.Floor((value * 65536) + 0.5);
        var (fixedA, fixedB, fixedD, fixedE) = (Fixed(a), Fixed(b), Fixed(d), Fixed(e));
        var (startX, startY) = (Fixed(c + (a * 0.5) + (b * 0.5)), Fixed(f + (d * 0.5) + (e * 0.5)));
        return Build(Width, Height, Channels, (x, y, channel) => Sample(
            (startX + (x * fixedA) + (y * fixedB)) >> 16, (startY + (x * fixedD) + (y * fixedE)) >> 16, channel));

        int Sample(long x, long y, int channel) => x >= 0 && x < Width && y >= 0 && y < Height ? this[(int)x, (int)y, channel] : fill;

        static long[] Steps(double start, double step, int count)
        {
            var places = new long[count];
            for (var i = 0; i < count; i++, start += step) places[i] = start < 0 ? -1 : (long)start;
            return places;
        }
    }

    /// <summary>The picture turned counter-clockwise around its centre, of the same size, without interpolation, pixel for pixel as PIL's <c>rotate</c>.</summary>
    /// <param name="degrees">The angle.</param>
    /// <param name="fill">Sample of every channel where the source has no pixel.</param>
    public Image Rotate(double degrees, int fill = 0)
    {
        if (!double.IsFinite(degrees)) throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "Image.Rotate: the angle is a finite number of degrees.");
        var angle = degrees % 360;
        if (angle < 0) angle += 360;
        if (angle == 0) return this;
        if (angle == 180) return FlipHorizontal().FlipVertical();
        if (angle is 90 or 270 && Width == Height)
            return Build(Width, Height, Channels, (x, y, channel) => angle == 90 ? this[Width - 1 - y, x, channel] : this[y, Height - 1 - x, channel]);
        var radians = -angle * (Math.PI / 180);
        var (cosine, sine) = (Math.Round(Math.Cos(radians), 15), Math.Round(Math.Sin(radians), 15));
        var (centreX, centreY) = (Width / 2.0, Height / 2.0);
        return Affine(
            cosine, sine, (cosine * -centreX) + (sine * -centreY) + centreX,
            -sine, cosine, (-sine * -centreX) + (cosine * -centreY) + centreY, fill);
    }
}
