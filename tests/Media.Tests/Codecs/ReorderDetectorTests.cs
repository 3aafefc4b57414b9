using Media.Buffers;
using Media.Codecs;

namespace Media.Tests.Codecs;

public class ReorderDetectorTests
{
    [Fact]
    public void A_stream_without_b_frames_has_none()
    {
        var detector = new ReorderDetector();
        for (int i = 0; i < 100; i++) Assert.False(detector.Observe(i * 3000, i == 0, hasBSlices: false, isReference: true));
        Assert.False(detector.HasBFrames);
        Assert.False(detector.CanDropBFrames);
    }

    [Fact]
    public void Real_b_frames_without_references_may_be_dropped()
    {
        var stream = new H264Stream();
        var detector = new ReorderDetector();
        var pool = new BufferPool();
        // Presentation order of the sample: I P B B P B.
        long[] times = [0, 3, 1, 2, 5, 4];
        var found = new List<bool>();
        foreach (byte[] unit in Samples.AnnexBAccessUnits)
        {
            using PooledBuffer buffer = pool.Rent(H264Stream.MaxNormalizedLengthAnnexB(unit));
            stream.TryNormalizeAnnexB(unit, buffer.Span, out int length, out bool isKeyframe, out bool isDiscardable);
            var frame = new MediaFrame(
                stream.Format!, buffer, 0, length, found.Count, times[found.Count] * 3600, isKeyframe, isDiscardable);
            found.Add(detector.Observe(frame));
        }

        Assert.Equal([false, false, true, true, false, true], found);
        Assert.True(detector.CanDropBFrames);
    }

    [Fact]
    public void A_referenced_b_frame_forbids_dropping()
    {
        var detector = new ReorderDetector();
        detector.Observe(0, true, false, true);
        detector.Observe(4, false, false, true);
        detector.Observe(2, false, true, isReference: true);
        detector.Observe(1, false, true, false);
        Assert.Equal((2L, 1L), (detector.BFrames, detector.ReferencedBFrames));
        Assert.False(detector.CanDropBFrames);
    }

    [Fact]
    public void Times_that_go_backwards_are_reordering_even_without_b_slices()
    {
        var detector = new ReorderDetector();
        detector.Observe(0, true, false, true);
        detector.Observe(4, false, false, true);
        detector.Observe(2, false, false, true);
        Assert.True(detector.HasBFrames);
        Assert.False(detector.CanDropBFrames);
    }

    [Fact]
    public void A_jump_back_at_a_keyframe_is_no_reordering()
    {
        var detector = new ReorderDetector();
        detector.Observe(90_000, true, false, true);
        detector.Observe(0, true, false, true);
        Assert.False(detector.HasBFrames);
    }
}
