namespace Scorch.Digest;

/// <summary>What a language's tag says of its writing.</summary>
internal static class Languages
{
    /// <summary>Whether text in the language runs from right to left; false where the language is not known.</summary>
    public static bool IsRightToLeft(string? tag) => tag?.Split('-')[0].ToLowerInvariant() is "ar" or "fa" or "he" or "iw" or "ur" or "ps" or "sd" or "ug" or "yi" or "dv" or "ckb" or "syr";
}
