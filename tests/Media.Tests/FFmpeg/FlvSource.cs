using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Buffers;
using Media.Codecs;

namespace Media.Tests.FFmpeg;

/// <summary>The frames of an FLV file, as an RTMP ingest would hand them on: millisecond timestamps and all.</summary>
internal sealed class FlvSource
{
    private readonly List<(bool Video, byte[] Data, long Decode, long Presentation, bool Key)> _frames = [];
    private TrackFormat? _audio;
    private TrackFormat? _video;

    public FlvSource(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        for (int at = 13; at + 11 < file.Length;)
        {
            int size = (int)(BinaryPrimitives.ReadUInt32BigEndian(file[at..]) & 0xFFFFFF);
            uint low = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4)..]);
            Read(file[at] & 31, file.Slice(at + 11, size), (low >> 8) | (low << 24));
            at += 11 + size + 4;
        }
    }

    /// <summary>What the ADTS-free AAC says of itself.</summary>
    public TrackFormat Audio => _audio!;

    public TrackFormat Video => _video!;

    public int AudioFrames => _frames.Count(f => !f.Video);

    /// <summary>When the sound begins after the picture, in seconds.</summary>
    public double StartOffset => (_frames.Where(f => !f.Video).Min(f => f.Presentation) - _frames.Where(f => f.Video).Min(f => f.Presentation)) / 1000.0;

    /// <summary>From the first presentation to the last, in seconds.</summary>
    public double Duration => (_frames.Max(f => f.Presentation) - _frames.Min(f => f.Presentation)) / 1000.0;

    public int VideoFrames => _frames.Count(f => f.Video);

    /// <summary>Hands each frame of one kind to <paramref name="take"/>, in file order.</summary>
    public void Play(MediaKind kind, BufferPool pool, TrackFormat format, Action<MediaFrame> take)
    {
        foreach (var frame in _frames.Where(f => f.Video == (kind == MediaKind.Video)))
        {
            using PooledBuffer buffer = pool.RentCopy(frame.Data);
            long decode = frame.Decode * format.ClockRate / 1000, presentation = frame.Presentation * format.ClockRate / 1000;
            take(new MediaFrame(format, buffer, 0, frame.Data.Length, decode, presentation, frame.Key));
        }
    }

    /// <summary>Both kinds in file order, each in its own format.</summary>
    public void PlayAll(BufferPool pool, Action<MediaKind, MediaFrame> take)
    {
        foreach (var frame in _frames)
        {
            using PooledBuffer buffer = pool.RentCopy(frame.Data);
            TrackFormat format = frame.Video ? Video : Audio;
            long decode = frame.Decode * format.ClockRate / 1000, presentation = frame.Presentation * format.ClockRate / 1000;
            take(format.Kind, new MediaFrame(format, buffer, 0, frame.Data.Length, decode, presentation, frame.Key));
        }
    }

    private void Read(int type, ReadOnlySpan<byte> body, long time)
    {
        if (type == 8 && body[1] == 0) _audio = AudioFormat(body[2..]);
        else if (type == 8) _frames.Add((false, body[2..].ToArray(), time, time, true));
        else if (type == 9 && body[1] == 0) _video = VideoFormat(body[5..]);
        else if (type == 9 && body[1] == 1)
        {
            int shift = (int)(BinaryPrimitives.ReadUInt32BigEndian(body[1..]) << 8) >> 8;
            _frames.Add((true, body[5..].ToArray(), time, time + shift, body[0] >> 4 == 1));
        }
    }

    private static TrackFormat AudioFormat(ReadOnlySpan<byte> configuration)
    {
        int[] rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000];
        int bits = BinaryPrimitives.ReadUInt16BigEndian(configuration);
        int channels = (bits >> 3) & 15;
        return new TrackFormat
        {
            Codec = Codec.Aac, ClockRate = rates[(bits >> 7) & 15], Channels = channels,
            Configuration = [.. configuration],
        };
    }

    private static VideoProperties Properties(ReadOnlySpan<byte> sps) =>
        SequenceParameterSet.TryParse(sps, out SequenceParameterSet? parsed) ? parsed!.ToVideoProperties() : throw new InvalidDataException();

    private static TrackFormat VideoFormat(ReadOnlySpan<byte> avcc)
    {
        int spsSize = BinaryPrimitives.ReadUInt16BigEndian(avcc[6..]);
        ReadOnlySpan<byte> pps = avcc[(8 + spsSize)..];
        return new TrackFormat
        {
            Codec = Codec.H264, ClockRate = 90000, Configuration = [.. avcc], Video = Properties(avcc.Slice(8, spsSize)),
            ParameterSets =
            [
                ImmutableArray.Create(avcc.Slice(8, spsSize)),
                ImmutableArray.Create(pps.Slice(3, BinaryPrimitives.ReadUInt16BigEndian(pps[1..]))),
            ],
        };
    }
}
