using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.FFmpeg;

/// <summary>
/// Makes canonical frames of what x264 gives out: 4-byte lengths instead of start codes; parameter sets go to the format,
/// SEI, delimiters and filler go away. One thread.
/// </summary>
internal sealed class H264Output(VideoEncoderSettings settings, TrackFormat? previous)
{
    /// <summary>What a frame may grow by: each 3-byte start code becomes a 4-byte length, and slices are few.</summary>
    public const int Slack = 256;

    // ITU-T H.264 table 7-1
    private const int Sei = 6, SequenceSet = 7, PictureSet = 8, Delimiter = 9, Filler = 12;

    private readonly List<byte[]> _sets = [];

    public TrackFormat? Format { get; private set; } = previous;

    /// <summary>Writes the frame of one Annex B packet and returns its length.</summary>
    public int Write(ReadOnlySpan<byte> stream, Span<byte> destination)
    {
        _sets.Clear();
        int at = 0;
        while (AnnexB.TryReadUnit(ref stream, out ReadOnlySpan<byte> unit))
        {
            if (unit.IsEmpty) continue;
            int type = unit[0] & 31;
            if (type is SequenceSet or PictureSet) _sets.Add(unit.ToArray());
            if (type is Sei or SequenceSet or PictureSet or Delimiter or Filler) continue;
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], unit.Length);
            unit.CopyTo(destination[(at + 4)..]);
            at += 4 + unit.Length;
        }

        if (_sets.Count >= 2) Update();
        return at;
    }

    private void Update()
    {
        byte[] sps = _sets[0], pps = _sets[1];
        if (sps.Length < 4) return;
        var format = new TrackFormat
        {
            Codec = Codec.H264, ClockRate = 90_000, Version = (Format?.Version ?? -1) + 1,
            Video = new VideoProperties(settings.Width, settings.Height, settings.FrameRate, sps[1], sps[2], sps[3]),
            Configuration = Configuration(sps, pps),
            ParameterSets = [.. _sets.Select(set => ImmutableArray.Create(set))],
        };
        if (!format.SameAs(Format)) Format = format;
    }

    /// <summary>AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1.</summary>
    private static ImmutableArray<byte> Configuration(byte[] sps, byte[] pps) =>
    [
        1, sps[1], sps[2], sps[3], 0xFF, 0xE1, (byte)(sps.Length >> 8), (byte)sps.Length, .. sps,
        1, (byte)(pps.Length >> 8), (byte)pps.Length, .. pps,
    ];
}
