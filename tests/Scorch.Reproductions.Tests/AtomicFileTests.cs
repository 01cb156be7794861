using Scorch.Checkpoints;

namespace Scorch.Reproductions.Tests;

public class AtomicFileTests
{
    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.txt"], "old");

        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.WriteByte(1);
            throw new OperationCanceledException();
        }));

        Assert.Equal([folder["a.txt"]], folder.Files);
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
    }

    [Fact]
    public void The_file_is_not_there_until_it_is_whole()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a.bin"], stream =>
        {
            stream.Write(new byte[100]);
            Assert.False(File.Exists(folder["a.bin"]));
        });

        Assert.Equal(100, new FileInfo(folder["a.bin"]).Length);
    }
}
