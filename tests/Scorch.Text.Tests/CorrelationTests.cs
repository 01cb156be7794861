namespace Scorch.Text.Tests;

public class CorrelationTests
{
    [Fact]
    public void Pearson_is_the_cosine_of_centred_values()
    {
        // numpy.corrcoef([1, 2, 4, 7], [2, 1, 5, 3])[0, 1]
        Assert.Equal(0.4795122238161563, Correlation.Pearson([1, 2, 4, 7], [2, 1, 5, 3]), 1e-14);
        Assert.Equal(1, Correlation.Pearson([1, 2, 3], [10, 20, 30]), 1e-14);
        Assert.True(double.IsNaN(Correlation.Pearson([0.1, 0.1, 0.1], [1, 2, 3])));
        Assert.Contains("2 and 1 values", Assert.Throws<ArgumentException>(() => Correlation.Pearson([1, 2], [1])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Correlation.Pearson([1, double.NaN], [1, 2])).Message);
    }

    [Fact]
    public void Matthews_is_scikit_learns_value()
    {
        // matthews_corrcoef([1, 1, 1, 0, 0], [1, 0, 1, 1, 0])
        Assert.Equal(1.0 / 6, Correlation.Matthews([true, false, true, true, false], [true, true, true, false, false]), 1e-14);
        Assert.Equal(-1, Correlation.Matthews([true, false], [false, true]), 1e-14);
        Assert.Equal(0, Correlation.Matthews([true, true], [false, true]));
        Assert.Contains("give as many", Assert.Throws<ArgumentException>(() => Correlation.Matthews([], [])).Message);
    }

    [Fact]
    public void Labelled_lines_end_their_label_at_a_tab_where_all_have_one_else_at_the_first_blank()
    {
        var path = Path.GetTempFileName();
        try
        {
            IReadOnlyList<(string, string)> Read(byte[] bytes, bool skips = false)
            {
                File.WriteAllBytes(path, bytes);
                return LabelledSentences.Read(path, skips);
            }
            Assert.Equal([("not spam", "a b"), ("spam", "c\td")], Read("not spam\ta b\r\nspam\tc\td\n"u8.ToArray()));
            Assert.Equal([("not", "spam\ta b"), ("spam", "c")], Read("not spam\ta b\n\nspam c"u8.ToArray()));
            // Latin-1, in which 0x85 ends no line.
            Assert.Equal([("0", "wait\u0085 caf\u00e9")], Read([.. "0 wait"u8, 0x85, .. " caf"u8, 0xe9]));
            Assert.Equal([("1", "x")], Read("0 \n1 x"u8.ToArray(), skips: true));
            Assert.Contains("line 1: '0 '", Assert.Throws<TextFormatException>(() => Read("0 \n1 x"u8.ToArray())).Message);
            Assert.Contains("there is no line", Assert.Throws<TextFormatException>(() => Read("\n"u8.ToArray())).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
