using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A slot: what a service wants to know.</summary>
/// <param name="Name">Its name in the data, such as <c>pricerange</c>.</param>
/// <param name="Description">The schema's own words, such as <c>price budget of the hotel</c>; may be empty.</param>
/// <param name="IsCategorical">Whether the values are a closed list.</param>
/// <param name="PossibleValues">The values that the schema lists; empty where it lists none. The tracker never reads them; a baseline does.</param>
public sealed record DialogSlot(string Name, string Description, bool IsCategorical, IReadOnlyList<string> PossibleValues)
{
    private readonly string? phrase;

    /// <summary>The name in words, such as <c>price range</c>; by default the name with spaces for underscores and hyphens.</summary>
    public string Phrase
    {
        get => phrase ?? Words.Of(Name);
        init => phrase = value;
    }

    /// <summary>A question written for this slot, which the template style prefers to its pattern; none where there is none.</summary>
    public string? Question { get; init; }

    /// <summary>Whether the answer is yes or no.</summary>
    public bool IsTruth => PossibleValues.Count > 0 && PossibleValues.Select(ValueNormalizer.Normalize).All(value => value is "yes" or "no" or "free" or ValueNormalizer.DontCare)
        && PossibleValues.Select(ValueNormalizer.Normalize).Contains("yes");
}

/// <summary>A service and its slots.</summary>
public sealed class DialogService
{
    private readonly Dictionary<string, DialogSlot> byKey = new(StringComparer.Ordinal);

    /// <summary>A service.</summary>
    /// <param name="name">Such as <c>hotel</c> or <c>Restaurants_2</c>.</param>
    /// <param name="description">The schema's words for it; may be empty.</param>
    /// <param name="slots">Its slots, names different but for capitals, blanks and signs.</param>
    /// <exception cref="ArgumentException">The name is empty, there is no slot, or two slots have one name.</exception>
    public DialogService(string name, string description, IEnumerable<DialogSlot> slots)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(slots);
        (Name, Description, Slots) = (name, description, [.. slots]);
        if (Slots.Count == 0) throw new ArgumentException($"DialogService {name}: there is no slot; a service to be tracked has one at least.", nameof(slots));
        foreach (var slot in Slots)
            if (!byKey.TryAdd(SlotName.Canonical(name, slot.Name), slot))
                throw new ArgumentException($"DialogService {name}: two slots are named '{slot.Name}' but for capitals, blanks and signs; give each a name of its own.", nameof(slots));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The schema's words for it.</summary>
    public string Description { get; }

    /// <summary>Its slots, in the schema's order: the order of states.</summary>
    public IReadOnlyList<DialogSlot> Slots { get; }

    /// <summary>The name without a number at the end: <c>Restaurants</c> of <c>Restaurants_2</c>.</summary>
    public string Domain => DomainOf(Name);

    /// <summary>The domain in words, one of them: <c>restaurant</c>, <c>rental car</c>.</summary>
    public string Phrase => Words.Singular(Words.Of(Domain));

    /// <summary>The slot with a name.</summary>
    /// <param name="slot">Its name; capitals, blanks and signs do not matter, nor does the service's name before it.</param>
    /// <exception cref="ArgumentException">There is none; the known ones are listed.</exception>
    public DialogSlot this[string slot] => TryFind(slot) ?? throw new ArgumentException($"The service {Name} has no slot '{slot}'; it has {string.Join(", ", Slots.Select(s => s.Name))}.", nameof(slot));

    /// <summary>The slot with a name, or null.</summary>
    /// <param name="slot">Its name; capitals, blanks and signs do not matter, nor does the service's name before it.</param>
    public DialogSlot? TryFind(string slot) => byKey.GetValueOrDefault(SlotName.Canonical(Name, slot));

    /// <summary>The same service with a question of the user's own for a slot.</summary>
    /// <param name="slot">The slot's name.</param>
    /// <param name="question">The question.</param>
    /// <exception cref="ArgumentException">There is no such slot, or the question is empty or holds a token that marks parts of the input.</exception>
    public DialogService WithQuestion(string slot, string question)
    {
        QuestionBook.Require(question);
        var changed = this[slot];
        return new(Name, Description, Slots.Select(other => ReferenceEquals(other, changed) ? other with { Question = question } : other));
    }

    /// <summary>The name of a service without a number at its end.</summary>
    /// <param name="service">The service.</param>
    public static string DomainOf(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var end = service.LastIndexOf('_');
        return end > 0 && end + 1 < service.Length && service.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? service[..end] : service;
    }

