using System.Text.Json;

namespace Scorch.Language.Swords;

/// <summary>Reads the fields of official files; what is missing or of another kind is named.</summary>
internal static class JsonFields
{
    public static JsonElement Field(this JsonElement element, string name, string owner, JsonValueKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new ArgumentException($"{owner} is {element.ValueKind}, expected an object.");
        if (!element.TryGetProperty(name, out var value)) throw new ArgumentException($"{owner} has no '{name}'.");
        return value.ValueKind == kind ? value : throw new ArgumentException($"'{name}' of {owner} is {value.ValueKind}, expected {kind}.");
    }

    public static string Text(this JsonElement element, string name, string owner) => element.Field(name, owner, JsonValueKind.String).GetString()!;

    public static string? TextOrNull(this JsonElement element, string name, string owner) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? element.Text(name, owner) : null;

    public static bool Flag(this JsonElement element, string name, string owner)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new ArgumentException($"{owner} is {element.ValueKind}, expected an object.");
        return element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new ArgumentException($"{owner} has no '{name}' that is true or false.");
    }

    public static int Whole(this JsonElement element, string name, string owner)
    {
        var value = element.Field(name, owner, JsonValueKind.Number);
        return value.TryGetInt32(out var number) ? number : throw new ArgumentException($"'{name}' of {owner} is {value.GetRawText()}, expected a whole number.");
    }

    public static string? Raw(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;
}
