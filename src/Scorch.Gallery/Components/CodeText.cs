using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Scorch.Gallery.Sources;

namespace Scorch.Gallery.Components;

/// <summary>C# in colours, inside a <c>pre</c> and <c>code</c> element.</summary>
public sealed class CodeText : ComponentBase
{
    /// <summary>The code.</summary>
    [Parameter, EditorRequired]
    public required string Code { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "pre");
        builder.AddAttribute(1, "tabindex", "0");
        builder.OpenElement(2, "code");
        foreach (var piece in CSharpText.Split(Code))
        {
            var style = piece.Kind switch
            {
                CodeKind.Keyword => "k",
                CodeKind.Name => "n",
                CodeKind.Number => "d",
                CodeKind.Text => "s",
                CodeKind.Comment => "c",
                CodeKind.Directive => "p",
                _ => null,
            };
            if (style is null)
            {
                builder.AddContent(3, piece.Text);
                continue;
            }

            builder.OpenElement(4, "i");
            builder.AddAttribute(5, "class", style);
            builder.AddContent(6, piece.Text);
            builder.CloseElement();
        }

        builder.CloseElement();
        builder.CloseElement();
    }
}
