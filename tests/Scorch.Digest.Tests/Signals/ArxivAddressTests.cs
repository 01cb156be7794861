namespace Scorch.Digest.Tests;

public class ArxivAddressTests
{
    [Theory]
    [InlineData("https://arxiv.org/abs/2101.08833", "2101.08833")]
    [InlineData("http://arxiv.org/abs/2101.08833v12", "2101.08833")]
    [InlineData("https://www.arxiv.org/pdf/2101.08833v1.pdf", "2101.08833")]
    [InlineData("https://export.arxiv.org/pdf/0704.0001", "0704.0001")]
    [InlineData("arxiv.org/abs/2101.08833", "2101.08833")]
    [InlineData("HTTPS://ArXiv.org/abs/2101.08833", "2101.08833")]
    [InlineData("https://arxiv.org/html/2401.12345v2#S3", "2401.12345")]
    [InlineData("https://arxiv.org/abs/2101.08833?context=cs", "2101.08833")]
    [InlineData("https://arxiv.org/abs/math/0309136", "math/0309136")]
    [InlineData("https://arxiv.org/abs/math.GT/0309136v3", "math/0309136")]
    [InlineData("https://arxiv.org/pdf/hep-th/9901001.pdf", "hep-th/9901001")]
    [InlineData("https://huggingface.co/papers/2401.12345", "2401.12345")]
    [InlineData("https://hf.co/papers/2401.12345", "2401.12345")]
    [InlineData("https://www.alphaxiv.org/abs/2401.12345v1", "2401.12345")]
    [InlineData("https://ar5iv.labs.arxiv.org/html/2401.12345", "2401.12345")]
    [InlineData("https://doi.org/10.48550/arXiv.2401.12345", "2401.12345")]
    [InlineData("https://arxiv.org/abs/2113.08833", null)]
    [InlineData("https://arxiv.org/abs/2101.088", null)]
    [InlineData("https://arxiv.org/abs/2101.088331", null)]
    [InlineData("https://arxiv.org/list/cs.LG/recent", null)]
    [InlineData("https://arxiv.org.evil.example/abs/2101.08833", null)]
    [InlineData("https://evil.example/https://arxiv.org/abs/2101.08833", null)]
    [InlineData("https://notarxiv.org/abs/2101.08833", null)]
    [InlineData("javascript:alert('arxiv.org/abs/2101.08833')", null)]
    [InlineData("", null)]
    public void An_address_leads_to_its_paper(string address, string? paper) => Assert.Equal(paper, ArxivAddress.TryFind(address));

    [Theory]
    [InlineData("2101.08833", "2101.08833")]
    [InlineData(" arXiv:2101.08833v2 ", "2101.08833")]
    [InlineData("cs/0112017", "cs/0112017")]
    [InlineData("math.GT/0309136", "math/0309136")]
    [InlineData("2101.08833 and more", null)]
    [InlineData("2100.08833", null)]
    [InlineData("../../etc/2101001", null)]
    public void An_identifier_is_read_without_its_version(string text, string? paper) => Assert.Equal(paper, ArxivAddress.TryIdentifier(text));

    [Fact]
    public void Papers_in_a_text_are_found_once_and_in_order() => Assert.Equal(
        ["2101.08833", "math/0309136", "2401.12345"],
        ArxivAddress.FindAll("See arxiv.org/abs/2101.08833, (https://arxiv.org/pdf/math/0309136v1.pdf) and arXiv:2401.12345! again https://arxiv.org/abs/2101.08833v2 but not 2102.00001."));

    [Fact]
    public void A_hidden_link_counts_by_where_it_leads() => Assert.Equal(
        ["2101.08833"], ArxivAddress.FindAll([TextRun.Plain("Look "), TextRun.Link("https://arxiv.org/abs/2101.08833", "arxiv.org/abs/21…")]));

    [Fact]
    public void A_long_text_takes_no_long_time()
    {
        var text = string.Concat(Enumerable.Repeat("https://arxiv.org/abs/21 a-b-c-d/ ", 20_000)) + new string('a', 200_000) + new string('-', 200_000);

        Assert.Empty(ArxivAddress.FindAll(text));
    }
}
