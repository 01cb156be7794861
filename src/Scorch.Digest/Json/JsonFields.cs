using System.Globalization;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Fields of JSON objects from outside; what is not as it should be is an <see cref="InvalidDataException"/> that names the field.</summary>
internal static class JsonFields
{
    /// <summary>A field, or null where it is missing or null.</summary>
    public static JsonElement? Find(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"expected an object with '{name}', found {Kind(element)}");
        }

        return element.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;
    }

    /// <summary>A field that must be there.</summary>
    public static JsonElement Get(this JsonElement element, string name) =>
        element.Find(name) ?? throw new InvalidDataException($"'{name}' is missing");

    public static string? FindText(this JsonElement element, string name) => element.Find(name) is { } field ? Text(field, name) : null;

    public static string GetText(this JsonElement element, string name) => Text(element.Get(name), name);

    /// <summary>A count: a whole number from 0.</summary>
    public static long? FindCount(this JsonElement element, string name)
    {
        if (element.Find(name) is not { } field)
        {
            return null;
        }

        return field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var count) && count >= 0
            ? count
            : throw new InvalidDataException($"'{name}' must be a whole number from 0");
    }

    /// <summary>An ISO 8601 time, in UTC; one without a zone is taken as UTC.</summary>
    public static DateTime GetTime(this JsonElement element, string name)
    {
        var text = element.GetText(name);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime
            : throw new InvalidDataException($"'{name}' must be a time such as 2021-01-25T10:03:24Z");
    }

    /// <summary>A day, or null where it is missing; of a time, its day counts.</summary>
    public static DateOnly? FindDay(this JsonElement element, string name)
    {
        if (element.FindText(name) is not { } text)
        {
            return null;
        }

        return DateOnly.TryParseExact(text.Length > 10 && text[10] == 'T' ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new InvalidDataException($"'{name}' must be a day such as 2021-01-25");
    }

    /// <summary>The items of an array field; none where it is missing.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name)
    {
        if (element.Find(name) is not { } field)
        {
            return [];
        }

        return field.ValueKind == JsonValueKind.Array ? field.EnumerateArray() : throw new InvalidDataException($"'{name}' must be an array, not {Kind(field)}");
    }

    /// <summary>The items of an array field that must be there.</summary>
    public static IEnumerable<JsonElement> GetItems(this JsonElement element, string name)
    {
        element.Get(name);
        return element.Items(name);
    }

    /// <summary>The text of an element.</summary>
    /// <param name="element">The element.</param>
    /// <param name="name">Its name, for the message.</param>
    public static string Text(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw new InvalidDataException($"'{name}' must be text, not {Kind(element)}");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException problem)
        {
            throw new InvalidDataException($"'{name}' holds bytes or escapes that are no Unicode text", problem);
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        _ => "true, false or null",
    };
}
