using System.Globalization;
using System.Numerics;
using System.Text;

namespace Scorch;

public partial class Tensor
{
    private const int EdgeItems = 3;
    private const int SummaryLimit = 1000;

    /// <summary>The elements in nested brackets, long dimensions shortened, with shape and type.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, Detach(), ElementCount > SummaryLimit, 0, Formatter());
        return text.Append(CultureInfo.InvariantCulture, $" {DataType} {Shape}").ToString();
    }

    private static void Append(StringBuilder text, Tensor tensor, bool shorten, int depth, Func<Complex, long, string> format)
    {
        if (tensor.Rank == 0)
        {
            var isWhole = tensor.DataType.IsInteger() || tensor.DataType == DataType.Bool;
            text.Append(format(isWhole ? 0 : tensor.ItemComplex(), isWhole ? tensor.ItemInt64() : 0));
            return;
        }
        var size = tensor.Shape[0];
        text.Append('[');
        for (var i = 0; i < size; i++)
        {
            if (shorten && size > 2 * EdgeItems && i == EdgeItems)
            {
                text.Append(tensor.Rank == 1 ? ", …" : $",\n{new string(' ', depth + 1)}…");
                i = size - EdgeItems;
            }
            if (i > 0) text.Append(tensor.Rank == 1 ? ", " : $",\n{new string(' ', depth + 1)}");
            Append(text, tensor.Select(0, i), shorten, depth + 1, format);
        }
        text.Append(']');
    }

    private Func<Complex, long, string> Formatter()
    {
        if (DataType == DataType.Bool) return (_, whole) => whole != 0 ? "true" : "false";
        if (DataType.IsInteger()) return (_, whole) => whole.ToString(CultureInfo.InvariantCulture);
        if (!DataType.IsComplex()) return (value, _) => Format(value.Real);
        return (value, _) => $"{Format(value.Real)}{(double.IsNegative(value.Imaginary) ? "-" : "+")}{Format(Math.Abs(value.Imaginary))}i";
    }

    private static string Format(double value) => value == Math.Truncate(value) && Math.Abs(value) < 1e6
        ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value.ToString("G5", CultureInfo.InvariantCulture);
}
