using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Scorch.Gallery.Components;

namespace Scorch.Gallery.Rendering;

/// <summary>Renders pages to UTF-8.</summary>
internal static class PageRenderer
{
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    /// <summary>The page with its compressed forms, to be served.</summary>
    public static async Task<RenderedPage> RenderAsync(SitePage page, PageContext context) =>
        RenderedPage.Of(await RenderBytesAsync(page, context).ConfigureAwait(false), "text/html; charset=utf-8");

    /// <summary>The page's bytes.</summary>
    public static async Task<byte[]> RenderBytesAsync(SitePage page, PageContext context)
    {
        // A renderer keeps the components of everything it rendered, so each page has its own.
        await using var renderer = new HtmlRenderer(NoServices, NullLoggerFactory.Instance);
        var text = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<Document>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(Document.Page)] = page,
                [nameof(Document.Context)] = context,
            })).ConfigureAwait(true);
            using var writer = new PlainCharactersWriter();
            root.WriteHtmlTo(writer);
            return writer.ToString();
        }).ConfigureAwait(false);
        return Encoding.UTF8.GetBytes(text);
    }
}
