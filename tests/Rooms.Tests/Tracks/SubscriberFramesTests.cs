using System.Buffers.Binary;
using Media;
using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;
using TestKit.Processes;

namespace Rooms.Tests.Tracks;

/// <summary>
/// What WebRTC publishes is on the bus as frames, too: a subscriber in the process gets the pictures that ffmpeg decodes
/// from the same packets.
/// </summary>
[Trait("Suite", "inprocess")]
public sealed class SubscriberFramesTests : IDisposable
{
    private const string Source = "-f lavfi -i testsrc2=s=320x180:r=15:d=2";
    private const int Pictures = 30;
    private const int SequenceHeader = 1, TemporalDelimiter = 2; // obu_type

    private readonly FfmpegRtp _ffmpeg = new();
    private readonly TestRoom _room = new();
    private readonly PublicationWriter _writer;

    public SubscriberFramesTests() => _writer = _room.PublishOrThrow();

    public void Dispose() => _ffmpeg.Dispose();

    [Theory]
    [InlineData(Codec.H264, "dump.h264", "-c:v libx264 -profile:v baseline -tune zerolatency -g 10 -x264-params slices=2")]
    [InlineData(Codec.Vp8, "dump.ivf", "-c:v libvpx -deadline realtime -lag-in-frames 0 -error-resilient 1 -g 10 -b:v 500k")]
    [InlineData(Codec.Vp9, "dump.ivf", "-c:v libvpx-vp9 -deadline realtime -lag-in-frames 0 -g 10 -b:v 500k -strict experimental")]
    public async Task Frames_decode_to_what_ffmpeg_decodes_from_the_same_packets(Codec codec, string name, string encoder)
    {
        List<byte[]> packets = await _ffmpeg.SendAsync($"{Source} {encoder}");
        string[] expected = await _ffmpeg.DecodePacketsAsync(packets);
        FrameDump dump = Forward(codec, packets.Select(Parse));
        dump.Save(_ffmpeg.PathOf(name));

        Assert.Equal(Pictures, expected.Length);
        Assert.Equal(expected, await _ffmpeg.DecodeFileAsync(name));
        AssertTimes(dump, 6000);
    }

    [Fact]
    public async Task Frames_of_AV1_decode_to_what_the_encoder_wrote()
    {
        // This ffmpeg neither sends nor takes AV1 by RTP; the test cuts the packets.
        string file = _ffmpeg.PathOf("source.ivf");
        await ChildProcess.RunAsync(
            "ffmpeg", ["-hide_banner", "-loglevel", "error", .. Source.Split(' '), "-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-g", "10", file]);
        FrameDump dump = Forward(Codec.Av1, Av1Packets(await File.ReadAllBytesAsync(file)));
        dump.Save(_ffmpeg.PathOf("dump.ivf"));

        string[] expected = await _ffmpeg.DecodeFileAsync("source.ivf");
        Assert.Equal(Pictures, expected.Length);
        Assert.Equal(expected, await _ffmpeg.DecodeFileAsync("dump.ivf"));
        AssertTimes(dump, 6000);
    }

    [Fact]
    public async Task Sound_is_the_packets_own_and_none_is_missing()
    {
        List<byte[]> packets = await _ffmpeg.SendAsync("-f lavfi -i sine=frequency=1000:sample_rate=48000:d=2 -c:a libopus -application lowdelay");
        FrameDump dump = Forward(Codec.Opus, packets.Select(Parse));

        // Nobody takes the first packet, which makes the track, as frames; all others come, and wait for no report.
        Assert.Equal(packets.Skip(1).Select(packet => packet[12..]), dump.Payloads);
        AssertTimes(dump, 960, first: 960);
    }

    /// <summary>The packets through a publication, to a subscriber that takes frames.</summary>
    private FrameDump Forward(Codec codec, IEnumerable<Sent> packets)
    {
        bool isAudio = codec.Kind() == MediaKind.Audio;
        var format = new TrackFormat { Codec = codec, ClockRate = isAudio ? 48_000 : 90_000, Channels = isAudio ? 2 : 0 };
        var encoding = new TestEncoding(_room, _writer, format: format);
        var dump = new FrameDump();
        bool isTaken = false;
        long first = -1;
        foreach (Sent packet in packets)
        {
            first = first < 0 ? packet.Timestamp : first;
            // It arrives when it was sent.
            long due = (packet.Timestamp - first) * MonotonicClock.TicksPerSecond / format.ClockRate;
            if (due > _room.Test.Now) _room.Test.Advance(TimeSpan.FromTicks(due - _room.Test.Now));
            Assert.True(encoding.Write(packet.Number, packet.Payload, packet.Marker, packet.Timestamp));
            if (isTaken || _writer.Publication.Track(format.Kind) is null) continue;
            isTaken = true;
            ((FrameTrack)_writer.Publication.Views.Find(new TrackShape(TrackForm.Frames, codec)).Track!).Subscribe(dump, replayCache: true);
        }

        _room.Test.AdvanceMilliseconds(500);
        return dump;
    }

    /// <summary>The clock is right from the first packet on: no frame's time differs from its sender's distances.</summary>
    private static void AssertTimes(FrameDump dump, long distance, long first = 0)
    {
        long[] times = [.. dump.Times];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(distance, pair.Second - pair.First));
        Assert.Equal(first, times[0]);
    }

    private static Sent Parse(byte[] packet)
    {
        Assert.True(RtpHeader.TryParse(packet, out RtpHeader header));
        // Two seconds: nothing wraps that did not begin near its end.
        return new Sent(
            BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)) + 0x10000L, BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)),
            header.Marker, packet[12..]);
    }

    /// <summary>Each OBU of an IVF file without its size, in packets of one element or a part of one (W = 1).</summary>
    private static IEnumerable<Sent> Av1Packets(byte[] file)
    {
        long number = 1;
        for (int at = 32, picture = 0; at + 12 <= file.Length; picture++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
            List<byte[]> payloads = Av1Payloads(file.AsSpan(at + 12, length), isFirst: true);
            at += 12 + length;
            for (int i = 0; i < payloads.Count; i++) yield return new Sent(number++, 6000L * picture, i == payloads.Count - 1, payloads[i]);
        }
    }

    private static List<byte[]> Av1Payloads(ReadOnlySpan<byte> unit, bool isFirst)
    {
        const int Most = 600;
        var payloads = new List<byte[]>();
        while (!unit.IsEmpty)
        {
            // obu_header: type (4 bits), extension, has_size; here without extension and with a size (AV1 §5.3)
            int type = (unit[0] >> 3) & 15;
            int size = 0, header = 1;
            for (int shift = 0; ; shift += 7)
            {
                byte next = unit[header++];
                size |= (next & 0x7F) << shift;
                if (next < 0x80) break;
            }

            byte[] element = [(byte)(unit[0] & ~2), .. unit.Slice(header, size)];
            unit = unit[(header + size)..];
            if (type == TemporalDelimiter) continue;
            for (int at = 0; at < element.Length; at += Most)
            {
                int part = Math.Min(Most, element.Length - at);
                bool starts = isFirst && type == SequenceHeader;
                // Z: goes on with an element, Y: is gone on with, W: one element, N: a sequence begins
                payloads.Add([(byte)((at > 0 ? 0x80 : 0) | (at + part < element.Length ? 0x40 : 0) | 0x10 | (starts ? 8 : 0)), .. element.AsSpan(at, part)]);
                isFirst = false;
            }
        }

        return payloads;
    }

    private sealed record Sent(long Number, long Timestamp, bool Marker, byte[] Payload);
}
