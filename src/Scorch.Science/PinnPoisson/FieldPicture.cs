using System.Globalization;
using System.Text;

namespace Scorch.Science.PinnPoisson;

/// <summary>Draws grid functions side by side as heat maps in one SVG picture, each with its own colour scale.</summary>
public static class FieldPicture
{
    private const int Cells = 48;
    private const int Colours = 32;
    private const int Size = 256;

    // Five stops of a perceptually ordered ramp, dark to light.
    private static readonly (double R, double G, double B)[] Ramp = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)];

    /// <summary>The picture.</summary>
    /// <param name="fields">A title and a grid function <c>[ix, iy]</c> for each map; x to the right, y upwards.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(params ReadOnlySpan<(string Title, double[,] Values)> fields)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {fields.Length * (Size + 24)} {Size + 56}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        for (var i = 0; i < fields.Length; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({(i * (Size + 24)) + 12} 0)\">\n");
            DrawMap(svg, fields[i].Title, fields[i].Values);
            svg.Append("</g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawMap(StringBuilder svg, string title, double[,] values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"18\">{System.Net.WebUtility.HtmlEncode(title)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{Size + 48}\" fill=\"#555\">{low:G3} (dark) to {high:G3} (light)</text>\n");

        // One path a colour, in units of cells; equal neighbours of a row join.
        var paths = new StringBuilder[Colours];
        for (var row = 0; row < Cells; row++)
        {
            var iy = (int)((row + 0.5) / Cells * values.GetLength(1));
            var start = 0;
            for (var column = 1; column <= Cells; column++)
            {
                if (column < Cells && Colour(column, iy) == Colour(start, iy))
                {
                    continue;
                }

                var path = paths[Colour(start, iy)] ??= new StringBuilder();
                path.Append(CultureInfo.InvariantCulture, $"M{start} {Cells - 1 - row}h{column - start}v1H{start}z");
                start = column;
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate(0 28) scale({(double)Size / Cells})\" stroke-width=\".05\">\n");
        for (var colour = 0; colour < Colours; colour++)
        {
            if (paths[colour] is { } path)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<path fill=\"{Hex(colour)}\" stroke=\"{Hex(colour)}\" d=\"{path}\"/>\n");
            }
        }

        svg.Append("</g>\n");

        int Colour(int column, int iy)
        {
            var value = values[(int)((column + 0.5) / Cells * values.GetLength(0)), iy];
            return high > low ? Math.Min(Colours - 1, (int)((value - low) / (high - low) * Colours)) : 0;
        }
    }

    private static string Hex(int colour)
    {
        var position = (double)colour / (Colours - 1) * (Ramp.Length - 1);
        var stop = Math.Min((int)position, Ramp.Length - 2);
        var (a, b, t) = (Ramp[stop], Ramp[stop + 1], position - stop);
        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(a.R, b.R):X2}{Mix(a.G, b.G):X2}{Mix(a.B, b.B):X2}");

        int Mix(double from, double to) => (int)Math.Round(from + (t * (to - from)));
    }
}
