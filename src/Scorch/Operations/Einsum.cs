namespace Scorch;

public partial class Tensor
{
    /// <summary>Sums of products in Einstein's notation, such as <c>"bij,bjk->bik"</c>, computed by matrix products.</summary>
    /// <remarks>A letter twice in one operand takes the diagonal; <c>...</c> stands for leading dimensions that broadcast; without
    /// <c>-></c> the result has the ellipsis and then, in alphabetical order, the letters that occur once. Operands are joined from the left.</remarks>
    /// <param name="equation">Letters for the dimensions of each operand, separated by commas.</param>
    /// <param name="operands">One a term.</param>
    /// <exception cref="ArgumentException">The equation does not fit the operands; the message names the subscript.</exception>
    public static Tensor Einsum(string equation, params Tensor[] operands)
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(operands);
        var plan = EinsumPlan.Parse(equation, operands);
        var terms = operands.Select((operand, i) => plan.Prepare(operand, i)).ToList();
        var joined = terms[0];
        for (var i = 1; i < terms.Count; i++)
        {
            var kept = terms.Skip(i + 1).SelectMany(term => term.Labels).Concat(plan.Output).ToHashSet();
            joined = Join(joined, terms[i], kept);
        }
        joined = SumOut(joined, plan.Output.ToHashSet());
        return joined.Value.Permute([.. plan.Output.Select(label => joined.Labels.IndexOf(label, StringComparison.Ordinal))]);
    }

    /// <summary>The product of two terms, summed over labels that nothing else needs: [batch, free, shared] x [batch, shared, free].</summary>
    private static EinsumTerm Join(EinsumTerm left, EinsumTerm right, HashSet<char> kept)
    {
        left = SumOut(left, [.. kept, .. right.Labels]);
        right = SumOut(right, [.. kept, .. left.Labels]);
        var common = left.Labels.Where(right.Labels.Contains).ToArray();
        var batch = string.Concat(common.Where(kept.Contains));
        var shared = string.Concat(common.Where(label => !kept.Contains(label)));
        var (freeLeft, freeRight) = (string.Concat(left.Labels.Where(label => !common.Contains(label))), string.Concat(right.Labels.Where(label => !common.Contains(label))));
        var (a, b) = (Blocks(left, batch, freeLeft, shared), Blocks(right, batch, shared, freeRight));
        int Size(char label) => left.Labels.Contains(label) ? left.Value.Shape[left.Labels.IndexOf(label, StringComparison.Ordinal)] : right.Value.Shape[right.Labels.IndexOf(label, StringComparison.Ordinal)];
        var labels = batch + freeLeft + freeRight;
        return new(a.MatMul(b).Reshape(Shape.Wrap([.. labels.Select(Size)])), labels);
    }

    private static Tensor Blocks(EinsumTerm term, string first, string second, string third)
    {
        int Place(char label) => term.Labels.IndexOf(label, StringComparison.Ordinal);
        int Product(string labels) => labels.Aggregate(1, (product, label) => checked(product * term.Value.Shape[Place(label)]));
        var ordered = term.Value.Permute([.. (first + second + third).Select(Place)]);
        return ordered.Reshape(Product(first), Product(second), Product(third));
    }

    private static EinsumTerm SumOut(EinsumTerm term, HashSet<char> kept)
    {
        var gone = Enumerable.Range(0, term.Labels.Length).Where(d => !kept.Contains(term.Labels[d])).ToArray();
        return gone.Length == 0 ? term : new(term.Value.Sum(gone), string.Concat(term.Labels.Where(kept.Contains)));
    }
}

/// <summary>A tensor whose dimensions have labels, each once.</summary>
internal sealed record EinsumTerm(Tensor Value, string Labels);

/// <summary>A parsed equation: labels of each operand and of the result; dimensions under an ellipsis have labels of their own.</summary>
internal sealed class EinsumPlan
{
    /// <summary>First of the private characters that label dimensions under an ellipsis, the last dimension first.</summary>
    private const char Hidden = '\uE000';