    /// <summary>Whether a service is what is named: it itself, or one of the domain that is named.</summary>
    /// <param name="service">The service.</param>
    /// <param name="name">A service or a domain; capitals do not matter.</param>
    public static bool Matches(string service, string name) =>
        string.Equals(service, name, StringComparison.OrdinalIgnoreCase) || string.Equals(DomainOf(service), name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The services of a data set.</summary>
/// <example><code>
/// DialogSchema schema = DialogSchema.Load("schema.json");      // of Schema-Guided Dialogue or MultiWOZ 2.2; or DialogSchema.MultiWoz
/// DialogService hotel = schema["hotel"];
/// </code></example>
public sealed class DialogSchema
{
    private const long LargestFile = 1L << 26;

    /// <summary>A schema.</summary>
    /// <param name="services">Its services, names different.</param>
    /// <exception cref="ArgumentException">There is none, or two have one name.</exception>
    public DialogSchema(IEnumerable<DialogService> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Services = [.. services];
        if (Services.Count == 0) throw new ArgumentException("DialogSchema: there is no service; give one at least.", nameof(services));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in Services)
            if (!names.Add(service.Name)) throw new ArgumentException($"DialogSchema: the service {service.Name} stands twice; every service has a name of its own.", nameof(services));
    }

    /// <summary>The 30 slots of five domains of MultiWOZ that are tracked (hospital and police are dropped), with a question for each.</summary>
    public static DialogSchema MultiWoz => MultiWozSlots.Schema;

    /// <summary>WOZ 2.0: food, area and price range of a restaurant.</summary>
    public static DialogSchema Woz => MultiWozSlots.WozSchema;

    /// <summary>The services, in the file's order.</summary>
    public IReadOnlyList<DialogService> Services { get; }

    /// <summary>The service with a name.</summary>
    /// <param name="service">Its name; capitals do not matter.</param>
    /// <exception cref="ArgumentException">There is none; the known ones are listed.</exception>
    public DialogService this[string service] => TryFind(service) ?? throw new ArgumentException($"The schema has no service '{service}'; it has {string.Join(", ", Services.Select(s => s.Name))}.", nameof(service));

    /// <summary>The service with a name, or null.</summary>
    /// <param name="service">Its name; capitals do not matter.</param>
    public DialogService? TryFind(string service) => Services.FirstOrDefault(other => string.Equals(other.Name, service, StringComparison.OrdinalIgnoreCase));

    /// <summary>This schema with the services of others that it lacks.</summary>
    /// <param name="others">Other schemas; a service of the same name stays as it is here.</param>
    public DialogSchema With(params IReadOnlyList<DialogSchema> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var services = Services.ToList();
        foreach (var service in others.SelectMany(other => other.Services))
            if (!services.Any(known => string.Equals(known.Name, service.Name, StringComparison.OrdinalIgnoreCase))) services.Add(service);
        return new(services);
    }

    /// <summary>Reads a <c>schema.json</c> of Schema-Guided Dialogue or MultiWOZ 2.2.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">The file is no schema; what is missing is named.</exception>
    public static DialogSchema Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new TextFormatException($"{path}: {stream.Length} bytes; a schema has at most {LargestFile}. Is it another file?");
        return Read(stream, path);
    }

    /// <summary>Reads a schema from a stream.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    /// <exception cref="TextFormatException">The bytes are no schema.</exception>
    public static DialogSchema Read(Stream stream, string name) => JsonSource.Read(stream, name, root =>
    {
        if (root.ValueKind != JsonValueKind.Array) throw new ArgumentException($"it holds {root.ValueKind}, expected an array of services with service_name and slots.");
        return new DialogSchema(root.EnumerateArray().Select((service, i) => Service(service, i)).ToList());
    });

    private static DialogService Service(JsonElement element, int index)
    {
        var name = JsonSource.Text(element, "service_name", $"the service at place {index + 1}");
        var owner = $"service {name}";
        var slots = JsonSource.Array(element, "slots", owner).Select((slot, i) =>
        {
            var slotName = JsonSource.Text(slot, "name", $"{owner}, slot at place {i + 1}");
            var values = slot.TryGetProperty("possible_values", out var listed) && listed.ValueKind == JsonValueKind.Array ? listed.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!).ToArray() : [];
            var isCategorical = slot.TryGetProperty("is_categorical", out var flag) && flag.ValueKind == JsonValueKind.True;
            // MultiWOZ 2.2 writes the service before the slot; in words it would stand twice in a question.
            var bare = slotName.StartsWith(name + "-", StringComparison.OrdinalIgnoreCase) ? slotName[(name.Length + 1)..] : slotName;
            var made = new DialogSlot(slotName, JsonSource.TextOrEmpty(slot, "description"), isCategorical, values) { Phrase = Words.Of(bare) };
            return MultiWozSlots.TryFind(name, bare) is { } known ? made with { Phrase = known.Phrase, Question = known.Question } : made;
        });
        return new(name, JsonSource.TextOrEmpty(element, "description"), slots);
    }
}
