using System.Buffers.Binary;
using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.Tests.Containers;
using TestKit;

namespace Media.Tests.Mp4;

public sealed class Mp4FileReaderTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sound_and_picture_keep_their_distance_to_the_tick(bool isFinished)
    {
        using var leaks = new LeakCheck(_pool);
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9, TestFrames.Aac]);
        // 1.000011.. s and 1.5 s + 1 sample
        byte[] file = Write(writer, isFinished, (0, 90_001, 94_501), (1, 66_151, 66_151), (0, 93_001, 93_001));
        using SourceFile read = SourceFile.Open(file, _pool);
        MediaFrame video = read.FramesOf(0).First(), sound = read.FramesOf(1).First();
        Int128 distance = ((Int128)sound.PresentationTime * 90_000) - ((Int128)video.PresentationTime * 44_100);
        Int128 error = distance - (((Int128)66_151 * 90_000) - ((Int128)94_501 * 44_100));
        // The zero of a finished file is a tick of one track and may fall between two of the other: half of one is rounding.
        Assert.InRange((long)error, isFinished ? -45_000 : 0, isFinished ? 45_000 : 0);
        Assert.Equal([94_501L - 93_001], [read.FramesOf(0).First().PresentationTime - read.FramesOf(0).Last().PresentationTime]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_track_that_begins_before_the_first_fragment_keeps_its_distance_too(bool isFinished)
    {
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9, TestFrames.Opus]);
        byte[] file = Write(writer, isFinished, (0, 900_000, 900_000), (-1, 0, 0), (1, 456_000, 456_000), (0, 903_000, 903_000));
        using SourceFile read = SourceFile.Open(file, _pool);
        Assert.Equal(-0.5, read.StartOf(1) - read.StartOf(0), 9);
        if (isFinished) Assert.Equal(0, read.StartOf(1));
    }

    [Fact]
    public void Times_that_stand_still_or_go_back_rise_by_a_tick_and_are_shown_when_they_were()
    {
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9]);
        byte[] file = Write(writer, true, (0, 9000, 9000), (0, 9000, 9100), (0, 8000, 9200), (0, 18_000, 18_000));
        using SourceFile read = SourceFile.Open(file, _pool);
        long[] decode = [.. read.FramesOf(0).Select(frame => frame.DecodeTime)], shown = [.. read.FramesOf(0).Select(frame => frame.PresentationTime)];
        Assert.Equal([0L, 1, 2, 9000], decode);
        Assert.Equal([0L, 100, 200, 9000], shown);
    }

    [Fact]
    public void Seeking_goes_to_the_keyframe_before()
    {
        using var leaks = new LeakCheck(_pool);
        RecordedSample sample = RecordedSample.Mp4(_pool, 20);
        foreach (byte[] file in new[] { sample.Open, sample.Whole[^1] })
        {
            using IMediaFileReader reader = MediaFiles.Open(new MemoryStream(file), _pool);
            TimeSpan start = reader.Tracks[0].Start;
            foreach (int frame in new[] { 60, 13, 99, 0, 35 })
            {
                reader.Seek(start + TimeSpan.FromMilliseconds(40 * frame));
                MediaFileSample video = Next(reader, 0);
                Assert.True(video.Frame.IsKeyframe);
                Assert.Equal(start.TotalSeconds + (frame / 12 * 12 * 0.04), video.Frame.PresentationTime / 90_000.0, 0.0001);
            }
        }
    }

    [Theory]
    [InlineData("free", 4u, "impossible size")]
    [InlineData("moov", 0x7fffffffu, "in the middle of its index")]
    [InlineData("moof", 16u, "before the file's index")]
    [InlineData("mdat", 0u, "no index")]
    public void A_box_that_can_not_be_ends_with_its_reason(string type, uint size, string reason)
    {
        byte[] file = [0, 0, 0, 16, .. "ftypisom"u8, 0, 0, 0, 0, .. new byte[24]];
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), size);
        System.Text.Encoding.ASCII.GetBytes(type).CopyTo(file, 20);
        Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stsz", 16, "has no room")]
    [InlineData("stts", 12, "has no room")]
    [InlineData("co64", 12, "has no room")]
    [InlineData("stsz", 12, "more than the file can hold")]
    public void A_table_larger_than_its_box_ends_with_its_reason(string type, int field, string reason)
    {
        byte[] file = RecordedSample.Mp4(_pool, 1).Whole[^1];
        int at = file.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(type)) - 4;
        if (field == 12 && type == "stsz") BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 16), 0x7fffffff);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + field), 0x7fffffff);
        Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Fragments_that_claim_millions_of_samples_end_with_their_reason()
    {
        RecordedSample sample = RecordedSample.Mp4(_pool, 1);
        var boxes = new BoxBuilder();
        boxes.Bytes(sample.Open.AsSpan(0, sample.Ends[0]));
        int fragment = boxes.Begin(BoxType.Moof);
        int track = boxes.Begin(BoxType.Traf);
        int header = boxes.Begin(BoxType.Tfhd, 0, 0x020000);
        boxes.UInt32(1);
        boxes.End(header);
        int run = boxes.Begin(BoxType.Trun, 0, 0);
        boxes.UInt32(1 << 20);
        boxes.End(run);
        boxes.End(track);
        boxes.End(fragment);
        Assert.Contains("more samples than the file can hold", Refusal(boxes.Written.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_codec_is_named_and_the_rest_is_read()
    {
        byte[] file = RecordedSample.Mp4(_pool, 1).Whole[^1];
        "xyz1"u8.CopyTo(file.AsSpan(file.AsSpan().LastIndexOf("vp09"u8)));
        using SourceFile read = SourceFile.Open(file, _pool);
        Assert.Equal(("xyz1", "xyz1 is not carried here."), (read.Tracks[0].CodecName, read.Tracks[0].Unsupported));
        Assert.Equal((0, 10), (read.CountOf(0), read.CountOf(1)));
    }

    private static MediaFileSample Next(IMediaFileReader reader, int track)
    {
        while (reader.TryRead(out MediaFileSample sample))
        {
            sample.Frame.Release();
            if (sample.Track == track) return sample;
        }

        throw new InvalidDataException();
    }

    private string Refusal(byte[] file) =>
        Assert.Throws<MediaFileException>(() => MediaFiles.Open(new MemoryStream(file), _pool)).Message;

    // A negative track stands for a cut.
    private byte[] Write(FragmentedMp4Writer writer, bool isFinished, params (int Track, long Decode, long Presentation)[] frames)
    {
        TrackFormat[] formats = [TestFrames.Vp9, frames.Any(frame => frame.Decode == 66_151) ? TestFrames.Aac : TestFrames.Opus];
        var file = new WrittenFile();
        file.Begin(writer);
        for (int i = 0; i < frames.Length; i++)
        {
            (int track, long decode, long presentation) = frames[i];
            if (track < 0)
            {
                file.Cut(writer);
                continue;
            }

            MediaFrame frame = TestFrames.Make(_pool, formats[track], decode, presentation, i == 0);
            writer.Add(track, frame);
            frame.Release();
        }

        file.Cut(writer);
        return isFinished ? WrittenFile.Finish(file.Bytes, writer.Finish()) : file.Bytes;
    }
}