    private readonly Dictionary<char, int> sizes = [];
    private readonly string[] inputs;
    private readonly string equation;

    private EinsumPlan(string equation, string[] inputs, string output)
    {
        (this.equation, this.inputs, Output) = (equation, inputs, output);
    }

    /// <summary>Labels of the result.</summary>
    public string Output { get; }

    public static EinsumPlan Parse(string equation, Tensor[] operands)
    {
        var sides = string.Concat(equation.Where(c => !char.IsWhiteSpace(c))).Split("->");
        if (sides.Length > 2) throw Wrong(equation, "it has more than one ->");
        var terms = sides[0].Split(',');
        if (operands.Length == 0 || terms.Length != operands.Length)
            throw Wrong(equation, $"it has {terms.Length} terms for {operands.Length} operands");
        var covered = 0;
        var inputs = new string[terms.Length];
        for (var i = 0; i < terms.Length; i++)
        {
            var letters = terms[i].Replace("...", "", StringComparison.Ordinal);
            var under = operands[i].Rank - letters.Length;
            var hasEllipsis = letters.Length != terms[i].Length;
            if (letters.Length + (hasEllipsis ? 3 : 0) != terms[i].Length || letters.Any(c => !char.IsAsciiLetter(c)))
                throw Wrong(equation, $"term '{terms[i]}' may hold letters and one ellipsis only");
            if (under < 0 || (under > 0 && !hasEllipsis))
                throw Wrong(equation, $"term '{terms[i]}' has {letters.Length} subscripts for operand {i} of shape {operands[i].Shape}");
            inputs[i] = terms[i].Replace("...", HiddenLabels(under), StringComparison.Ordinal);
            covered = Math.Max(covered, under);
        }
        var all = string.Concat(inputs).Where(char.IsAsciiLetter).ToArray();
        var output = sides.Length == 2
            ? sides[1].Replace("...", HiddenLabels(covered), StringComparison.Ordinal)
            : HiddenLabels(covered) + string.Concat(all.Where(label => all.Count(other => other == label) == 1).Order());
        foreach (var label in output)
        {
            if (label < Hidden && !all.Contains(label)) throw Wrong(equation, $"subscript '{label}' of the result is in no operand");
            if (output.Count(other => other == label) > 1) throw Wrong(equation, $"subscript '{label}' is twice in the result");
        }
        var plan = new EinsumPlan(equation, inputs, output);
        for (var i = 0; i < inputs.Length; i++) plan.NoteSizes(operands[i].Shape, inputs[i], i);
        return plan;
    }

    /// <summary>The operand with each label once (diagonals taken) and sizes of 1 expanded.</summary>
    public EinsumTerm Prepare(Tensor operand, int index)
    {
        var labels = inputs[index];
        var value = operand.Expand(Shape.Wrap([.. labels.Select(label => sizes[label])]));
        for (var d = 0; d < labels.Length; d++)
        {
            int again;
            while ((again = labels.IndexOf(labels[d], d + 1)) >= 0)
            {
                // The diagonal becomes the last dimension; bring it back to the place of the first.
                value = value.Diagonal(0, d, again);
                int[] order = [.. Enumerable.Range(0, d), value.Rank - 1, .. Enumerable.Range(d, value.Rank - 1 - d)];
                value = value.Permute(order);
                labels = labels.Remove(again, 1);
            }
        }
        return new(value, labels);
    }

    private void NoteSizes(Shape shape, string labels, int operand)
    {
        for (var d = 0; d < labels.Length; d++)
        {
            if (!sizes.TryGetValue(labels[d], out var known) || known == 1) sizes[labels[d]] = shape[d];
            else if (shape[d] != known && shape[d] != 1)
                throw Wrong(equation, $"subscript '{(labels[d] < Hidden ? labels[d] : "...")}' has size {known} in an earlier place and {shape[d]} in operand {operand} of shape {shape}");
        }
    }

    private static string HiddenLabels(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)(Hidden + count - 1 - i)));

    private static ArgumentException Wrong(string equation, string reason) => new($"Einsum: '{equation}': {reason}.", nameof(equation));
}
