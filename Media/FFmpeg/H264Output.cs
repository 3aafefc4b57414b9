using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Codecs;

namespace Media.FFmpeg;

/// <summary>
/// Makes canonical frames of what x264 gives out: 4-byte lengths instead of start codes; parameter sets go to the format,
/// SEI, delimiters and filler go away. One thread.
/// </summary>
internal sealed class H264Output(VideoEncoderSettings settings, TrackFormat? previous)
{
    /// <summary>What a frame may grow by: each 3-byte start code becomes a 4-byte length, and slices are few.</summary>
    public const int Slack = 256;

    private readonly List<ImmutableArray<byte>> _sets = [];

    public TrackFormat? Format { get; private set; } = previous;

    /// <summary>Writes the frame of one Annex B packet and returns its length.</summary>
    public int Write(ReadOnlySpan<byte> stream, Span<byte> destination)
    {
        _sets.Clear();
        int at = 0;
        var units = new AnnexBNalUnits(stream);
        while (units.MoveNext())
        {
            ReadOnlySpan<byte> unit = units.Current;
            int type = NalUnit.Type(unit[0]);
            if (type is NalUnit.SequenceParameterSet or NalUnit.PictureParameterSet) _sets.Add([.. unit]);
            if (type is not (NalUnit.NonIdrSlice or NalUnit.IdrSlice)) continue;
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], unit.Length);
            unit.CopyTo(destination[(at + NalUnit.LengthSize)..]);
            at += NalUnit.LengthSize + unit.Length;
        }

        if (_sets.Count >= 2) Update();
        return at;
    }

    private void Update()
    {
        ImmutableArray<byte> sps = _sets[0];
        if (sps.Length < 4) return;
        var format = new TrackFormat
        {
            Codec = Codec.H264, ClockRate = 90_000, Version = (Format?.Version ?? -1) + 1,
            Video = new VideoProperties(settings.Width, settings.Height, settings.FrameRate, sps[1], sps[2], sps[3]),
            Configuration = AvcConfiguration.Write([.. _sets]),
            ParameterSets = [.. _sets],
        };
        if (!format.SameAs(Format)) Format = format;
    }
}
