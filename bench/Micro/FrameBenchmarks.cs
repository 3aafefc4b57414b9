using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Media;
using Media.Buffers;
using Media.Flv;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Timing;

namespace Bench.Micro;

/// <summary>What happens to each frame of an RTMP publisher, once for all viewers.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private const int FrameLength = 10_000;
    private const int TagHeaderLength = 5;

    private static readonly byte[] s_configuration =
    [
        0x17, 0, 0, 0, 0, 1, 0x64, 0x00, 0x1E, 0xFF, 0xE1, 0, 23,
        .. Convert.FromHexString("6764001EACD940A02FF9610000030001000003003284"), 0, 1, 0, 6, .. Convert.FromHexString("68EBE3CB22C0"),
    ];

    private static readonly TrackFormat s_format = new()
    {
        Codec = Codec.H264, ClockRate = 90_000, Video = new VideoProperties(1280, 720, 30, Profile: 66),
        ParameterSets = [[0x67, 0x42, 0xC0, 0x1F], [0x68, 0xCE, 0x3C, 0x80]],
    };

    private readonly BufferPool _pool = new();
    private readonly FlvDemuxer _demuxer;
    private readonly H264Packetizer _packetizer = new();
    private readonly PooledBuffer _tag;
    private readonly PooledBuffer _frame;
    private uint _time;

    public FrameBenchmarks()
    {
        _demuxer = new FlvDemuxer(new RtmpTimeline(), _pool);
        _tag = _pool.Rent(TagHeaderLength + FrameLength);
        _frame = _pool.Rent(FrameLength);
    }

    [GlobalSetup]
    public void Setup()
    {
        using PooledBuffer configuration = _pool.RentCopy(s_configuration);
        _demuxer.Demux(MediaKind.Video, 0, 0, configuration, 0, configuration.Length, out _);
        WriteSlice(_frame.Span);
        byte[] header = [0x27, 1, 0, 0, 0];
        header.CopyTo(_tag.Span);
        WriteSlice(_tag.Span[TagHeaderLength..]);
    }

    [GlobalCleanup]
    public void Cleanup() => _packetizer.Dispose();

    [Benchmark]
    public long DemuxFlv()
    {
        _time += 33;
        FlvDemuxResult result = _demuxer.Demux(MediaKind.Video, _time, _time * TimeSpan.TicksPerMillisecond, _tag, 0, _tag.Length, out MediaFrame frame);
        if (result == FlvDemuxResult.Frame) frame.Release();
        return _time;
    }

    [Benchmark]
    public int Packetize()
    {
        _time += 33;
        var output = new Counter();
        _packetizer.Packetize(new MediaFrame(s_format, _frame, 0, FrameLength, _time, _time, false), ref output);
        return output.Count;
    }

    private static void WriteSlice(Span<byte> frame)
    {
        frame.Fill(0x55);
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        frame[4] = 0x41;
        frame[5] = 0x9A;
    }

    private struct Counter : IPacketOutput
    {
        public int Count;

        public void Write(in RtpPacket packet) => Count++;
    }
}
