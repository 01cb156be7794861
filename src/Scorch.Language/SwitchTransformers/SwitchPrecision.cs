using Scorch.Modules;

namespace Scorch.Language.SwitchTransformers;

/// <summary>bfloat16 with selective precision (section 2.4): every operation rounds to bfloat16, nearest and ties to even, but the router's.</summary>
public static class SwitchPrecision
{
    /// <summary>Converts a model to bfloat16; routers of <see cref="RouterPrecision.Float32"/> keep their weights as they are.</summary>
    /// <param name="module">The model. Train it with <see cref="Optimizers.MasterWeights"/>.</param>
    public static void ToBFloat16(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var kept = Routers(module).Where(router => router.Precision == RouterPrecision.Float32)
            .Select(router => (Router: router, State: router.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone()), router.Weight.DataType)).ToArray();
        module.ConvertTo(DataType.BFloat16);
        foreach (var (router, state, type) in kept)
        {
            router.ConvertTo(type == DataType.BFloat16 ? DataType.Float32 : type);
            router.LoadState(state);
        }
    }

    private static IEnumerable<SwitchRouter> Routers(Module module) => module.NamedModules().Select(entry => entry.Module).OfType<SwitchRouter>();
}
