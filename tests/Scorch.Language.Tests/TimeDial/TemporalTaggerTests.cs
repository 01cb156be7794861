using Scorch.Language.TimeDial;

namespace Scorch.Language.Tests.TimeDial;

/// <summary>Sixty sentences written and labelled by hand: the expressions in square brackets, behind each <c>{kind seconds}</c>, <c>-</c> where there is no number.</summary>
public sealed class TemporalTaggerTests
{
    public static TheoryData<string> Sentences { get; } =
    [
        "We will be back in [two hours]{Duration 7200}.",
        "The soup needs [about 45 minutes]{Duration 2700} on a small flame.",
        "She rented the flat for [three and a half years]{Duration 110451600}.",
        "Give me [half an hour]{Duration 1800} and I will help you.",
        "He waited [an hour and a half]{Duration 5400} at the gate.",
        "It takes [a quarter of an hour]{Duration 900} on foot.",
        "They argued for [twenty-five minutes]{Duration 1500}.",
        "The warranty covers [24 months]{Duration 63115200}.",
        "I have not seen him in [ten days]{Duration 864000}.",
        "Our [three-day]{Duration 259200} trip was too short.",
        "[Two weeks ago]{Duration 1209600} the roof still leaked.",
        "He arrived [five minutes later]{Duration 300}.",
        "You can expect the parcel in [3 to 5 days]{Duration 345600}.",
        "The repairs lasted [more than six weeks]{Duration 3628800}.",
        "I slept [at least eight hours]{Duration 28800}.",
        "Take one pill [every four hours]{Duration 14400}.",
        "Nobody spoke for [the last ten minutes]{Duration 600}.",
        "The castle stood for [two centuries]{Duration 6311520000}.",
        "Wait [a minute]{Duration 60}, please.",
        "I will need [a couple of weeks]{Duration 1209600} for that.",
        "They were away for [several months]{Duration -}.",
        "We have known each other for [years]{Duration -}.",
        "The lesson lasts [an hour]{Duration 3600}.",
        "His visa is valid for [one hundred and twenty days]{Duration 10368000}.",
        "Boil the eggs for [2.5 minutes]{Duration 150}.",
        "The film is [two hours and thirty minutes]{Duration 9000} long.",
        "She was [nine years old]{Age 284018400} when they moved.",
        "Their [six-month-old]{Age 15778800} son cannot walk yet.",
        "The oldest guest was [104 years of age]{Age 3281990400}.",
        "Call me at [9:30]{Clock 34200}.",
        "The concert begins at [7:45 pm]{Clock 71100}.",
        "Breakfast is served until [ten o'clock]{Clock 36000}.",
        "I get up at [half past six]{Clock 23400}.",
        "It was [a quarter to twelve]{Clock 42300} when the phone rang.",
        "The bus leaves at [twenty past five]{Clock 19200}.",
        "Meet me at [noon]{Clock 43200} by the fountain.",
        "The bar closes at [2 a.m.]{Clock 7200}",
        "He came home at [eleven at night]{Clock 82800}.",
        "The bakery opens at [six in the morning]{Clock 21600}.",
        "The shop is open [from 9 am to 5 pm]{Clock 32400}.",
        "See you on [Friday]{Date -}.",
        "The exam is on [Monday morning]{Date -}.",
        "We married on [June 21 , 1998]{Date -}.",
        "His birthday is [the third of May]{Date -}.",
        "The lease ends in [December]{Date -}.",
        "The tower was built in [1889]{Date -}.",
        "My uncle wore such trousers in [the 1970s]{Date -}.",
        "Steam engines belong to [the nineteenth century]{Date -}.",
        "We are moving [next month]{Date -}.",
        "The garden was full of roses [last summer]{Date -}.",
        "I will call you [tomorrow]{PartOfDay -}.",
        "It rained [this morning]{PartOfDay -}.",
        "Did you sleep well [last night]{PartOfDay -}?",
        "The owls hunt [at night]{PartOfDay -}.",
        "Come back [the day after tomorrow]{PartOfDay -}.",
        "The jacket costs 120 dollars.",
        "She paid $ 1050 and left.",
        "This is the second time that he asks.",
        "May I have the menu, please?",
        "They march through 12 villages with 30 drummers.",
        "His office is on the 5th floor, room 12.",
    ];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void A_sentence_is_tagged_as_by_hand(string labelled)
    {
        var (text, expected) = Labels(labelled);
        var found = TemporalTagger.Find(text);
        Assert.Equal(expected.Select(label => (label.Start, label.Text)), found.Select(span => (span.Start, span.Text)));
        foreach (var (label, span) in expected.Zip(found))
        {
            Assert.Equal(label.Kind, span.Kind);
            Assert.Equal(label.Seconds, span.Seconds);
            Assert.Equal(span.Text, text[span.Start..span.End]);
        }
    }

    [Fact]
    public void Any_text_is_read_without_an_error()
    {
        string[] pieces = ["two", "-", "half", "past", "to", ":", "30", "9", "am", "a", "the", "of", "in", "o'clock", "May", "1st", ",", ".", "$", "and", "hours", "second", "last", "’", "\ud800", "century", "million", "twenty", "/", "from"];
        var random = new RandomSource(1);
        for (var i = 0; i < 3000; i++)
        {
            var text = string.Join(random.NextInt64(3) == 0 ? "" : " ", Enumerable.Range(0, 1 + (int)random.NextInt64(8)).Select(_ => pieces[random.NextInt64(pieces.Length)]));
            var spans = TemporalTagger.Find(text);
            Assert.All(spans, span => Assert.Equal(text[span.Start..span.End], span.Text));
            for (var k = 1; k < spans.Count; k++) Assert.True(spans[k].Start >= spans[k - 1].End);
        }
        Assert.Empty(TemporalTagger.Find(""));
    }

    [Fact]
    public void Digits_and_words_have_one_value()
    {
        Assert.Equal(TemporalTagger.Find("50 hours")[0].Seconds, TemporalTagger.Find("fifty hours")[0].Seconds);
        for (var number = 2; number < 1000; number += 7)
        {
            var words = TemporalTagger.Find($"{NumberWriter.Words(number)} days");
            Assert.Equal(number * 86_400.0, Assert.Single(words).Seconds);
            Assert.Equal($"{NumberWriter.Words(number)} days", words[0].Text);
        }
    }

    private static (string Text, List<(int Start, string Text, TemporalKind Kind, double? Seconds)> Labels) Labels(string labelled)
    {
        var (text, labels) = ("", new List<(int, string, TemporalKind, double?)>());
        while (labelled.IndexOf('[') is >= 0 and var open)
        {
            int close = labelled.IndexOf(']'), brace = labelled.IndexOf('}');
            text += labelled[..open];
            var fields = labelled[(close + 2)..brace].Split(' ');
            labels.Add((text.Length, labelled[(open + 1)..close], Enum.Parse<TemporalKind>(fields[0]), fields[1] == "-" ? null : double.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture)));
            text += labelled[(open + 1)..close];
            labelled = labelled[(brace + 1)..];
        }
        return (text + labelled, labels);
    }
}
