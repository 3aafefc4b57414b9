using Media.Buffers;
using Media.Flv;
using Media.Timing;
using TestKit;

namespace Media.Tests.Fuzz;

public sealed class FlvDemuxerFuzzTests
{
    [Fact]
    public void Any_tag_gives_a_frame_within_its_buffer_or_a_reason()
    {
        var pool = new BufferPool();
        var demuxer = new FlvDemuxer(new RtmpTimeline(), pool);
        using var leaks = new LeakCheck(pool);
        Fuzzer.Run(
            [
                FlvSamples.AvcHeader(), FlvSamples.AvcHeader(2), FlvSamples.AvcFrame(true), FlvSamples.AvcFrame(false, 80),
                FlvSamples.AacHeader, FlvSamples.AacFrame(), [0x90, .. "hvc1"u8, 0], [0x17, 2, 0, 0, 0],
            ],
            data =>
            {
                using PooledBuffer buffer = pool.RentCopy(data);
                foreach (MediaKind kind in new[] { MediaKind.Audio, MediaKind.Video })
                {
                    uint timestamp = data.Length > 3 ? BitConverter.ToUInt32(data) : 0;
                    if (demuxer.Demux(kind, timestamp, 0, buffer, 0, data.Length, out MediaFrame frame) != FlvDemuxResult.Frame)
                        continue;
                    Assert.True(frame.Data.Length > 0);
                    frame.Release();
                }
            });
    }
}
