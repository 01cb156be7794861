using System.Reflection;
using Scorch.Losses;
using Scorch.Probability;
using Module = Scorch.Modules.Module;

namespace Scorch.Tests.Operations;

/// <summary>Every public operation and module of the engine has recorded cases: what a case covers is read from its code, the list from the assembly.</summary>
public class CoverageTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Types that hold operations; every other public type must be among <see cref="OtherTypes"/>.</summary>
    private static readonly Type[] OperationTypes = [typeof(Tensor), typeof(Loss), typeof(KullbackLeibler)];

    /// <summary>Public types without operations, by the reason; a name that ends in a dot is a namespace.</summary>
    private static readonly Dictionary<string, string[]> OtherTypes = new()
    {
        ["settings and marks"] =
        [
            "ConvolutionOptions", "FourierNormalization", "GridPadding", "InterpolationMode", "PaddingMode", "Reduction", "RecurrentOptions", "TransformerOptions", "FanMode", "NameAttribute", "BufferAttribute",
        ],
        ["elements, sizes and places: TensorTests, and PyTorch's table of promotions"] = ["BFloat16", "Complex64", "DataType", "DataTypes", "Scalar", "Shape", "TensorIndex", "Device", "Parallelism"],
        ["names in messages"] = ["NearestName"],
        ["what modules share and are made of; every recorded module runs through it"] = ["Module", "IForward", "ITransformable", "Parameter"],
        ["modules as functions of their parameters: FunctionalCallTests"] = ["FunctionalCall", "ParameterSet"],
        ["random: their moments are tested"] = ["RandomSource", "Initialize"],
        ["derivatives of functions: DerivativeFunctionTests, and every recorded gradient"] = ["Differentiation", "GradientMode"],
        ["functions of other operations: FuseTests holds them to those"] = ["Fuse"],
        ["optimisers: OptimizerTests holds them to PyTorch step by step"] = ["Scorch.Optimizers."],
        ["files, data and training loops compute nothing of their own"] = ["Scorch.Checkpoints.", "Scorch.Data.", "Scorch.Training."],
    };

    /// <summary>Members of operation types that are no operations, by the reason.</summary>
    private static readonly Dictionary<string, string[]> OtherMembers = new()
    {
        ["take numbers in; every recorded array comes through them"] =
        [
            "Tensor.From(ReadOnlySpan<T>)", "Tensor.From(ReadOnlySpan<T>, Shape)", "Tensor.From(T[])", "Tensor.From(T[], Shape)", "Tensor.From(T[,])", "Tensor.From(T[,,])",
        ],
        ["read numbers out"] = ["Tensor.ToArray()", "Tensor.ToMatrix()", "Tensor.CopyTo(Span<T>)", "Tensor.Item()", "Tensor.ItemInt64()", "Tensor.ItemComplex()"],
        ["facts of a handle"] =
        [
            "Tensor.get_ElementCount()", "Tensor.get_IsContiguous()", "Tensor.get_IsLeaf()", "Tensor.get_RequiresGradient()", "Tensor.set_RequiresGradient(Boolean)", "Tensor.get_Gradient()", "Tensor.set_Gradient(Tensor)",
        ],
        ["the tape, which every recorded gradient runs"] = ["Tensor.Backward(Tensor, Boolean, Boolean)"],
        ["random: moments and gradients of samples are tested"] =
        [
            "Tensor.Dropout(Double, RandomSource)", "Distribution.Sample(RandomSource, Int32[])", "Distribution.ReparameterizedSample(RandomSource, Int32[])",
        ],
        ["a switch: ArgumentCheckTests"] = ["Distribution.set_ValidatesArguments(Boolean)"],
        ["a layer's operands are handed to another first: OperandTransformTests"] =
        [
            "Linear.set_Operands(OperandTransform)", "Embedding.set_Operands(OperandTransform)", "LayerNorm.set_Operands(OperandTransform)", "OperandTransform.Input(Tensor)", "OperandTransform.Weight(Tensor)",
        ],
        ["walks through modules"] = ["Sequential.Children()", "ModuleList<T>.Children()", "ModuleList<T>.GetEnumerator()"],
    };

    [Fact]
    public void Every_public_operation_and_module_has_recorded_cases()
    {
        var others = OtherMembers.Values.SelectMany(names => names).ToHashSet();
        var missing = Operations().Where(member => !others.Contains(Name(member)) && CasesOf(member).Count == 0).Select(Name);
        Assert.True(!missing.Any(), $"No recorded case calls:\n{string.Join('\n', missing.Distinct().Order())}\nWrite one (oracles/engine), or say in OtherMembers why it is no operation.");
    }

    [Fact]
    public void Every_operation_and_module_is_recorded_for_several_shapes()
    {
        var others = OtherMembers.Values.SelectMany(names => names).ToHashSet();
        var few = Operations()
            .Where(member => !others.Contains(Name(member)) && CasesOf(member).Distinct().Count() < 2)
            .Select(Name);
        Assert.True(!few.Any(), $"Recorded for one shape only:\n{string.Join('\n', few.Order())}");
    }

    [Fact]
    public void Every_public_type_holds_operations_or_is_listed_with_a_reason()
    {
        var others = OtherTypes.Values.SelectMany(names => names).ToArray();
        var unknown = typeof(Tensor).Assembly.GetExportedTypes()
            .Where(type => !HoldsOperations(type) && !others.Any(name => name.EndsWith('.') ? $"{type.Namespace}." == name : TypeName(type) == name))
            .Select(TypeName);
        Assert.True(!unknown.Any(), $"Public types that nothing accounts for:\n{string.Join('\n', unknown.Order())}");
    }

    [Fact]
    public void Exceptions_from_the_list_name_what_exists()
    {
        var members = Operations().Select(Name).ToHashSet();
        Assert.All(OtherMembers.Values.SelectMany(names => names), name => Assert.Contains(name, members));
    }

    /// <summary>Public methods, operators, properties and, for modules and distributions, constructors.</summary>
    private static IEnumerable<MethodBase> Operations() => typeof(Tensor).Assembly.GetExportedTypes()
        .Where(HoldsOperations)
        .SelectMany(type => type.GetMethods(Declared).Cast<MethodBase>().Concat(type.IsAbstract ? [] : type.GetConstructors()))
        .Where(member => !IsState(member) && CalledMembers.Definition(member).DeclaringType != typeof(object));

    private static bool HoldsOperations(Type type) => OperationTypes.Contains(type)
        || typeof(Module).IsAssignableFrom(type) && type != typeof(Module)
        || typeof(Distribution).IsAssignableFrom(type);

    /// <summary>Parameters, buffers and settings of modules and distributions, as they were given; a distribution's mean and variance are computed.</summary>
    private static bool IsState(MethodBase member) => member.IsSpecialName && !member.IsConstructor && member.GetParameters().Length == 0
        && (typeof(Module).IsAssignableFrom(member.DeclaringType)
            || (typeof(Distribution).IsAssignableFrom(member.DeclaringType) && member.Name is not ("get_Mean" or "get_Variance")));

    /// <summary>The shapes of the inputs of every recorded case that calls a member.</summary>
    private static List<string> CasesOf(MethodBase member) => Covered.TryGetValue(CalledMembers.Definition(member), out var shapes) ? shapes : [];

    private static Dictionary<MethodBase, List<string>> Covered { get; } = Cover();

    private static Dictionary<MethodBase, List<string>> Cover()
    {
        var covered = new Dictionary<MethodBase, List<string>>();
        foreach (var table in PyTorchParityTests.Tables)
            foreach (var (name, function) in table.Functions)
            {
                var shapes = table.Recorded.Cases.Where(recorded => Parity.FunctionOf(recorded) == name).Select(recorded => string.Join(' ', table.Recorded.All(recorded, "in").Select(tensor => tensor.Shape))).ToArray();
                foreach (var member in CalledMembers.Of(function.Bodies))
                {
                    if (!covered.TryGetValue(member, out var list)) covered.Add(member, list = []);
                    list.AddRange(shapes);
                }
            }
        return covered;
    }

    private static string Name(MethodBase member) =>
        $"{TypeName(member.DeclaringType!)}.{(member.IsConstructor ? "new" : member.Name)}({string.Join(", ", member.GetParameters().Select(parameter => TypeName(parameter.ParameterType)))})";

    private static string TypeName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{TypeName(inner)}?";
        if (type.IsArray) return $"{TypeName(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>" : name;
    }
}
