using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Language.HashLayers;
using Scorch.Language.HyperFormers;
using Scorch.Language.MetaDistil;
using Scorch.Language.Pqrnn;
using Scorch.Language.Softermax;
using Scorch.Language.SwitchTransformers;
using Scorch.Language.Swords;
using Scorch.Language.TimeDial;
using Scorch.Language.TransformerSurvey;
using Scorch.Language.ZeroShotDst;
using Scorch.Reproductions;
using Scorch.Science.PinnPoisson;
using Scorch.Statistics.DoubleML;
using Scorch.Vision.RepVgg;

namespace Scorch;

/// <summary>The one list of the papers that run. A room's paper runs once its reproduction stands here.</summary>
internal static class PaperRegister
{
    public static IReadOnlyList<Reproduction> All { get; } =
    [
        new FruitFlyReproduction(),
        new HashReproduction(),
        new HyperFormerReproduction(),
        new MetaDistilReproduction(),
        new PinnPoissonReproduction(),
        new PqrnnReproduction(),
        new DoubleMLReproduction(),
        new RepVggReproduction(),
        new SwitchReproduction(),
        new SwordsReproduction(),
        new SoftermaxReproduction(),
        new SurveyReproduction(),
        new TimeDialReproduction(),
        new DstReproduction(),
    ];
}
