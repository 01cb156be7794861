using Microsoft.AspNetCore.Components;

namespace Scorch.Gallery.Rendering;

/// <summary>A page before it is rendered.</summary>
public sealed record SitePage
{
    /// <summary>Its path from the site's root, e.g. <c>days/2021-01-25</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences about it, for search engines and previews.</summary>
    public required string Description { get; init; }

    /// <summary>What stands in its main part.</summary>
    public required RenderFragment Body { get; init; }

    /// <summary>The first part of the navigation that it belongs to, e.g. <c>days</c>; empty for none.</summary>
    public string Section { get; init; } = "";

    /// <summary>Whether it may be kept: false for pages whose number is without bound.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>Whether search engines should leave it out.</summary>
    public bool IsHidden { get; init; }

    /// <summary>A fragment that is one component.</summary>
    internal static RenderFragment Of<TComponent>(params (string Name, object? Value)[] parameters)
        where TComponent : IComponent => builder =>
        {
            builder.OpenComponent<TComponent>(0);
            foreach (var (name, value) in parameters)
            {
                builder.AddComponentParameter(1, name, value);
            }

            builder.CloseComponent();
        };
}
