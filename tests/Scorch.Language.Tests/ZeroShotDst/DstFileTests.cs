using System.IO.Compression;
using Scorch.Language.ZeroShotDst;
using Scorch.Testing;
using Scorch.Text;

namespace Scorch.Language.Tests.ZeroShotDst;

public sealed class DstFileTests : IDisposable
{
    private const string Schema = """
        [{"service_name": "Cafe_9", "description": "Book a cafe", "slots": [
          {"name": "party_size", "description": "Number of guests", "is_categorical": true, "possible_values": ["1", "2"]},
          {"name": "has_wifi", "description": "Whether there is wifi", "is_categorical": true, "possible_values": ["True", "False"]},
          {"name": "time", "description": "Time of the visit", "is_categorical": false, "possible_values": []}]}]
        """;

    private const string Dialogues = """
        [{"dialogue_id": "1_0", "services": ["Cafe_9"], "turns": [
          {"speaker": "USER", "utterance": "A table for two at 5 pm", "frames": [{"service": "Cafe_9", "state": {"slot_values": {"party_size": ["2", "two"], "time": ["5 pm", "17:00"]}}}]},
          {"speaker": "SYSTEM", "utterance": "With wifi?", "frames": []},
          {"speaker": "USER", "utterance": "I don't care", "frames": [{"service": "Cafe_9", "state": {"slot_values": {"party_size": ["2"], "time": ["5 pm"], "has_wifi": ["dontcare"]}}}]}]}]
        """;

    private static readonly DstPart[] Parts = [DstPart.Train, DstPart.Validation, DstPart.Test];

