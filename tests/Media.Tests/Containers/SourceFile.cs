using System.Collections.Immutable;
using Media.Buffers;
using Media.Containers;

namespace Media.Tests.Containers;

/// <summary>All frames of a file, to be written again, and what they were.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly List<MediaFileSample> _samples = [];

    public SourceFile(IMediaFileReader reader)
    {
        using (reader)
        {
            Tracks = reader.Tracks;
            Duration = reader.Duration;
            while (reader.TryRead(out MediaFileSample sample)) _samples.Add(sample);
        }
    }

    public ImmutableArray<MediaFileTrack> Tracks { get; }

    public TimeSpan Duration { get; }

    public IReadOnlyList<MediaFileSample> Samples => _samples;

    public ImmutableArray<TrackFormat> Formats => [.. Tracks.Select(track => track.Format!)];

    public int CountOf(int track) => _samples.Count(sample => sample.Track == track);

    public IEnumerable<MediaFrame> FramesOf(int track) => _samples.Where(sample => sample.Track == track).Select(sample => sample.Frame);

    /// <summary>When a track is shown first after the other, in seconds.</summary>
    public double StartOf(int track) => FramesOf(track).Min(frame => (double)frame.PresentationTime / frame.Format.ClockRate);

    public static SourceFile Open(string path, BufferPool pool) => new(MediaFiles.Open(File.OpenRead(path), pool));

    public static SourceFile Open(byte[] file, BufferPool pool) => new(MediaFiles.Open(new MemoryStream(file), pool));

    /// <summary>Writes every frame and cuts by media time, as the recorder does.</summary>
    public WrittenFile Write(IMediaFileWriter writer, long fragmentTicks = 2_500_000)
    {
        var file = new WrittenFile();
        file.Begin(writer);
        foreach (MediaFileSample sample in _samples)
        {
            if (writer.PendingTicks >= fragmentTicks) file.Cut(writer);
            writer.Add(sample.Track, sample.Frame);
        }

        file.Cut(writer);
        return file;
    }

    /// <summary>Fails where another file does not hold the same frames at the same times, but for a common shift.</summary>
    public void AssertSame(SourceFile other, double tolerance = 0.0001)
    {
        double shift = double.NaN;
        for (int track = 0; track < Tracks.Length; track++)
        {
            MediaFrame[] own = [.. FramesOf(track)], others = [.. other.FramesOf(track)];
            Assert.Equal(own.Length, others.Length);
            for (int i = 0; i < own.Length; i++)
            {
                Assert.True(own[i].Data.SequenceEqual(others[i].Data), $"track {track}, frame {i}: other bytes");
                Assert.Equal(own[i].IsKeyframe, others[i].IsKeyframe);
                double difference = Seconds(others[i]) - Seconds(own[i]);
                if (double.IsNaN(shift)) shift = difference;
                Assert.Equal(shift, difference, tolerance);
            }
        }
    }

    public void Dispose()
    {
        foreach (MediaFileSample sample in _samples) sample.Frame.Release();
        _samples.Clear();
    }

    private static double Seconds(MediaFrame frame) => (double)frame.PresentationTime / frame.Format.ClockRate;
}
