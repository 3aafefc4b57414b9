using Media.Buffers;
using Media.Containers;
using TestKit;

namespace Media.Tests.Containers;

public sealed class MediaFileRepairTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_cut_at_any_byte_becomes_the_one_that_would_have_been_finished_after_its_last_whole_fragment(bool isMp4)
    {
        RecordedSample sample = Make(isMp4);
        for (int cut = 0; cut <= sample.Open.Length; cut++)
        {
            int whole = Math.Max(0, sample.Ends.Count(end => end <= cut) - 1);
            byte[] repaired = Repair(sample.Open[..cut], out RepairResult result);
            if (whole == 0)
            {
                Assert.Equal(RepairOutcome.NoMedia, result.Outcome);
                Assert.Equal(sample.Open[..cut], repaired);
                continue;
            }

            Assert.Equal((RepairOutcome.Repaired, whole, cut - sample.Ends[whole]), (result.Outcome, result.Fragments, (int)result.BytesCut));
            Assert.True(sample.Whole[whole].AsSpan().SequenceEqual(repaired), $"cut at {cut}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_cut_in_the_middle_of_being_finished_is_finished_again(bool isMp4)
    {
        RecordedSample sample = Make(isMp4);
        byte[] whole = sample.Whole[^1];
        foreach (byte[] state in States(sample))
        {
            byte[] repaired = Repair(state, out RepairResult result);
            Assert.True(whole.AsSpan().SequenceEqual(repaired));
            Assert.Equal(state.AsSpan().SequenceEqual(whole) ? RepairOutcome.WasFinished : RepairOutcome.Repaired, result.Outcome);
            Assert.InRange(result.Duration.TotalMilliseconds, 1190, 1240);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_finished_file_that_lost_its_end_keeps_its_whole_fragments(bool isMp4)
    {
        RecordedSample sample = Make(isMp4);
        byte[] whole = sample.Whole[^1];
        for (int cut = sample.Ends[1]; cut < whole.Length; cut += 7)
        {
            int fragments = sample.Ends.Count(end => end <= cut) - 1;
            Assert.True(sample.Whole[fragments].AsSpan().SequenceEqual(Repair(whole[..cut], out _)), $"cut at {cut}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_repair_that_is_itself_cut_short_can_be_repeated(bool isMp4)
    {
        RecordedSample sample = Make(isMp4);
        byte[] torn = WrittenFile.Finish(sample.Open, sample.Finished)[..^3];
        var disk = new JournalStream(torn);
        MediaFileRepair.Repair(disk, _ => { });
        foreach (byte[] state in disk.States)
        {
            byte[] again = Repair(state, out RepairResult result);
            Assert.NotEqual(RepairOutcome.NoMedia, result.Outcome);
            Assert.True(sample.Whole[^1].AsSpan().SequenceEqual(again));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_repaired_file_gives_back_all_frames_of_its_whole_fragments_and_no_others(bool isMp4)
    {
        using var leaks = new LeakCheck(_pool);
        RecordedSample sample = Make(isMp4);
        for (int whole = 1; whole < sample.Ends.Count; whole++)
        {
            using SourceFile read = SourceFile.Open(Repair(sample.Open[..Math.Min(sample.Open.Length, sample.Ends[whole] + 50)], out _), _pool);
            Assert.Equal(RecordedSample.SamplesOf(whole), read.Samples.Count);
        }
    }

    [Fact]
    public void A_file_of_others_is_left_alone()
    {
        byte[] file = [0, 0, 0, 20, .. "ftypqt  "u8, .. new byte[200]];
        using var stream = new MemoryStream([.. file]);
        Assert.Throws<MediaFileException>(() => MediaFileRepair.Repair(stream));
        Assert.Equal(file, stream.ToArray());
    }

    private RecordedSample Make(bool isMp4) => isMp4 ? RecordedSample.Mp4(_pool) : RecordedSample.WebM(_pool);

    private static byte[] Repair(byte[] file, out RepairResult result)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        result = MediaFileRepair.Repair(stream);
        return stream.ToArray();
    }

    // The index half appended; then each patch half written, one after the other.
    private static IEnumerable<byte[]> States(RecordedSample sample)
    {
        byte[] state = WrittenFile.Append(sample.Open, sample.Finished);
        for (int cut = sample.Open.Length; cut < state.Length; cut += 3) yield return state[..cut];
        yield return state;
        foreach (FilePatch patch in sample.Finished.Patches)
        {
            for (int length = 1; length <= patch.Bytes.Length; length++)
                yield return WrittenFile.Apply(state, patch with { Bytes = patch.Bytes[..length] });
            state = WrittenFile.Apply(state, patch);
        }
    }

    /// <summary>Remembers what the file was after each change.</summary>
    private sealed class JournalStream : MemoryStream
    {
        public JournalStream(byte[] content)
        {
            base.Write(content);
            States.Add(content);
        }

        public List<byte[]> States { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            States.Add(ToArray());
        }

        public override void SetLength(long value)
        {
            base.SetLength(value);
            States.Add(ToArray());
        }
    }
}
