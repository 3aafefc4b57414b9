using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>
/// Brings the access units of one H.265 stream into the canonical form of <see cref="MediaFrame"/>, as <see cref="H264Stream"/>
/// does: slices and SEI behind 4-byte lengths, the parameter sets in <see cref="Format"/>. One thread.
/// </summary>
public sealed class H265Stream
{
    private const int VideoClockRate = 90_000;
    private const int MaxSetBytes = 32 << 10; // as in H.264: sets are sent before each keyframe

    private readonly SortedList<int, ImmutableArray<byte>> _sets = [];
    private bool _changed;

    /// <summary>Null until video, sequence and picture sets are known; a higher version after each change.</summary>
    public TrackFormat? Format { get; private set; }

    /// <summary>Bytes of the length before each NAL unit of the input, as the record says.</summary>
    public int LengthSize { get; private set; } = NalUnit.LengthSize;

    /// <summary>Takes an HEVCDecoderConfigurationRecord up. False: it is malformed, and nothing was changed.</summary>
    public bool TryConfigure(ReadOnlySpan<byte> hvcC)
    {
        if (!H265Configuration.TryParse(hvcC, out H265Configuration? configuration)) return false;
        LengthSize = configuration!.LengthSize;
        bool added = true;
        foreach (ImmutableArray<byte> set in configuration.ParameterSets) added &= TryAddSet(set.AsSpan());
        UpdateFormat();
        return added;
    }

    /// <summary>Room that the normalized form of a length-prefixed access unit needs at most.</summary>
    public int MaxNormalizedLength(ReadOnlySpan<byte> accessUnit)
    {
        if (LengthSize == NalUnit.LengthSize) return accessUnit.Length;
        int length = 0;
        var units = new LengthPrefixedNalUnits(accessUnit, LengthSize);
        while (units.MoveNext()) length += NalUnit.LengthSize + units.Length;
        return length;
    }

    /// <summary>
    /// Normalizes one access unit into a place of <see cref="MaxNormalizedLength"/> bytes, which may be the source itself where
    /// <see cref="LengthSize"/> is 4.
    /// </summary>
    /// <param name="isKeyframe">It holds an IRAP picture.</param>
    /// <returns>False: malformed; the content is then undefined.</returns>
    public bool TryNormalize(ReadOnlySpan<byte> accessUnit, Span<byte> destination, out int length, out bool isKeyframe)
    {
        length = 0;
        isKeyframe = false;
        bool isGood = true;
        var units = new LengthPrefixedNalUnits(accessUnit, LengthSize);
        while (units.MoveNext())
        {
            ReadOnlySpan<byte> nal = units.Current;
            if (nal.Length < H265NalUnit.HeaderLength) continue;
            int type = H265NalUnit.Type(nal[0]);
            if (H265NalUnit.IsParameterSet(type)) isGood &= TryAddSet(nal);
            if (!H265NalUnit.BelongsInFrame(type)) continue;
            isKeyframe |= H265NalUnit.IsRandomAccess(type);
            // The unit first: its new place may reach into the old one, but its new length may not.
            int size = nal.Length;
            nal.CopyTo(destination[(length + NalUnit.LengthSize)..]);
            BinaryPrimitives.WriteInt32BigEndian(destination[length..], size);
            length += NalUnit.LengthSize + size;
        }

        UpdateFormat();
        return isGood && !units.IsMalformed;
    }

    private bool TryAddSet(ReadOnlySpan<byte> nal)
    {
        int type = H265NalUnit.Type(nal[0]);
        if (!TryReadId(nal, type, out uint id)) return false;
        int key = (type << 8) | (int)id;
        if (_sets.TryGetValue(key, out ImmutableArray<byte> known) && known.AsSpan().SequenceEqual(nal)) return true;
        int total = _sets.Values.Sum(set => set.Length) - (known.IsDefault ? 0 : known.Length);
        if (total + nal.Length > MaxSetBytes) return false;
        _sets[key] = [.. nal];
        _changed = true;
        return true;
    }

    // §7.3.2.1, §7.3.2.2, §7.3.2.3
    private static bool TryReadId(ReadOnlySpan<byte> nal, int type, out uint id)
    {
        id = 0;
        if (type == H265NalUnit.SequenceParameterSet)
        {
            bool isSet = H265SequenceParameterSet.TryParse(nal, out H265SequenceParameterSet? sps);
            if (isSet) id = (uint)sps!.Id;
            return isSet;
        }

        var bits = new BitReader(nal[H265NalUnit.HeaderLength..], skipEmulationPrevention: true);
        id = type == H265NalUnit.VideoParameterSet ? bits.Read(4) : bits.ReadUnsignedGolomb();
        return !bits.IsOverrun && id <= 63;
    }

    private void UpdateFormat()
    {
        if (!_changed) return;
        _changed = false;
        ImmutableArray<ImmutableArray<byte>> sets = [.. _sets.Values];
        H265SequenceParameterSet? sps = null;
        bool hasPicture = false;
        foreach (ImmutableArray<byte> set in sets)
        {
            if (sps is null && H265SequenceParameterSet.TryParse(set.AsSpan(), out H265SequenceParameterSet? parsed)) sps = parsed;
            hasPicture |= H265NalUnit.Type(set[0]) == H265NalUnit.PictureParameterSet;
        }

        if (sps is null || !hasPicture) return;
        Format = new TrackFormat
        {
            Codec = Codec.H265,
            ClockRate = VideoClockRate,
            Version = Format is null ? 0 : Format.Version + 1,
            Video = sps.ToVideoProperties(),
            ParameterSets = sets,
            Configuration = H265Configuration.Write(sets),
        };
    }
}
