using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>
/// Brings the access units of one H.264 stream into the canonical form of <see cref="MediaFrame"/>: slices and SEI behind
/// 4-byte lengths, the parameter sets out of the sequence header and out of the stream itself in <see cref="Format"/>
/// (the newest of each id wins), delimiters, filler and end marks gone. One thread.
/// </summary>
public sealed class H264Stream
{
    private const int VideoClockRate = 90_000;

    private readonly ParameterSetStore _sets = new();
    private int _activeSequence = -1;
    private bool _changed;

    /// <summary>
    /// Null until a sequence and a picture parameter set are known. Another instance with a higher version after each
    /// change: read it anew for every frame, after the call that normalized it.
    /// </summary>
    public TrackFormat? Format { get; private set; }

    /// <summary>The sequence parameter set in use; null as long as <see cref="Format"/> is.</summary>
    public SequenceParameterSet? Sequence { get; private set; }

    /// <summary>Bytes of the length before each NAL unit of the input, as the sequence header says.</summary>
    public int LengthSize { get; private set; } = NalUnit.LengthSize;

    /// <summary>Takes an AVCDecoderConfigurationRecord up. False: it is malformed, and nothing was changed.</summary>
    public bool TryConfigure(ReadOnlySpan<byte> avcC)
    {
        if (!AvcConfiguration.TryParse(avcC, out AvcConfiguration? configuration)) return false;
        foreach (ImmutableArray<byte> set in configuration!.SequenceParameterSets)
            if (!SequenceParameterSet.TryParse(set.AsSpan(), out _)) return false;
        LengthSize = configuration.LengthSize;
        bool added = true;
        foreach (ImmutableArray<byte> set in configuration.SequenceParameterSets) added &= TryAddSet(set.AsSpan());
        foreach (ImmutableArray<byte> set in configuration.PictureParameterSets) added &= TryAddSet(set.AsSpan());
        UpdateFormat();
        return added;
    }

    /// <summary>
    /// Room that the normalized form of a length-prefixed access unit needs at most; more than the input only where its
    /// lengths are shorter than 4 bytes.
    /// </summary>
    public int MaxNormalizedLength(ReadOnlySpan<byte> accessUnit)
    {
        if (LengthSize == NalUnit.LengthSize) return accessUnit.Length;
        int length = 0;
        var units = new LengthPrefixedNalUnits(accessUnit, LengthSize);
        while (units.MoveNext()) length += NalUnit.LengthSize + units.Length;
        return length;
    }

    /// <summary>
    /// Normalizes one access unit in place. Only for inputs with 4-byte lengths (<see cref="LengthSize"/>): there it never
    /// needs more room.
    /// </summary>
    /// <param name="length">What is left; 0 where the unit held no slice and no SEI: no frame then.</param>
    /// <param name="isKeyframe">It holds an IDR picture.</param>
    /// <param name="isDiscardable">No picture refers to it: every slice has nal_ref_idc 0.</param>
    /// <returns>False: malformed; the content is then undefined.</returns>
    public bool TryNormalize(Span<byte> accessUnit, out int length, out bool isKeyframe, out bool isDiscardable)
    {
        if (LengthSize == NalUnit.LengthSize)
            return TryNormalize(accessUnit, accessUnit, out length, out isKeyframe, out isDiscardable);
        length = 0;
        isKeyframe = isDiscardable = false;
        return false;
    }

    /// <summary>
    /// The same into another place, which holds <see cref="MaxNormalizedLength"/> bytes and does not overlap the source
    /// (or is exactly the source, with 4-byte lengths).
    /// </summary>
    public bool TryNormalize(
        ReadOnlySpan<byte> accessUnit, Span<byte> destination, out int length, out bool isKeyframe, out bool isDiscardable)
    {
        var output = new FrameWriter(destination);
        var units = new LengthPrefixedNalUnits(accessUnit, LengthSize);
        while (!output.IsFaulty && units.MoveNext()) Take(units.Current, ref output);
        return Finish(output, units.IsMalformed, out length, out isKeyframe, out isDiscardable);
    }

