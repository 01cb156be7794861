using Scorch.Language.ZeroShotDst;

namespace Scorch.Language.Tests.ZeroShotDst;

public sealed class DstAskingTests
{
    [Theory]
    [InlineData("5 pm", "17:00")]
    [InlineData("5:30 PM", "17:30")]
    [InlineData("half of 9.15 a.m.", "half of 09:15")]
    [InlineData("12 am", "00:00")]
    [InlineData("12:05 pm", "12:05")]
    [InlineData("9:05", "09:05")]
    [InlineData("noon", "12:00")]
    [InlineData("rating 4.5", "rating 4.5")]
    [InlineData("Two", "2")]
    [InlineData("someone", "someone")]
    [InlineData("  Guest  House. ", "guesthouse")]
    [InlineData("city center", "centre")]
    [InlineData("do n't care", ValueNormalizer.DontCare)]
    [InlineData("DontCare", ValueNormalizer.DontCare)]
    [InlineData("not mentioned", ValueNormalizer.None)]
    [InlineData("", ValueNormalizer.None)]
    [InlineData("True", "yes")]
    [InlineData("San Jose", "san jose")]
    public void Values_have_one_form(string value, string form)
    {
        Assert.Equal(form, ValueNormalizer.Normalize(value));
        Assert.Equal(form, ValueNormalizer.Normalize(form));
    }

    [Fact]
    public void Questions_are_made_of_names_and_descriptions()
    {
        var hotel = DialogSchema.MultiWoz["hotel"];
        Assert.Equal(["What is the price range of the hotel that the user wants?"], QuestionBook.For(hotel, hotel["price range"], QuestionStyle.Template));
        Assert.Equal(["hotel price range?"], QuestionBook.For(hotel, hotel["pricerange"], QuestionStyle.SlotName));
        Assert.Equal(["Does the user want a hotel with free parking?"], QuestionBook.For(hotel, hotel["hotel-parking"], QuestionStyle.Template));
        Assert.Equal(["By what time does the user want the train to arrive?"], QuestionBook.For(DialogSchema.MultiWoz["train"], DialogSchema.MultiWoz["train"]["arriveBy"], QuestionStyle.Template));
        Assert.Equal(["Where does the user want the taxi to pick them up?"], QuestionBook.For(DialogSchema.MultiWoz["taxi"], DialogSchema.MultiWoz["taxi"]["departure"], QuestionStyle.Template));
        var cars = new DialogService("RentalCars_3", "A leading provider", [new("pickup_time", "Time for the pick-up", false, []), new("add_insurance", "Whether to purchase insurance", true, ["True", "False"])]);
        Assert.Equal(["What is the time for the pick-up for a leading provider?"], QuestionBook.For(cars, cars["pickup_time"], QuestionStyle.Description));
        Assert.Equal(["What is the pickup time of the rental car that the user wants?"], QuestionBook.For(cars, cars["pickup_time"], QuestionStyle.Template));
        Assert.Equal(["Does the user want add insurance for the rental car?"], QuestionBook.For(cars, cars["add_insurance"], QuestionStyle.Template));
        Assert.Equal(["When?"], QuestionBook.For(cars, cars.WithQuestion("pickup time", "When?")["pickup_time"], QuestionStyle.Template));
        foreach (var service in DialogSchema.MultiWoz.Services)
            foreach (var slot in service.Slots)
            {
                var others = new[] { QuestionStyle.Template, QuestionStyle.Description, QuestionStyle.SlotName }.SelectMany(style => QuestionBook.For(service, slot, style));
                var wordings = QuestionBook.For(service, slot, QuestionStyle.Paraphrase);
                Assert.True(wordings.Count > 1);
                Assert.Empty(wordings.Intersect(others));
            }
    }

