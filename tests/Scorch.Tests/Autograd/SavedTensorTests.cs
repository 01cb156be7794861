using System.Reflection;
using Scorch.Autograd;
using Scorch.Fusion;
using Scorch.Probability;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Autograd;

/// <summary>What a recorded operation keeps alive until its backward pass.</summary>
public class SavedTensorTests
{
    /// <summary>A derivative that holds on to a tensor which it does not read makes training take memory for nothing; one that reads what was not saved misses writes in place.</summary>
    [Fact]
    public void A_derivative_holds_the_elements_of_what_was_saved_for_it_and_no_others()
    {
        var offenders = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var recorded = PyTorchParityTests.Tables.SelectMany(table => table.Recorded.Cases.Select(name => (name, table.Recorded.History(name, table[name]))));
        foreach (var (name, results) in recorded.Concat(Unrecorded()))
            foreach (var node in Nodes(results))
                if (Unsaved(node) is { Length: > 0 } sizes) offenders.TryAdd(node.Name, $"{node.Name}: storages of {string.Join(", ", sizes)} bytes (case {name})");
        Assert.True(offenders.Count == 0, string.Join('\n', offenders.Values));
    }

    /// <summary>Operations that no recorded case reaches.</summary>
    private static IEnumerable<(string Name, IEnumerable<Tensor> Results)> Unrecorded()
    {
        var random = new RandomSource(1);
        IEnumerable<Tensor> History(Func<Tensor[], Tensor> function, params Shape[] shapes)
        {
            var inputs = Array.ConvertAll(shapes, shape => random.Uniform(shape, 1, 2, DataType.Float64));
            foreach (var input in inputs) input.RequiresGradient = true;
            var result = function(inputs);
            return [result, .. Differentiation.Gradients([result.Square().Sum()], inputs, createGraph: true).OfType<Tensor>()];
        }
        yield return ("products of groups of rows", History(x => GroupedProducts.Apply(x[0], x[1], [0, 2, 5]), [5, 3], [2, 4, 3]));
        yield return ("outer products of groups of rows", History(x => GroupedProducts.Outer(x[0], x[1], [0, 2, 5]), [5, 3], [5, 4]));
        yield return ("a fused function", History(x => Fuse.Elementwise((a, b) => (a * b).Tanh())(x[0], x[1]), [3, 4], [3, 1]));
        yield return ("gamma draws", History(x => GammaPath.Sample(x[0], [4], random), [4]));
        yield return ("logarithms of gamma draws", History(x => GammaPath.LogSample(x[0], [4], random), [4]));
    }

    private static HashSet<Node> Nodes(IEnumerable<Tensor> results)
    {
        var found = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Node>(results.Where(result => result.Producer is not null).Select(result => result.Producer!));
        while (open.TryPop(out var node))
            if (found.Add(node))
                foreach (var edge in node.Edges)
                    if (edge.Node is { } next) open.Push(next);
        return found;
    }

    private static long[] Unsaved(Node node)
    {
        if (node is not OperationNode operation) return [];
        var held = new HashSet<Storage>(ReferenceEqualityComparer.Instance);
        Walk(Field(node, "derivative"), held, new(ReferenceEqualityComparer.Instance));
        held.ExceptWith(((Tensor[])Field(operation, "saved")!).Select(tensor => tensor.Storage));
        return [.. held.Select(storage => storage.ByteCount)];
    }

    private static object? Field(Node node, string name) => typeof(OperationNode)
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Single(field => field.Name == name || field.Name.Contains($"<{name}>", StringComparison.Ordinal))
        .GetValue(node);

    /// <summary>Gathers the storages that an object reaches, other than through another recorded operation.</summary>
    private static void Walk(object? value, HashSet<Storage> held, HashSet<object> seen)
    {
        switch (value)
        {
            case null or Node or string or Type or MemberInfo or Scorch.Modules.Module:
                return;
            case Tensor tensor:
                held.Add(tensor.Storage);
                return;
            case Storage storage:
                held.Add(storage);
                return;
        }
        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || (!type.IsValueType && !seen.Add(value))) return;
        if (value is Delegate function) Walk(function.Target, held, seen);
        else if (value is Array array)
            foreach (var element in array) Walk(element, held, seen);
        else
            for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
                foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike) Walk(field.GetValue(value), held, seen);
    }
}
