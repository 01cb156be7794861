namespace Scorch.Autograd;

/// <summary>Whether operations are recorded, and watched for NaN; flows with <c>await</c>.</summary>
public static class GradientMode
{
    private static readonly AsyncLocal<State?> Current = new();

    /// <summary>True when operations are recorded (the default).</summary>
    public static bool IsEnabled => Current.Value is not { Disabled: true };

    internal static bool DetectsAnomaly => Current.Value is { Anomaly: true };

    /// <summary>Records nothing until the returned scope is disposed.</summary>
    /// <example><code>using (GradientMode.Disable()) { var logits = network.Forward(images); }</code></example>
    public static IDisposable Disable() => new Scope(new State(true, DetectsAnomaly));

    /// <summary>Records again inside a <see cref="Disable"/> scope.</summary>
    public static IDisposable Enable() => new Scope(new State(false, DetectsAnomaly));

    /// <summary>Until disposed, the first operation whose result (forward or backward) holds a NaN throws and is named.</summary>
    public static IDisposable DetectAnomaly() => new Scope(new State(!IsEnabled, true));

    internal static IDisposable Set(bool enabled) => new Scope(new State(!enabled, DetectsAnomaly));

    /// <summary>For the inside of a backward pass, which watches whole derivatives itself.</summary>
    internal static IDisposable SetUnwatched(bool enabled) => new Scope(new State(!enabled, false));

    private sealed record State(bool Disabled, bool Anomaly);

    private sealed class Scope : IDisposable
    {
        private readonly State? previous = Current.Value;

        public Scope(State state) => Current.Value = state;

        public void Dispose() => Current.Value = previous;
    }
}