    /// <summary>Room that the normalized form of a byte stream with start codes needs at most.</summary>
    public static int MaxNormalizedLengthAnnexB(ReadOnlySpan<byte> accessUnit)
    {
        int length = 0;
        var units = new AnnexBNalUnits(accessUnit);
        while (units.MoveNext()) length += NalUnit.LengthSize + units.Length;
        return length;
    }

    /// <summary>Normalizes one access unit of a byte stream with start codes, as encoders give it.</summary>
    public bool TryNormalizeAnnexB(
        ReadOnlySpan<byte> accessUnit, Span<byte> destination, out int length, out bool isKeyframe, out bool isDiscardable)
    {
        var output = new FrameWriter(destination);
        var units = new AnnexBNalUnits(accessUnit);
        while (!output.IsFaulty && units.MoveNext()) Take(units.Current, ref output);
        return Finish(output, false, out length, out isKeyframe, out isDiscardable);
    }

    private void Take(ReadOnlySpan<byte> nal, ref FrameWriter output)
    {
        int type = NalUnit.Type(nal[0]);
        if (type is NalUnit.SequenceParameterSet or NalUnit.PictureParameterSet)
        {
            if (!TryAddSet(nal)) output.IsFaulty = true;
            return;
        }

        if (!NalUnit.BelongsInFrame(type)) return;
        if (type == NalUnit.IdrSlice) FollowActiveSequence(nal);
        output.Write(nal, type);
    }

    private bool Finish(
        in FrameWriter output, bool malformed, out int length, out bool isKeyframe, out bool isDiscardable)
    {
        UpdateFormat();
        length = output.Length;
        isKeyframe = output.HasIdr;
        isDiscardable = output.HasSlice && !output.HasReference;
        return !malformed && !output.IsFaulty;
    }

    private bool TryAddSet(ReadOnlySpan<byte> nal)
    {
        if (!_sets.TryAdd(nal, out bool changed)) return false;
        _changed |= changed;
        return true;
    }

    private void FollowActiveSequence(ReadOnlySpan<byte> nal)
    {
        if (!SliceHeader.TryParse(nal, out SliceHeader header)) return;
        int sequence = _sets.SequenceOf(header.PictureParameterSetId);
        if (sequence < 0 || sequence == _activeSequence) return;
        _activeSequence = sequence;
        _changed = true;
    }

    private void UpdateFormat()
    {
        if (!_changed || !_sets.IsComplete) return;
        _changed = false;
        ImmutableArray<ImmutableArray<byte>> sets = _sets.ToArray();
        if (!_sets.TryGetSequence(_activeSequence, out ImmutableArray<byte> active)) active = sets[0];
        if (!SequenceParameterSet.TryParse(active.AsSpan(), out SequenceParameterSet? sequence)) return;
        Sequence = sequence;
        var format = new TrackFormat
        {
            Codec = Codec.H264,
            ClockRate = VideoClockRate,
            Version = Format is null ? 0 : Format.Version + 1,
            Video = sequence!.ToVideoProperties(),
            ParameterSets = sets,
            Configuration = AvcConfiguration.Write(sets),
        };
        if (!format.SameAs(Format)) Format = format;
    }

    /// <summary>Collects the units of one frame; where source and destination are the same, it never overtakes.</summary>
    private ref struct FrameWriter(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public bool HasIdr { get; private set; }

        public bool HasSlice { get; private set; }

        public bool HasReference { get; private set; }

        public bool IsFaulty { get; set; }

        public void Write(ReadOnlySpan<byte> nal, int type)
        {
            if (_destination.Length - Length < NalUnit.LengthSize + nal.Length)
            {
                IsFaulty = true;
                return;
            }

            byte header = nal[0];
            // The unit first: its new place may reach into the old one, but its new length may not.
            nal.CopyTo(_destination[(Length + NalUnit.LengthSize)..]);
            BinaryPrimitives.WriteInt32BigEndian(_destination[Length..], nal.Length);
            Length += NalUnit.LengthSize + nal.Length;
            if (type == NalUnit.Sei) return;
            HasSlice = true;
            HasIdr |= type == NalUnit.IdrSlice;
            HasReference |= NalUnit.RefIdc(header) != 0;
        }
    }
}
