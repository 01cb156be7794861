using System.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A slot of a service.</summary>
/// <param name="Service">The service, such as <c>hotel</c> or <c>Restaurants_2</c>.</param>
/// <param name="Slot">The slot's name in the schema.</param>
public readonly record struct SlotName(string Service, string Slot)
{
    /// <summary><c>service-slot</c>.</summary>
    public override string ToString() => $"{Service}-{Slot}";

    /// <summary>What is the same for <c>price range</c>, <c>pricerange</c>, <c>Price_Range</c> and, in the service <c>hotel</c>, <c>hotel-pricerange</c>: letters and digits in lower case, without the service's name and a hyphen.</summary>
    /// <param name="service">The service.</param>
    /// <param name="slot">The slot as somebody writes it.</param>
    public static string Canonical(string service, string slot)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(slot);
        if (slot.StartsWith(service + "-", StringComparison.OrdinalIgnoreCase)) slot = slot[(service.Length + 1)..];
        var kept = new StringBuilder(slot.Length);
        foreach (var letter in slot)
            if (char.IsLetterOrDigit(letter)) kept.Append(char.ToLowerInvariant(letter));
        return kept.ToString();
    }
}
