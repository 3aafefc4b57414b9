using System.Buffers;
using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.WebM;

namespace Media.Tests.Containers;

/// <summary>A day in one file of more than 4 GiB: it is written with holes where frames hold nothing, and read like any other.</summary>
[Trait("Suite", "recorder")]
public sealed class DayOfMediaTests : IDisposable
{
    private const int FramesPerSecond = 25;
    private const int Seconds = 24 * 3600;
    private const int KeyframeLength = 110_000;

    private readonly BufferPool _pool = new();
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_day_in_MP4_plays_and_seeks()
    {
        using var writer = new FragmentedMp4Writer([TestFrames.Vp9, TestFrames.Opus]);
        Write(writer, TestFrames.Vp9);
        Assert.InRange(writer.IndexCapacity, 0, (long)Seconds * (FramesPerSecond + 50) * 16);
        Judge(".mp4");
    }

    [Fact]
    public void A_day_in_WebM_plays_and_seeks()
    {
        using var writer = new WebMWriter([TestFrames.Vp8, TestFrames.Opus]);
        Write(writer, TestFrames.Vp8);
        Judge(".webm");
    }

    private void Write(IMediaFileWriter writer, TrackFormat video)
    {
        MediaFrame keyframe = Empty(TestFrames.Make(_pool, video, 0, 0, true, KeyframeLength));
        MediaFrame frame = TestFrames.Make(_pool, video, 0, 0), sound = TestFrames.Make(_pool, TestFrames.Opus, 0, 0);
        using var file = new SparseFile(_path);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        writer.WriteHeader(output);
        file.Append(output);
        for (int i = 0; i < Seconds * FramesPerSecond; i++)
        {
            long time = i * (90_000L / FramesPerSecond);
            writer.Add(0, (i % 50 == 0 ? keyframe : frame).At(time, time));
            for (long k = i * 2L; k < (i + 1) * 2L; k++) writer.Add(1, sound.At(k * 960, k * 960));
            if (writer.PendingTicks < 2_900_000) continue;
            writer.CutFragment(output);
            file.Append(output);
        }

        writer.CutFragment(output);
        file.Append(output);
        file.Finish(writer.Finish());
        keyframe.Release();
        frame.Release();
        sound.Release();
    }

    private static MediaFrame Empty(MediaFrame frame)
    {
        frame.Buffer.Span[16..].Clear();
        return frame;
    }

    private void Judge(string extension)
    {
        Assert.InRange(new FileInfo(_path).Length, (1L << 32) + (1 << 20), long.MaxValue);
        using (IMediaFileReader reader = MediaFiles.Open(File.OpenRead(_path), _pool))
        {
            Assert.InRange(reader.Duration.TotalSeconds, Seconds - 0.1, Seconds + 0.1);
            foreach (int second in new[] { 86_399, 3, 70_001, 40_000 })
            {
                reader.Seek(TimeSpan.FromSeconds(second));
                MediaFileSample sample;
                while (true)
                {
                    Assert.True(reader.TryRead(out sample));
                    sample.Frame.Release();
                    if (sample.Track == 0) break;
                }

                Assert.True(sample.Frame.IsKeyframe);
                Assert.Equal(second / 2 * 2 * 90_000L, sample.Frame.PresentationTime);
            }
        }

        string path = Path.ChangeExtension(_path, extension);
        File.Move(_path, path);
        try
        {
            FFprobe probe = FFprobe.Read(path, "-read_intervals 80000%+5");
            Assert.InRange(probe.Duration, Seconds - 0.1, Seconds + 0.1);
            ProbedPacket first = probe.PacketsOf(0).First();
            Assert.True(first.IsKeyframe);
            Assert.Equal(80_000, first.Presentation, 0.01);
            Assert.InRange(first.Position, 1L << 31, long.MaxValue);
            Assert.InRange(probe.PacketsOf(0).Count(), FramesPerSecond * 4, FramesPerSecond * 8);
            probe.AssertMonotonic();
        }
        finally
        {
            File.Move(path, _path);
        }
    }

    /// <summary>Writes what is not zero and leaves the rest to the file system.</summary>
    private sealed class SparseFile(string path) : IDisposable
    {
        private const int Block = 4096;

        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        private long _length;

        public void Append(ArrayBufferWriter<byte> output)
        {
            Append(output.WrittenSpan);
            output.ResetWrittenCount();
        }

        public void Finish(FinishedFile finished)
        {
            Append(finished.Append.Span);
            _file.SetLength(_length);
            foreach (FilePatch patch in finished.Patches)
            {
                _file.Position = patch.Offset;
                _file.Write(patch.Bytes.Span);
            }
        }

        public void Dispose() => _file.Dispose();

        private void Append(ReadOnlySpan<byte> data)
        {
            for (int at = 0; at < data.Length; at += Block)
            {
                ReadOnlySpan<byte> block = data.Slice(at, Math.Min(Block, data.Length - at));
                if (!block.ContainsAnyExcept((byte)0)) continue;
                _file.Position = _length + at;
                _file.Write(block);
            }

            _length += data.Length;
        }
    }
}
