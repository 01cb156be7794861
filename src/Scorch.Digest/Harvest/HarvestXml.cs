using System.Globalization;
using System.Xml;

namespace Scorch.Digest;

/// <summary>What both of arXiv's formats need.</summary>
internal static class HarvestXml
{
    /// <summary>A reader that takes no document type definition and resolves nothing from outside.</summary>
    public static XmlReader Open(byte[] answer) => XmlReader.Create(
        new MemoryStream(answer, writable: false),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true });

    /// <summary>The text on one line: arXiv breaks lines where its mails did.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>An identifier without version.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static string Identifier(string? text) =>
        ArxivAddress.TryIdentifier(text?.Trim() ?? "") ?? throw new InvalidDataException($"'{text}' is no arXiv identifier");

    /// <summary>The day that a date or a time begins with, or null.</summary>
    public static DateOnly? Day(string? text) =>
        text?.Trim() is { Length: >= 10 } trimmed && DateOnly.TryParseExact(trimmed.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
