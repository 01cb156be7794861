using Scorch.Modules;

namespace Scorch.Tests.Operations;

/// <summary>Our side of a recorded case: from inputs to outputs, perhaps through a module.</summary>
/// <param name="Build">Makes the module of a type, if there is one.</param>
/// <param name="Run">From the module and the inputs to the outputs.</param>
/// <param name="Bodies">The code that was written for the case; what it calls is what the case covers.</param>
internal sealed record RecordedCase(Func<DataType, Module>? Build, Func<Module?, Tensor[], Tensor[]> Run, Delegate[] Bodies);

/// <summary>Our side of the recorded cases of one file, by name.</summary>
internal sealed class CaseTable(string file)
{
    private readonly Dictionary<string, RecordedCase> functions = [];

    public string File { get; } = file;

    public Parity Recorded { get; } = new($"engine/{file}.npz");

    public IReadOnlyDictionary<string, RecordedCase> Functions => functions;

    public RecordedCase this[string name] => functions.TryGetValue(Parity.FunctionOf(name), out var function)
        ? function
        : throw new KeyNotFoundException($"No function is written for the recorded case {File}/{name}.");

    public void Many(string name, Func<Tensor[], Tensor[]> f) => functions.Add(name, new(null, (_, x) => f(x), [f]));

    public void One(string name, Func<Tensor, Tensor> f) => functions.Add(name, new(null, (_, x) => [f(x[0])], [f]));

    public void Two(string name, Func<Tensor, Tensor, Tensor> f) => functions.Add(name, new(null, (_, x) => [f(x[0], x[1])], [f]));

    public void Three(string name, Func<Tensor, Tensor, Tensor, Tensor> f) => functions.Add(name, new(null, (_, x) => [f(x[0], x[1], x[2])], [f]));

    public void Pair(string name, Func<Tensor, (Tensor, Tensor)> f) => functions.Add(name, new(null, (_, x) => f(x[0]) is var (a, b) ? [a, b] : [], [f]));

    public void Module<T>(string name, Func<DataType, T> build, Func<T, Tensor[], Tensor[]> run, bool train = false)
        where T : Module => functions.Add(name, new(
            type =>
            {
                var module = build(type);
                if (!train) module.Evaluate();
                return module;
            },
            (module, x) => run((T)module!, x),
            [build, run]));
}
