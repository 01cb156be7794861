namespace Scorch.Tests.Operations;

/// <summary>The linear recurrence: oracles/engine/recurrences.py.</summary>
internal static class RecurrenceCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("recurrences");
        all.Two("linear_recurrence", (x, f) => x.LinearRecurrence(f));
        all.Two("linear_recurrence_backwards", (x, f) => x.LinearRecurrence(f, backwards: true));
        return all;
    }
}
