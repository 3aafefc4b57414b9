using Media.Buffers;
using Media.Codecs;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public sealed class H265DepacketizerTests : IDisposable
{
    // x265, 320x180, Main
    private const string Vps = "40010C01FFFF01600000030090000003000003003C959809";
    private const string Sps = "42010101600000030090000003000003003CA00A080B9F796566924CAF016808000003000800000300C840";
    private const string Pps = "4401C172B46240";

    private readonly BufferPool _pool = new();
    private readonly H265Depacketizer _depacketizer;
    private long _number;

    public H265DepacketizerTests() => _depacketizer = new H265Depacketizer(_pool);

    private static byte[] Sets => [0x60, 0x01, .. Sized(Vps), .. Sized(Sps), .. Sized(Pps)];

    public void Dispose()
    {
        _depacketizer.Dispose();
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void An_aggregation_and_fragments_become_one_keyframe()
    {
        Assert.Null(Take(Sets, 1));
        Assert.Null(Take([0x62, 0x01, 0x93, 0xaf, 1, 2], 1));
        Assert.Null(Take([0x62, 0x01, 0x13, 3, 4], 1));
        byte[] frame = Take([0x62, 0x01, 0x53, 5, 6], 1, marker: true)!;
        Assert.Equal([0, 0, 0, 9, 0x26, 0x01, 0xaf, 1, 2, 3, 4, 5, 6], frame);
        Assert.True(_isKeyframe);
        Assert.Equal((320, 180), (_format!.Video!.Width, _format.Video.Height));
        Assert.Equal(3, _format.ParameterSets.Length);
        Assert.NotEmpty(_format.Configuration);
    }

    [Fact]
    public void A_single_unit_is_a_frame_and_its_type_tells_whether_it_can_be_left_out()
    {
        Take(Sets, 1);
        Take([0x26, 0x01, 0xaf, 1], 1, marker: true);
        Assert.Equal([0, 0, 0, 4, 0x02, 0x01, 0xd0, 7], Take([0x02, 0x01, 0xd0, 7], 2, marker: true));
        Assert.False(_isDiscardable);
        Take([0x00, 0x01, 0xd0, 8], 3, marker: true);
        Assert.True(_isDiscardable);
    }

    [Fact]
    public void A_missing_fragment_costs_its_frame_only()
    {
        Take(Sets, 1);
        Take([0x26, 0x01, 0xaf, 1], 1, marker: true);
        Take([0x62, 0x01, 0x81, 0xd0, 1], 2);
        _number++;
        Assert.Null(Take([0x62, 0x01, 0x41, 2], 2, marker: true));
        Assert.Equal(1, _depacketizer.DroppedFrames);
        Assert.NotNull(Take([0x02, 0x01, 0xd0, 7], 3, marker: true));
    }

    [Fact]
    public void Nothing_comes_out_before_the_parameter_sets()
    {
        Assert.Null(Take([0x26, 0x01, 0xaf, 1], 1, marker: true));
        Assert.Equal(1, _depacketizer.DroppedFrames);
    }

    [Theory]
    [InlineData("6201", false, false)]          // no fragment
    [InlineData("620193AF", true, true)]        // first fragment of an IDR picture
    [InlineData("620113AF", false, false)]      // a later one
    [InlineData("0201D0", true, false)]         // a slice
    [InlineData("2A01AF", true, true)]          // CRA
    [InlineData("400110", true, true)]          // VPS
    [InlineData("6400AF", false, false)]        // PACI, and temporal id 0 is forbidden
    public void Inspection_finds_keyframes(string payload, bool startsFrame, bool startsKeyframe)
    {
        PayloadInspector.TryInspect(Codec.H265, Convert.FromHexString(payload), out PayloadInfo info);
        Assert.Equal((startsFrame, startsKeyframe), (info.StartsFrame, info.StartsKeyframe));
    }

    [Fact]
    public void The_size_is_told_by_an_aggregation_and_by_a_single_set()
    {
        Assert.True(PayloadInspector.TryInspect(Codec.H265, Sets, out PayloadInfo info) && info.StartsKeyframe);
        Assert.Equal(320, KeyframeProperties.Read(Codec.H265, Sets)!.Width);
        Assert.Equal(180, KeyframeProperties.Read(Codec.H265, Convert.FromHexString(Sps))!.Height);
        Assert.Null(KeyframeProperties.Read(Codec.H265, Convert.FromHexString(Vps)));
    }

    private bool _isKeyframe;
    private bool _isDiscardable;
    private TrackFormat? _format;

    private static byte[] Sized(string hex)
    {
        byte[] unit = Convert.FromHexString(hex);
        return [(byte)(unit.Length >> 8), (byte)unit.Length, .. unit];
    }

    private byte[]? Take(byte[] payload, long timestamp, bool marker = false)
    {
        using PooledBuffer buffer = _pool.RentCopy(payload);
        var packet = new RtpPacket
        {
            Buffer = buffer, Offset = 0, Length = payload.Length, SequenceNumber = _number++, Timestamp = timestamp, Marker = marker,
        };
        if (!_depacketizer.TryDepacketize(packet, out MediaFrame frame)) return null;
        (_isKeyframe, _isDiscardable, _format) = (frame.IsKeyframe, frame.IsDiscardable, frame.Format);
        byte[] data = frame.Data.ToArray();
        frame.Release();
        return data;
    }
}
