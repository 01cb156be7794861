namespace Scorch.Reproductions.Tests;

public class RunSettingsTests
{
    private static readonly Setting[] Known =
    [
        Setting.Integer("steps", 10, "s", 1, 100),
        Setting.Number("rate", 0.5, "r", 0, 1),
        Setting.Flag("fast", false, "f"),
        Setting.Choice("kind", "a", "k", "a", "b"),
    ];

    private static RunSettings With(string name, string value) => new(Known, [new(name, value)]);

    [Fact]
    public void Defaults_hold_until_they_are_overridden()
    {
        var settings = new RunSettings(Known, [new("steps", "20"), new("fast", "true")]);

        Assert.Equal((20, 0.5, true, "a"), (settings.Integer("steps"), settings.Number("rate"), settings.Flag("fast"), settings.Text("kind")));
    }

    [Fact]
    public void An_unknown_key_lists_the_known_ones()
    {
        Assert.Contains("steps, rate, fast, kind", Assert.Throws<UsageException>(() => With("stesp", "1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps", "1.5", "an integer")]
    [InlineData("steps", "0", "[1, 100]")]
    [InlineData("steps", "99999999999999999999", "an integer")]
    [InlineData("rate", "NaN", "a finite number")]
    [InlineData("rate", "1,5", "a finite number")]
    [InlineData("rate", "2", "[0, 1]")]
    [InlineData("fast", "yes", "true or false")]
    [InlineData("kind", "c", "one of a, b")]
    public void A_value_that_does_not_fit_names_the_setting_and_what_would(string name, string value, string expected)
    {
        var message = Assert.Throws<UsageException>(() => With(name, value)).Message;

        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_given_twice_is_refused()
    {
        Assert.Throws<UsageException>(() => new RunSettings(Known, [new("steps", "1"), new("steps", "2")]));
    }

    [Fact]
    public void A_reproduction_that_asks_for_a_setting_it_does_not_have_is_told_so()
    {
        Assert.Contains("steps (Integer)", Assert.Throws<ArgumentException>(() => new RunSettings(Known).Integer("rate")).Message, StringComparison.Ordinal);
    }
}
