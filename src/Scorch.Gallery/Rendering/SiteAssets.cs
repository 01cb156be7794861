using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Scorch.Gallery.Rendering;

/// <summary>The files that ship in the assembly: style, scripts and figures; each has its content's hash in its name.</summary>
public sealed class SiteAssets
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
    };

    private readonly FrozenDictionary<string, string> _hashed;

    private SiteAssets()
    {
        var assembly = typeof(SiteAssets).Assembly;
        var hashed = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = new Dictionary<string, RenderedPage>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith("assets/", StringComparison.Ordinal) || name.StartsWith("papers/", StringComparison.Ordinal)))
        {
            if (!Types.TryGetValue(Path.GetExtension(resource), out var type))
            {
                continue;
            }

            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var name = resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..];
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..10];
            var path = $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
            hashed.Add(name, path);
            files.Add(path, RenderedPage.Of(bytes, type));
        }

        _hashed = hashed.ToFrozenDictionary(StringComparer.Ordinal);
        Files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The files of this version.</summary>
    public static SiteAssets Default { get; } = new();

    /// <summary>The files by their names with hash.</summary>
    public IReadOnlyDictionary<string, RenderedPage> Files { get; }

    /// <summary>The path of a file from the site's root.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public string PathOf(string name) => $"assets/{_hashed[name]}";

    /// <summary>Whether there is a file of this name.</summary>
    public bool Has(string name) => _hashed.ContainsKey(name);
}
