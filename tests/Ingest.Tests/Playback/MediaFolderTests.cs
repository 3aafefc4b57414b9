using Ingest.Playback;

namespace Ingest.Tests.Playback;

public sealed class MediaFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("gateway-media-");
    private readonly MediaFolder _folder;

    public MediaFolderTests()
    {
        Directory.CreateDirectory(PathOf("media/sub"));
        File.WriteAllText(PathOf("media/a.mp4"), "a");
        File.WriteAllText(PathOf("media/sub/b.webm"), "bb");
        File.WriteAllText(PathOf("media/notes.txt"), "secret");
        File.WriteAllText(PathOf("media/.hidden.mp4"), "secret");
        File.WriteAllText(PathOf("secret.mp4"), "secret");
        File.CreateSymbolicLink(PathOf("media/link.mp4"), PathOf("secret.mp4"));
        Directory.CreateSymbolicLink(PathOf("media/out"), _root.FullName);
        _folder = new MediaFolder(PathOf("media"));
    }

    public void Dispose() => _root.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_root.FullName, name);

    [Fact]
    public void Files_of_the_folder_and_below_are_listed_by_name()
    {
        Assert.Equal([("a.mp4", 1L), ("sub/b.webm", 2L)], _folder.List().Select(file => (file.Name, file.Bytes)));
    }

    [Fact]
    public void They_can_be_opened()
    {
        using Stream stream = _folder.Open("sub/b.webm");
        Assert.Equal(2, stream.Length);
    }

    [Theory]
    [InlineData("../secret.mp4")]
    [InlineData("sub/../../secret.mp4")]
    [InlineData("/etc/passwd")]
    [InlineData("link.mp4")]
    [InlineData("out/secret.mp4")]
    [InlineData(".hidden.mp4")]
    [InlineData("notes.txt")]
    [InlineData("sub")]
    [InlineData("sub//b.webm")]
    [InlineData("sub\\b.webm")]
    [InlineData("a.mp4\0.mp4")]
    [InlineData("missing.mp4")]
    [InlineData("")]
    public void Nothing_else_can(string name)
    {
        Assert.False(_folder.Has(name));
        Assert.Throws<FileNotFoundException>(() => _folder.Open(name));
    }

    [Fact]
    public void A_folder_that_is_reached_by_a_link_is_fine()
    {
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("media"));
        using Stream stream = new MediaFolder(PathOf("linked")).Open("a.mp4");
        Assert.Equal(1, stream.Length);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_empty()
    {
        Assert.Empty(new MediaFolder(PathOf("nowhere")).List());
    }
}
