using Media.Buffers;
using Media.Containers;
using Media.Mp4;
using Media.WebM;

namespace Media.Tests.Containers;

/// <summary>A short recording of picture and sound in fragments of a fifth of a second, and what each further fragment makes of it.</summary>
internal sealed class RecordedSample
{
    private const int FramesPerFragment = 5;

    private RecordedSample(BufferPool pool, Func<IMediaFileWriter> make, TrackFormat video, int fragments)
    {
        for (int count = 0; count <= fragments; count++)
        {
            using IMediaFileWriter writer = make();
            var file = new WrittenFile();
            file.Begin(writer);
            for (int i = 0; i < count * FramesPerFragment; i++)
            {
                Add(writer, 0, TestFrames.Make(pool, video, 7000 + (i * 3600L), 7000 + (i * 3600L), i % 12 == 0, 30 + i, (byte)i));
                for (int k = 0; k < 2; k++) Add(writer, 1, TestFrames.Make(pool, TestFrames.Opus, 4000 + (((i * 2) + k) * 960L), 4000 + (((i * 2) + k) * 960L), length: 12 + k, seed: (byte)i));
                if (i % FramesPerFragment == FramesPerFragment - 1) file.Cut(writer);
            }

            Open = file.Bytes;
            Ends = file.Ends;
            Finished = writer.Finish();
            Whole.Add(WrittenFile.Finish(Open, Finished));
        }
    }

    /// <summary>All fragments, not finished.</summary>
    public byte[] Open { get; } = [];

    /// <summary>Where each fragment ends, behind the end of the header.</summary>
    public List<int> Ends { get; } = [];

    public FinishedFile Finished { get; } = null!;

    /// <summary>The finished file of so many fragments.</summary>
    public List<byte[]> Whole { get; } = [];

    /// <summary>Samples of so many fragments.</summary>
    public static int SamplesOf(int fragments) => fragments * FramesPerFragment * 3;

    public static RecordedSample Mp4(BufferPool pool, int fragments = 6) =>
        new(pool, () => new FragmentedMp4Writer([TestFrames.Vp9, TestFrames.Opus], DateTimeOffset.UnixEpoch.AddYears(50)), TestFrames.Vp9, fragments);

    public static RecordedSample WebM(BufferPool pool, int fragments = 6) =>
        new(pool, () => new WebMWriter([TestFrames.Vp8, TestFrames.Opus], DateTimeOffset.UnixEpoch.AddYears(50)), TestFrames.Vp8, fragments);

    private static void Add(IMediaFileWriter writer, int track, MediaFrame frame)
    {
        writer.Add(track, frame);
        frame.Release();
    }
}
