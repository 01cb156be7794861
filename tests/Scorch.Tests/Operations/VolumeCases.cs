namespace Scorch.Tests.Operations;

/// <summary>Sampling of volumes: oracles/engine/volumes.py.</summary>
internal static class VolumeCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("volumes");
        foreach (var padding in Enum.GetValues<GridPadding>())
            foreach (var corners in new[] { false, true })
            {
                var tag = $"{padding.ToString().ToLowerInvariant()}_{(corners ? "corners" : "borders")}";
                all.Two($"nearest_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Nearest, padding, corners));
                all.Two($"bilinear_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Linear, padding, corners));
            }
        all.Two("bilinear_thin", (x, g) => x.GridSample(g));
        return all;
    }
}
