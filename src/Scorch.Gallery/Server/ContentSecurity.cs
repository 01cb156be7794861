namespace Scorch.Gallery;

/// <summary>The content-security policies: nothing from elsewhere, no inline script, no inline style.</summary>
internal static class ContentSecurity
{
    /// <summary>Of the served pages.</summary>
    public const string Served = Common + "; frame-ancestors 'none'";

    /// <summary>Of published pages, which carry it themselves (a page cannot forbid frames); their search reads its index.</summary>
    public const string Published = Common + "; connect-src 'self'";

    /// <summary>Of pictures from run folders: a drawing opened by itself may have a style, and can do nothing.</summary>
    public const string Picture = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

    /// <summary>Of the pages of runs, which follow a run's news.</summary>
    public const string Live = Served + "; connect-src 'self'";

    /// <summary>Of a run's report: it draws its charts itself, and is cut off from this server's cookies and from everything else.</summary>
    public const string Report = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; img-src data:; sandbox allow-scripts; frame-ancestors 'none'";

    private const string Common = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
}