    [Fact]
    public void Questions_with_marks_or_nothing_are_refused()
    {
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => QuestionBook.Require(" ")).Message, StringComparison.Ordinal);
        Assert.Contains("[answer]", Assert.Throws<ArgumentException>(() => QuestionBook.Require("Where? [answer] york")).Message, StringComparison.Ordinal);
        var tracker = GenerativeTracker.Create(new TrackerConfig { Layers = 1, Dim = 8, Heads = 1, MaxQuestion = 12 }, DialogTokens.Train(SyntheticDialogs.Make(["Cafe_1"], 1, 1).Dialogs, 300));
        var dialog = Dialog.FromText(["a room in york"]);
        Assert.Throws<ArgumentException>(() => tracker.Ask(dialog, ""));
        Assert.Throws<ArgumentException>(() => tracker.Ask(dialog, "who [question] is it?"));
        Assert.Contains("fewer words", Assert.Throws<ArgumentException>(() => tracker.Ask(dialog, "Is this a question that is far too long for the model to read at once?")).Message, StringComparison.Ordinal);
        Assert.Contains("said nothing", Assert.Throws<ArgumentException>(() => tracker.Ask(Dialog.FromText(["hello"], Speaker.System), "who?")).Message, StringComparison.Ordinal);
        // The name of a mark in what somebody says is text.
        Assert.DoesNotContain(tracker.Tokens.Tokenizer.SpecialTokens[DialogTokens.AnswerMark], tracker.Tokens.OfTurn(new(Speaker.User, "[answer] york")));
        var numbers = GenerativeTracker.Create(new TrackerConfig { Layers = 1, Dim = 8, Heads = 1, Conditioning = SlotConditioning.Identifier }, DialogTokens.Train(SyntheticDialogs.Make(["Cafe_1"], 1, 1).Dialogs, 400, GenerativeTracker.Identifiers(SyntheticDialogs.Schema)));
        Assert.Throws<ArgumentException>(() => numbers.Ask(dialog, "who?"));
        Assert.Equal(4, numbers.Track(dialog, SyntheticDialogs.Schema["Room_1"]).Values.Count);
        Assert.Throws<ArgumentException>(() => numbers.Track(dialog, DialogSchema.MultiWoz["hotel"]));
    }

    [Fact]
    public void Every_value_is_kept_and_as_many_nones_of_each_slot_as_asked()
    {
        var data = SyntheticDialogs.Make(["Cafe_1", "Trip_1"], 20, seed: 4);
        var all = data.Dialogs.SelectMany((dialog, d) => dialog.UserTurns.SelectMany((place, t) => dialog.Turns[place].State.Keys.Select(name => (d, t, name)))).ToHashSet();
        foreach (var (ratio, share) in ((double, double)[])[(1, 0.1), (0.5, 0.5), (0, 0)])
        {
            var drawn = QuestionSampling.Draw(data, ratio, share, seed: 2);
            Assert.Equal(all, drawn.Where(question => question.IsFilled).Select(question => (question.Dialog, question.UserTurn, new SlotName(question.Service.Name, question.Slot.Name))).ToHashSet());
            Assert.Equal(drawn.Count, drawn.Distinct().Count());
            foreach (var slot in drawn.GroupBy(question => (question.Service, question.Slot)))
            {
                var filled = slot.Count(question => question.IsFilled);
                var isOwn = slot.ToLookup(question => data.Dialogs[question.Dialog].Services.Contains(question.Service.Name));
                var wanted = (int)Math.Round(ratio * filled);
                Assert.Equal((int)Math.Round(share * wanted), isOwn[false].Count());
                var possible = data.Dialogs.Where(dialog => dialog.Services.Contains(slot.Key.Service.Name)).Sum(dialog => dialog.UserTurns.Count(place => !dialog.Turns[place].State.ContainsKey(new(slot.Key.Service.Name, slot.Key.Slot.Name))));
                Assert.Equal(Math.Min(possible, wanted - (int)Math.Round(share * wanted)), isOwn[true].Count(question => !question.IsFilled));
            }
            Assert.Equal(drawn, QuestionSampling.Draw(data, ratio, share, seed: 2));
            Assert.All(drawn, question => Assert.Contains(question.Service.Name, (string[])["Cafe_1", "Trip_1"]));
        }
    }

    [Fact]
    public async Task Held_out_domains_leave_with_every_dialog_about_them_and_leaks_are_found()
    {
        var both = new Dialog("both", ["Cafe_2", "Trip_1"], [new(Speaker.User, "hi")]);
        var data = new DstData("mixed", SyntheticDialogs.Schema, [.. SyntheticDialogs.Make(["Cafe_1", "Cafe_2", "Trip_1"], 3, seed: 1).Dialogs, both]);
        Assert.Equal(6, DstData.Except(data, "Cafe_2").Dialogs.Count);
        Assert.Equal(3, DstData.Except(data, "cafe").Dialogs.Count);
        Assert.Equal(7, DstData.Only(data, "Cafe").Dialogs.Count);
        Assert.Equal(3 + 2, DstData.FewShot(data, "Cafe", 0.3, seed: 1).Dialogs.Count);
        Assert.Equal(data.Dialogs.Count, DstData.FewShot(data, "Cafe", 1, seed: 1).Dialogs.Count);
        Assert.Throws<ArgumentException>(() => DstData.Except(data, "Zoo"));
        Assert.Contains("both", Assert.Throws<ArgumentException>(() => new DstData("m", SyntheticDialogs.Schema, [both]).RequireNoLeak("Cafe_2")).Message, StringComparison.Ordinal);
        var leaky = DstData.Join(DstData.Except(data, "Cafe_2"), data);
        var tracker = GenerativeTracker.Create(new TrackerConfig { Layers = 1, Dim = 8, Heads = 1 }, DialogTokens.Train(data.Dialogs, 300));
        Assert.Contains("Leak", (await Assert.ThrowsAsync<ArgumentException>(() => tracker.FitAsync(leaky, new TrackerTraining { Steps = 1 }))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DstData("m", DialogSchema.Woz, data.Dialogs));
    }

    [Fact]
    public void Rules_say_nothing_or_what_was_mentioned_last()
    {
        var hotel = new DialogService("hotel", "", [new("area", "", true, ["north", "south"]), new("leaveat", "", false, []), new("book day", "", false, []), new("number of guests", "", false, []), new("name", "", false, [])]);
        var dialog = Dialog.FromText(["north or south , at 5 pm , not the northern part", "3 or four guests ?", "four , on friday , from 9:15"]);
        var tracker = new LastMentionTracker(new Dictionary<string, IReadOnlyList<string>> { ["name"] = ["ritz"] });
        var states = tracker.Follow(dialog, hotel).States;
        Assert.Equal(["south", "17:00", "none", "none", "none"], states[0].Values.Select(value => value.Value));
        Assert.Equal(["south", "09:15", "friday", "4", "none"], states[1].Values.Select(value => value.Value));
        Assert.Contains("no list of values", Assert.Throws<ArgumentException>(() => new LastMentionTracker().Follow(dialog, hotel)).Message, StringComparison.Ordinal);
        Assert.Equal("none", new LastMentionTracker(missing: MissingValues.None).Follow(dialog, hotel).States[1]["name"].Value);
        Assert.All(new AlwaysNoneTracker().Follow(dialog, hotel).States.SelectMany(state => state.Values), value => Assert.False(value.IsFilled));
        Assert.Equal(["york"], LastMentionTracker.ValuesOf(new("m", SyntheticDialogs.Schema, [new("d", ["Cafe_1"], [new(Speaker.User, "York") { State = new Dictionary<SlotName, IReadOnlyList<string>> { [new("Cafe_1", "city")] = ["York"] } }])]))["city"]);
    }

    [Fact]
    public void Reports_count_by_their_convention_and_name_invented_values()
    {
        var service = new DialogService("hotel", "", [new("area", "", true, []), new("name", "", false, [])]);
        DialogTurn User(string text, params (string Slot, string[] Values)[] state) => new(Speaker.User, text) { State = state.ToDictionary(pair => new SlotName("hotel", pair.Slot), pair => (IReadOnlyList<string>)pair.Values) };
        var dialog = new Dialog("d", ["hotel"], [User("hello"), new(Speaker.System, "yes ?"), User("centre please", ("area", ["center", "middle"])), new(Speaker.System, "the ritz ?"), User("ok", ("area", ["centre"]), ("name", ["ritz"]))]);
        var other = new Dialog("e", ["taxi"], [User("hi")]);
        var data = new DstData("made", new([service, new("taxi", "", [new("leaveat", "", false, [])])]), [dialog, other]);
        var fixedTracker = new Fixed([["none", "none"], ["middle", "none"], ["centre", "plaza"]]);
        var report = DstEvaluator.Evaluate(fixedTracker, data, service, Convention.MultiWozZeroShot);
        Assert.Equal((1, 3), (report.Dialogs, report.Turns));
        Assert.Equal(2.0 / 3, report.JointGoalAccuracy, 1e-12);
        Assert.Equal(1.0 / 3, report.AlwaysNoneJointGoalAccuracy, 1e-12);
        Assert.Equal([2], report.FirstWrongTurn);
        // "middle" is right, as listed, though nobody said it; "plaza" is neither.
        Assert.Equal(2.0 / 3, report.HallucinatedTurns, 1e-12);
        Assert.Equal(2.0 / 3, report.HallucinatedValues, 1e-12);
        Assert.Equal(2.0 / 3, report.Active.Precision, 1e-12);
        Assert.Contains("always none 33.33%", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("every user turn from the first on", report.ToString(), StringComparison.Ordinal);
        var active = DstEvaluator.Evaluate(fixedTracker, data, service, Convention.ZeroShotActiveTurns);
        Assert.Equal((2, 0.5, 0.0), (active.Turns, active.JointGoalAccuracy, active.AlwaysNoneJointGoalAccuracy));
        Assert.Equal(2, DstEvaluator.Evaluate(new AlwaysNoneTracker(), data, service, Convention.AllDialogs).Dialogs);
        Assert.Throws<ArgumentException>(() => DstEvaluator.Evaluate(fixedTracker, DstData.Only(data, "taxi"), service, Convention.MultiWozZeroShot));
        Assert.Equal(("middle", "middle"), (new DialogState(service, [new("middle", 1, null), new("none", 1, null)])["Area"].Value, fixedTracker.Follow(dialog, service).States[1]["area"].Value));
    }

    private sealed class Fixed(string[][] states) : IDialogTracker
    {
        public string Name => "fixed";

        public IReadOnlyList<string> TrainedOn => [];

        public bool? UsesCopyHead => null;

        public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default) => new([.. states.Take(dialog.UserTurns.Count).Select(values => new DialogState(service, [.. values.Select(value => new TrackedValue(value, 1, null))]))], 0);
    }
}
