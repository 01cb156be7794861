namespace Scorch.Language.ZeroShotDst;

/// <summary>MultiWOZ's 30 tracked slots of five domains, with a question for each.</summary>
internal static class MultiWozSlots
{
    private static readonly string[] Areas = ["centre", "east", "north", "south", "west"];
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    private static readonly string[] Prices = ["cheap", "moderate", "expensive"];
    private static readonly string[] Counts = ["1", "2", "3", "4", "5", "6", "7", "8"];
    private static readonly string[] Truth = ["yes", "no", "free"];

    public static DialogSchema Schema { get; } = new(
    [
        new("hotel", "hotel reservations and vacation stays",
        [
            Slot("pricerange", "price range", "price budget of the hotel", "What is the price range of the hotel that the user wants?", Prices),
            Slot("type", "type", "what is the type of the hotel", "What type of hotel does the user want?", ["hotel", "guesthouse"]),
            Slot("parking", "parking", "whether the hotel has parking", "Does the user want a hotel with free parking?", Truth),
            Slot("book stay", "length of stay", "length of stay at the hotel", "How many nights does the user want to stay at the hotel?", Counts),
            Slot("book day", "day of the booking", "day of the hotel booking", "On what day does the user want to arrive at the hotel?", Days),
            Slot("book people", "number of people", "number of people for the hotel booking", "For how many people does the user want to book the hotel?", Counts),
            Slot("area", "area", "area or place of the hotel", "In what area of town should the hotel be?", Areas),
            Slot("stars", "stars", "star rating of the hotel", "How many stars should the hotel have?", ["0", "1", "2", "3", "4", "5"]),
            Slot("internet", "internet", "whether the hotel has internet", "Does the user want a hotel with free internet?", Truth),
            Slot("name", "name", "name of the hotel", "What is the name of the hotel that the user wants?"),
        ]),
        new("train", "find trains that take you to places",
        [
            Slot("destination", "destination", "destination of the train", "Where does the user want to go by train?"),
            Slot("day", "day", "day of the train", "On what day does the user want to take the train?", Days),
            Slot("departure", "departure", "departure location of the train", "From where does the user want the train to leave?"),
            Slot("arriveby", "arrival time", "arrival time of the train", "By what time does the user want the train to arrive?"),
            Slot("leaveat", "leaving time", "leaving time for the train", "After what time does the user want the train to leave?"),
            Slot("book people", "number of people", "how many train tickets you need", "For how many people does the user need train tickets?", Counts),
        ]),
        new("attraction", "find touristy stuff to do around you",
        [
            Slot("area", "area", "area to search for attractions", "In what area of town should the attraction be?", Areas),
            Slot("name", "name", "name of the attraction", "What is the name of the attraction that the user wants to see?"),
            Slot("type", "type", "type of the attraction", "What type of attraction does the user want to see?"),
        ]),
        new("restaurant", "find places to dine and whet your appetite",
        [
            Slot("food", "food", "the cuisine of the restaurant you are looking for", "What kind of food does the user want to eat?"),
            Slot("pricerange", "price range", "price budget for the restaurant", "What is the price range of the restaurant that the user wants?", Prices),
            Slot("area", "area", "area or place of the restaurant", "In what area of town should the restaurant be?", Areas),
            Slot("name", "name", "name of the restaurant", "What is the name of the restaurant that the user wants?"),
            Slot("book time", "time of the booking", "time of the restaurant booking", "At what time does the user want the table at the restaurant?"),
            Slot("book day", "day of the booking", "day of the restaurant booking", "On what day does the user want the table at the restaurant?", Days),
            Slot("book people", "number of people", "how many people for the restaurant reservation", "For how many people does the user want the table at the restaurant?", Counts),
        ]),
        new("taxi", "rent cheap cabs to avoid traffic",
        [
            Slot("leaveat", "leaving time", "leaving time of taxi", "At what time does the user want the taxi to leave?"),
            Slot("destination", "destination", "destination of taxi", "Where does the user want the taxi to take them?"),
            Slot("departure", "departure", "departure location of taxi", "Where does the user want the taxi to pick them up?"),
            Slot("arriveby", "arrival time", "arrival time of taxi", "By what time does the user want the taxi to arrive?"),
        ]),
    ]);

    public static DialogSchema WozSchema { get; } = new(
    [
        new("restaurant", "find a restaurant",
        [
            Slot("food", "food", "the cuisine of the restaurant", "What kind of food does the user want to eat?"),
            Slot("pricerange", "price range", "price budget for the restaurant", "What is the price range of the restaurant that the user wants?", Prices),
            Slot("area", "area", "area or place of the restaurant", "In what area of town should the restaurant be?", Areas),
        ]),
    ]);

    /// <summary>One of the 30, or null.</summary>
    public static DialogSlot? TryFind(string service, string slot) => Schema.TryFind(service)?.TryFind(slot);

    /// <summary>The 30 slots with the descriptions and values of a published schema.</summary>
    /// <exception cref="ArgumentException">The published schema lacks one of them.</exception>
    public static DialogSchema Described(DialogSchema published) => new(Schema.Services.Select(service =>
    {
        var given = published[service.Name];
        return new DialogService(service.Name, given.Description, service.Slots.Select(slot =>
        {
            var own = given[slot.Name];
            return slot with { Description = own.Description, IsCategorical = own.IsCategorical, PossibleValues = own.PossibleValues };
        }));
    }));

    private static DialogSlot Slot(string name, string phrase, string description, string question, params string[] values) =>
        new(name, description, values.Length > 0, values)
        {
            Phrase = phrase,
            Question = question,
        };
}
