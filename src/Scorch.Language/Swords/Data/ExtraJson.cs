using System.Text.Json;

namespace Scorch.Language.Swords;

/// <summary>Facts out of the files' free <c>extra</c> values.</summary>
internal static class ExtraJson
{
    public static string? Text(string? extra, string name)
    {
        if (extra is null) return null;
        using var document = JsonDocument.Parse(extra);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
    }

    public static IReadOnlyList<string> Texts(string extra, string name)
    {
        using var document = JsonDocument.Parse(extra);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
    }

    public static string? OfSources(IReadOnlyList<string>? sources) =>
        sources is { Count: > 0 } ? $"{{\"sources\": [{string.Join(", ", sources.Select(PythonJson.Quote))}]}}" : null;
}
