using Media.FFmpeg;
using Media.FFmpeg.Native;

namespace Media.Tests.FFmpeg;

public sealed class FFmpegLibraryTests
{
    [Fact]
    public void The_installed_library_passes_its_self_check()
    {
        FFmpegLibrary library = FFmpegLibrary.Load();
        Assert.Null(library.MissingReason);
        Assert.NotEmpty(library.Version);
        Assert.True(library.CanTranscode(Codec.Aac, Codec.Opus));
        Assert.True(library.CanTranscode(Codec.H264, Codec.H264));
        Assert.True(library.CanTranscode(Codec.H264, Codec.Vp8));
    }

    [Fact]
    public void A_directory_without_libraries_is_a_value_and_not_an_exception()
    {
        FFmpegLibrary library = FFmpegLibrary.Load("/nowhere");
        Assert.False(library.IsAvailable);
        Assert.Contains("not found", library.MissingReason, StringComparison.Ordinal);
        Assert.False(library.CanDecode(Codec.Aac));
        Assert.Contains("FFmpeg is missing", library.WhyNot(Codec.Aac, Codec.Opus), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_library_nothing_can_be_made_and_the_reason_is_told()
    {
        FFmpegLibrary library = FFmpegLibrary.Missing("turned off");
        Assert.Contains("turned off", Assert.Throws<FFmpegException>(
            () => new AudioTranscoder(library, new(), new(), _ => { })).Message, StringComparison.Ordinal);
        Assert.Contains("turned off", Assert.Throws<FFmpegException>(
            () => new VideoDecoder(library)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Codecs_without_encoder_are_named_in_the_reason()
    {
        FFmpegLibrary library = FFmpegLibrary.Load();
        Assert.Contains("no encoder for H265", library.WhyNot(Codec.H264, Codec.H265), StringComparison.Ordinal);
        Assert.Contains("different kinds", library.WhyNot(Codec.H264, Codec.Opus), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(57, 59, 8, 5)]
    [InlineData(58, 60, 9, 6)]
    [InlineData(59, 61, 10, 7)]
    [InlineData(60, 62, 11, 8)]
    public void Majors_name_their_release(int util, int codec, int filter, int release) =>
        Assert.Equal(release, AvRelease.Find(util, codec, filter)?.Release);

    [Theory]
    [InlineData(56, 58, 7)]
    [InlineData(57, 60, 9)]
    [InlineData(61, 63, 12)]
    public void Unknown_majors_and_mixtures_have_no_release(int util, int codec, int filter) =>
        Assert.Null(AvRelease.Find(util, codec, filter));
}
