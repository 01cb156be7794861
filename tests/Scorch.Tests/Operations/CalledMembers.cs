using System.Reflection;
using System.Reflection.Emit;

namespace Scorch.Tests.Operations;

/// <summary>The members of the engine that a piece of test code calls, read from its compiled body.</summary>
internal static class CalledMembers
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>What is called by the code, by what it calls within the tests, and by delegates that it captured.</summary>
    public static IReadOnlySet<MethodBase> Of(IEnumerable<Delegate> code)
    {
        var (found, seen) = (new HashSet<MethodBase>(), new HashSet<object>());
        foreach (var one in code) Visit(one, found, seen);
        return found;
    }

    private static void Visit(Delegate code, HashSet<MethodBase> found, HashSet<object> seen)
    {
        Visit(code.Method, found, seen);
        if (code.Target is not { } captured || !seen.Add(captured)) return;
        foreach (var field in captured.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            if (field.GetValue(captured) is Delegate inner) Visit(inner, found, seen);
    }

    private static void Visit(MethodBase method, HashSet<MethodBase> found, HashSet<object> seen)
    {
        if (method.DeclaringType?.Assembly == typeof(Tensor).Assembly) found.Add(Definition(method));
        else if (method.DeclaringType?.Assembly == typeof(CalledMembers).Assembly && seen.Add(method))
            foreach (var called in Calls(method)) Visit(called, found, seen);
    }

    /// <summary>The member as its type declares it: open generics, and the first declaration of what is overridden.</summary>
    public static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsVirtual: true } overriding) method = overriding.GetBaseDefinition();
        if (method is MethodInfo { IsGenericMethod: true } generic) method = generic.GetGenericMethodDefinition();
        return method.DeclaringType is { IsGenericType: true } type
            ? MethodBase.GetMethodFromHandle(method.MethodHandle, type.GetGenericTypeDefinition().TypeHandle)!
            : method;
    }

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } body) yield break;
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var place = 0; place < body.Length;)
        {
            var code = Codes[body[place] == 0xfe ? unchecked((short)(0xfe00 | body[place + 1])) : body[place]];
            place += code.Size;
            if (code.OperandType is OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(body, place), typeArguments, methodArguments)!;
            place += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(body, place)),
                _ => 4,
            };
        }
    }
}
