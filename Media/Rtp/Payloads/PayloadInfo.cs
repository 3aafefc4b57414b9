namespace Media.Rtp.Payloads;

/// <summary>
/// What the first bytes of a payload tell of the frame that it belongs to, and where the counters stand that a rewriter
/// has to carry on when it changes the source. Offsets count from the start of the payload; 0 = not there.
/// </summary>
public readonly record struct PayloadInfo
{
    /// <summary>
    /// VP8 and VP9: the first packet of a frame (of a layer's frame for VP9). H.264 and AV1: begins with a unit and not in
    /// the middle of one; which unit is the first of a frame only the timestamp tells.
    /// </summary>
    public bool StartsFrame { get; init; }

    /// <summary>The last packet of a layer's frame; VP9 only.</summary>
    public bool EndsFrame { get; init; }

    /// <summary>
    /// Begins, or with H.264 and AV1 belongs to the beginning of, a frame that can be decoded without an earlier one:
    /// several packets of one timestamp may say so, of which the first counts.
    /// </summary>
    public bool StartsKeyframe { get; init; }

    /// <summary>No other frame refers to this one.</summary>
    public bool IsDiscardable { get; init; }

    public byte SpatialId { get; init; }

    public byte TemporalId { get; init; }

    /// <summary>A receiver of lower temporal layers may go on to this one here (VP8: Y, VP9: U).</summary>
    public bool IsSwitchingPoint { get; init; }

    /// <summary>VP9: refers to the spatial layer below of the same picture (D).</summary>
    public bool IsInterLayerPredicted { get; init; }

    public int PictureId { get; init; }

    public byte PictureIdOffset { get; init; }

    /// <summary>1 = 7 bits, 2 = 15 bits with the highest bit of the first byte set.</summary>
    public byte PictureIdLength { get; init; }

    public byte Tl0PicIdx { get; init; }

    public byte Tl0PicIdxOffset { get; init; }

    /// <summary>VP8: the low five bits of the byte at <see cref="KeyIdxOffset"/>.</summary>
    public byte KeyIdx { get; init; }

    public byte KeyIdxOffset { get; init; }

    /// <summary>Where the codec's own data begins.</summary>
    public int DescriptorLength { get; init; }
}
