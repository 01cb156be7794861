namespace Scorch.Gallery.BrowserTests;

/// <summary>Where Debian's Chromium is: <c>SCORCH_CHROMIUM</c>, or its usual places.</summary>
internal static class Chromium
{
    public static string? Path { get; } = new[] { Environment.GetEnvironmentVariable("SCORCH_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);
}

/// <summary>A test in a real browser; skipped where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = BrowserSkip.Reason;
}

/// <summary>A theory in a real browser; skipped where there is none.</summary>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserSkip.Reason;
}

internal static class BrowserSkip
{
    public static string? Reason { get; } = Chromium.Path is null ? "There is no Chromium: run 'apt-get install chromium', or name it in SCORCH_CHROMIUM." : null;
}
