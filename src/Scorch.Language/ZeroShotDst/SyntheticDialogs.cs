namespace Scorch.Language.ZeroShotDst;

/// <summary>Small dialogs made by a seed, for smoke runs and tests: six services, each with a place, a day and a number of its own names.</summary>
internal static class SyntheticDialogs
{
    private static readonly string[] Places = ["york", "leeds", "bath", "derby", "hull", "truro"];
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    private static readonly string[] Counts = ["1", "2", "3", "4", "5", "6"];

    /// <summary>Services that training never sees.</summary>
    public static IReadOnlyList<string> HeldOut { get; } = ["Cafe_2", "Room_1", "Boat_1"];

    /// <summary>The services.</summary>
    public static DialogSchema Schema { get; } = new(
    [
        Service("Cafe_1", "book a table in a cafe", ("city", "City of the cafe"), ("date", "Day of the visit"), ("party_size", "Number of guests"), ("outdoors", "Whether the table is outdoors")),
        Service("Cafe_2", "reserve seats in a cafe", ("location", "City where the cafe is"), ("visit_date", "Day of the visit to the cafe"), ("seats", "Number of seats"), ("smoking", "Whether smoking is allowed")),
        Service("Trip_1", "plan a trip", ("destination", "City to travel to"), ("travel_date", "Day of the trip"), ("travelers", "Number of travelers"), ("insurance", "Whether the trip is insured")),
        Service("Shop_1", "order from a shop", ("town", "City of the shop"), ("delivery_date", "Day of the delivery"), ("items", "Number of items"), ("gift", "Whether it is a gift")),
        Service("Room_1", "rent a room", ("place", "City of the room"), ("arrival_date", "Day of arrival"), ("guests", "Number of guests"), ("balcony", "Whether there is a balcony")),
        Service("Boat_1", "rent a boat", ("harbour", "City of the harbour"), ("start_date", "Day of the start"), ("sailors", "Number of sailors"), ("motor", "Whether the boat has a motor")),
    ]);

    /// <summary>Dialogs about some services.</summary>
    /// <param name="services">The services.</param>
    /// <param name="each">Dialogs about each.</param>
    /// <param name="seed">Fixes them.</param>
    public static DstData Make(IEnumerable<string> services, int each, long seed)
    {
        var dialogs = new List<Dialog>();
        foreach (var name in services)
        {
            var service = Schema[name];
            for (var i = 0; i < each; i++) dialogs.Add(Make(service, $"{name}-{i}", new RandomSource(RandomSource.Derive(seed, name.Sum(letter => letter), i))));
        }
        return new("synthetic dialogs", Schema, dialogs);
    }

    private static Dialog Make(DialogService service, string id, RandomSource random)
    {
        string Any(string[] values) => values[random.NextInt64(values.Length)];
        var (state, turns) = (new Dictionary<SlotName, IReadOnlyList<string>>(), new List<DialogTurn>());
        var (place, day, count) = (Any(Places), Any(Days), Any(Counts));
        var thing = service.Phrase;
        Say($"hello , i need a {thing} in {place} please", 0, place);
        Answer("sure , on which day ?");
        if (random.NextDouble() < 0.15) Say("i do not mind the day", 1, ValueNormalizer.DontCare);
        else Say($"on {day} would be good", 1, day);
        Answer($"and the {service.Slots[2].Phrase} ?");
        var agrees = random.NextDouble() < 0.5;
        state[new(service.Name, service.Slots[3].Name)] = [agrees ? "True" : "False"];
        Say($"we are {count} , and {(agrees ? "yes" : "no")} to the {service.Slots[3].Phrase}", 2, count);
        return new(id, [service.Name], turns);

        void Say(string text, int slot, string value)
        {
            state[new(service.Name, service.Slots[slot].Name)] = [value];
            turns.Add(new(Speaker.User, text) { State = new Dictionary<SlotName, IReadOnlyList<string>>(state) });
        }

        void Answer(string text) => turns.Add(new(Speaker.System, text));
    }

    private static DialogService Service(string name, string description, params (string Name, string Description)[] slots) => new(
        name,
        description,
        slots.Select((slot, i) => new DialogSlot(slot.Name, slot.Description, i >= 2, i == 2 ? Counts : i == 3 ? ["True", "False"] : [])));
}
