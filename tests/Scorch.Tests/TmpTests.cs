namespace Scorch.Tests;

public class TmpTests
{
    [Fact]
    public void It_runs() => Assert.Equal(2, 1 + 1);
}