    private readonly string folder = Directory.CreateTempSubdirectory("scorch-dst-files-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Schema_guided_dialogs_are_read_from_folders_archives_and_files()
    {
        Write("sgd/train/schema.json", Schema);
        Write("sgd/train/dialogues_001.json", Dialogues);
        Write("sgd/test/schema.json", Schema);
        Write("sgd/test/dialogues_001.json", Dialogues.Replace("1_0", "2_0", StringComparison.Ordinal));
        ZipFile.CreateFromDirectory(In("sgd"), In("sgd.zip"));
        foreach (var path in (string[])["sgd", "sgd.zip"])
        {
            Assert.Equal(DstFormat.Sgd, DstFiles.Detect(In(path)));
            Assert.Equal("2_0", Assert.Single(DstFiles.LoadSgd(In(path), DstPart.Test).Dialogs).Id);
            Assert.Throws<TextFormatException>(() => DstFiles.LoadSgd(In(path), DstPart.Validation));
        }
        var data = DstFiles.LoadSgd(In("sgd/train/dialogues_001.json"), DstPart.Test);
        var dialog = Assert.Single(data.Dialogs);
        Assert.Equal(2, data.UserTurns);
        Assert.Equal(["2", "two"], dialog.Turns[0].State[new("Cafe_9", "party_size")]);
        Assert.Equal(["dontcare"], dialog.Turns[2].State[new("Cafe_9", "has_wifi")]);
        Assert.True(data.Schema["cafe_9"]["has wifi"].IsTruth);
    }

    [Theory]
    [InlineData("\"service\": \"Cafe_9\"", "\"service\": \"Bar_1\"", "dialog 1_0, turn 1", "the service 'Bar_1' is not in the schema")]
    [InlineData("\"time\": [\"5 pm\", \"17:00\"]", "\"hour\": [\"5\"]", "dialog 1_0, turn 1", "the slot 'hour'")]
    [InlineData("\"SYSTEM\"", "\"USER\"", "Dialog 1_0", "speakers alternate")]
    [InlineData("\"speaker\": \"SYSTEM\"", "\"speaker\": \"BOT\"", "dialog 1_0, turn 2", "expected USER or SYSTEM")]
    [InlineData("\"turns\"", "\"turn\"", "dialog 1_0", "'turns' is missing")]
    [InlineData("[{\"dialogue_id\"", "{\"SNG1\": {\"log\"", "", "this is not whole JSON")]
    public void Wrong_files_are_refused_with_file_and_dialog(string from, string to, string where, string what)
    {
        Write("schema.json", Schema);
        Write("dialogues_001.json", Dialogues.Replace("\"frames\": []", "\"frames\": []", StringComparison.Ordinal)[..Dialogues.IndexOf(from, StringComparison.Ordinal)] + to + Dialogues[(Dialogues.IndexOf(from, StringComparison.Ordinal) + from.Length)..]);
        var message = Assert.Throws<TextFormatException>(() => DstFiles.LoadSgd(folder, DstPart.Train)).Message;
        Assert.Contains("dialogues_001.json", message, StringComparison.Ordinal);
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public void MultiWoz_is_divided_by_its_lists_and_other_versions_are_told_by_their_logs()
    {
        Write("data.json", MultiWoz("\"dialog_act\": {}, \"span_info\": [], "));
        Write("testListFile.txt", "MUL2.json\n");
        Write("valListFile.txt", "SNG3.json\n");
        Assert.Equal(DstFormat.MultiWoz21, DstFiles.Detect(folder));
        var train = DstFiles.LoadMultiWoz21(folder, DstPart.Train);
        var dialog = Assert.Single(train.Dialogs);
        Assert.Equal("SNG1.json", dialog.Id);
        Assert.Equal(["hotel"], dialog.Services);
        Assert.Equal(["cheap", "moderate"], dialog.Turns[0].State[new("hotel", "pricerange")]);
        Assert.Equal(["3"], dialog.Turns[0].State[new("hotel", "book stay")]);
        Assert.Equal(2, dialog.Turns[0].State.Count);
        Assert.Equal("MUL2.json", Assert.Single(DstFiles.LoadMultiWoz21(folder, DstPart.Test).Dialogs).Id);
        Assert.Equal("SNG3.json", Assert.Single(DstFiles.LoadMultiWoz21(folder, DstPart.Validation).Dialogs).Id);
        Assert.Equal(30, DialogSchema.MultiWoz.Services.Sum(service => service.Slots.Count));
        Assert.All(DialogSchema.MultiWoz.Services.SelectMany(service => service.Slots), slot => Assert.NotNull(slot.Question));

        File.Delete(In("testListFile.txt"));
        Assert.Contains("testListFile.txt is missing", Assert.Throws<TextFormatException>(() => DstFiles.LoadMultiWoz21(folder, DstPart.Train)).Message, StringComparison.Ordinal);
        Write("two/test.json", MultiWoz(""));
        Assert.Contains("MultiWOZ 2.0", Assert.Throws<TextFormatException>(() => DstFiles.LoadMultiWoz21(In("two"), DstPart.Test)).Message, StringComparison.Ordinal);
        Write("three/test.json", "[]");
        Assert.Contains("LoadMultiWoz22", Assert.Throws<TextFormatException>(() => DstFiles.LoadMultiWoz21(In("three"), DstPart.Test)).Message, StringComparison.Ordinal);
        Write("four/dialogues_001.json", MultiWoz(""));
        Assert.Contains("LoadMultiWoz21", Assert.Throws<TextFormatException>(() => DstFiles.LoadMultiWoz22(In("four"), DstPart.Test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MultiWoz_22_keeps_the_30_slots_under_their_names()
    {
        Write("test/dialogues_001.json", """
            [{"dialogue_id": "PMUL1.json", "services": ["hotel"], "turns": [
              {"speaker": "USER", "utterance": "A cheap hotel", "frames": [
                {"service": "hotel", "state": {"slot_values": {"hotel-pricerange": ["cheap"], "hotel-bookday": ["monday", "mon"]}}},
                {"service": "police", "state": {"slot_values": {}}}]}]}]
            """);
        Assert.Equal(DstFormat.MultiWoz22, DstFiles.Detect(folder));
        var state = DstFiles.LoadMultiWoz22(folder, DstPart.Test).Dialogs[0].Turns[0].State;
        Assert.Equal(["cheap"], state[new("hotel", "pricerange")]);
        Assert.Equal(["monday", "mon"], state[new("hotel", "book day")]);
    }

    [Fact]
    public void Woz_puts_the_systems_words_before_the_users()
    {
        Write("woz_test_en.json", """
            [{"dialogue_idx": 7, "dialogue": [
              {"turn_idx": 0, "system_transcript": "", "transcript": "Cheap food", "belief_state": [{"act": "inform", "slots": [["price range", "cheap"]]}]},
              {"turn_idx": 1, "system_transcript": "Where?", "transcript": "North", "belief_state": [{"act": "inform", "slots": [["price range", "cheap"]]}, {"act": "inform", "slots": [["area", "north"]]}, {"act": "request", "slots": [["slot", "phone"]]}]}]}]
            """);
        Assert.Equal(DstFormat.Woz, DstFiles.Detect(folder));
        var dialog = DstFiles.LoadWoz(folder, DstPart.Test).Dialogs[0];
        Assert.Equal(["Cheap food", "Where?", "North"], dialog.Turns.Select(turn => turn.Text));
        Assert.Equal(2, dialog.Turns[2].State.Count);
    }

    [Fact]
    public void Transcripts_name_the_speaker_of_each_line()
    {
        File.WriteAllText(In("mine.txt"), "system: Hello\n\nUser: a room: in York\nAgent: sure\n");
        var dialog = TranscriptFile.Load(In("mine.txt"));
        Assert.Equal([Speaker.System, Speaker.User, Speaker.System], dialog.Turns.Select(turn => turn.Speaker));
        Assert.Equal("a room: in York", dialog.Turns[1].Text);
        Assert.Contains("line 2", Assert.Throws<TextFormatException>(() => TranscriptFile.Parse(["user: hi", "who am I"], "t")).Message, StringComparison.Ordinal);
        Assert.Contains("alternate", Assert.Throws<TextFormatException>(() => TranscriptFile.Parse(["user: hi", "user: there"], "t")).Message, StringComparison.Ordinal);
        Assert.Throws<TextFormatException>(() => TranscriptFile.Parse([], "t"));
    }

    [DataFact("woz2/woz2-en.zip", "sgd/sgd-slice.zip", "multiwoz/data/multiwoz/val.json.zip", "multiwoz/data/multiwoz/test.json.zip", "multiwoz/MultiWOZ_2.2/schema.json")]
    public void The_published_sets_have_their_counts()
    {
        string Of(string path) => DataFactAttribute.PathOf(path);
        // Dialogs and users' turns as oracles/zero_shot_dst_counts.py counts them.
        Assert.Equal([(600, 2536), (200, 830), (400, 1646)], Parts.Select(part => Counted(DstFiles.LoadWoz(Of("woz2/woz2-en.zip"), part))));
        Assert.Equal([(1536, 12160), (512, 3755), (512, 3182)], Parts.Select(part => Counted(DstFiles.LoadSgd(Of("sgd/sgd-slice.zip"), part))));
        Assert.Equal([(128, 1233), (128, 825), (128, 768)], Parts.Select(part => Counted(DstFiles.LoadSgd(Of("sgd/sgd-slice.zip"), part, mostFiles: 1))));
        var test = DstFiles.LoadSgd(Of("sgd/sgd-slice.zip"), DstPart.Test);
        Assert.Equal(86, DstData.Only(test, "Hotels_4").Dialogs.Count);
        Assert.Equal(86, DstData.Only(test, "Hotels").Dialogs.Count);
        var multi = DstFiles.LoadMultiWoz21(Of("multiwoz"), DstPart.Test);
        Assert.Equal((1000, 7372), Counted(multi));
        Assert.Equal((1000, 7374), Counted(DstFiles.LoadMultiWoz21(Of("multiwoz/data/multiwoz/val.json.zip"), DstPart.Train)));
        var without = DstData.Except(multi, "hotel");
        Assert.Equal(multi.Dialogs.Count, without.Dialogs.Count + DstData.Only(multi, "hotel").Dialogs.Count);
        Assert.DoesNotContain(without.Dialogs, dialog => dialog.Turns.Any(turn => turn.State.Keys.Any(name => name.Service == "hotel")));
        Assert.Equal(DialogSchema.MultiWoz.Services.Select(service => service.Name), DialogSchema.Load(Of("multiwoz/MultiWOZ_2.2/schema.json")).Services.Select(service => service.Name).Where(name => DialogSchema.MultiWoz.TryFind(name) is not null).OrderBy(name => DialogSchema.MultiWoz.Services.ToList().FindIndex(service => service.Name == name)));

        static (int, int) Counted(DstData data) => (data.Dialogs.Count, data.UserTurns);
    }

    private static string MultiWoz(string keys)
    {
        string Dialog(string name) => """
            "NAME": {"goal": {"hotel": {"info": {}}, "taxi": {}, "message": ["x"]}, "log": [
              {"text": "A cheap hotel for 3 nights", KEYS"metadata": {}},
              {"text": "Sure", KEYS"metadata": {"hotel": {"book": {"booked": [], "stay": "3", "day": ""}, "semi": {"pricerange": "cheap|moderate", "name": "not mentioned"}}, "police": {"book": {"booked": []}, "semi": {}}}}]}
            """.Replace("NAME", name, StringComparison.Ordinal).Replace("KEYS", keys, StringComparison.Ordinal);
        return $"{{{Dialog("SNG1.json")}, {Dialog("MUL2.json")}, {Dialog("SNG3.json")}}}";
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    private string In(string path) => Path.Combine(folder, path);
}
