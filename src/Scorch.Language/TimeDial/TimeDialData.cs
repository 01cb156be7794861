using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>What the reproduction reads: the published files, or at smoke scale a few invented dialogs that ship with the library.</summary>
internal sealed record TimeDialData(TimeDialSet Set, IReadOnlyList<IReadOnlyList<string>> Dialogs)
{
    public const string Name = "timedial";
    public const string DialogSet = "dailydialog";

    public static TimeDialData Load(RunContext context)
    {
        if (context.Scale == Scale.Smoke)
        {
            context.UseData("scorch-timedial-sample", "items.json", () => OpenSample("items.json"));
            context.UseData("scorch-timedial-sample", "dialogs.txt", () => OpenSample("dialogs.txt"));
            return Sample();
        }
        return new(TimeDialSet.Load(context.Data.Find(Name, "test.json")), DialogTurns.WithSpeakers(DailyDialog.Load(context.Data.Find(DialogSet, "data/train.zip"))));
    }

    public static TimeDialData Sample()
    {
        using var items = OpenSample("items.json");
        using var dialogs = OpenSample("dialogs.txt");
        return new(TimeDialSet.Read(items, "items.json"), DialogTurns.WithSpeakers(DailyDialog.Read(dialogs, "dialogs.txt")));
    }

    public static Stream OpenSample(string name) => typeof(TimeDialData).Assembly.GetManifestResourceStream("timedial/" + name)
        ?? throw new InvalidOperationException($"The library lacks its sample file {name}.");
}
