using System.Buffers.Binary;

namespace Media.Flv;

/// <summary>FLV specification E.4.3.1, CodecID.</summary>
public enum FlvVideoCodec : byte
{
    Jpeg = 1,
    SorensonH263 = 2,
    ScreenVideo = 3,
    Vp6 = 4,
    Vp6Alpha = 5,
    ScreenVideo2 = 6,
    Avc = 7,
    HevcChinese = 12,

    /// <summary>Enhanced RTMP: the codec is <see cref="FlvVideoTag.FourCc"/>.</summary>
    Enhanced = 255,
}

/// <summary>FLV specification E.4.3.1, AVCPacketType.</summary>
public enum FlvPacketType : byte
{
    SequenceHeader = 0,
    Frame = 1,
    EndOfSequence = 2,
}

/// <summary>The header of a video tag's body, which is also the body of an RTMP video message.</summary>
public readonly record struct FlvVideoTag
{
    public bool IsKeyframe { get; private init; }

    /// <summary>Frame type 5: a player command that carries no picture.</summary>
    public bool IsCommand { get; private init; }

    public FlvVideoCodec Codec { get; private init; }

    /// <summary>The codec's four letters in enhanced RTMP, big-endian; else 0.</summary>
    public uint FourCc { get; private init; }

    /// <summary>Meaningful for AVC only.</summary>
    public FlvPacketType PacketType { get; private init; }

    /// <summary>Presentation minus decode time in milliseconds.</summary>
    public int CompositionTime { get; private init; }

    /// <summary>Where the codec's own data begins in the body.</summary>
    public int DataOffset { get; private init; }

    //   0 1 2 3 4 5 6 7  8             16                      40
    //  +-+-----+-------+---------------+-----------------------+------
    //  |E|frame| codec | AVCPacketType | CompositionTime (s24) | data     E = enhanced: FourCC follows instead
    //  +-+-----+-------+---------------+-----------------------+------
    public static bool TryParse(ReadOnlySpan<byte> body, out FlvVideoTag tag)
    {
        tag = default;
        if (body.IsEmpty) return false;
        int frameType = (body[0] >> 4) & 7;
        bool isKeyframe = frameType is 1 or 4;
        bool isCommand = frameType == 5;
        if ((body[0] & 0x80) != 0) return TryParseEnhanced(body, isKeyframe, isCommand, out tag);
        var codec = (FlvVideoCodec)(body[0] & 0x0F);
        if (codec != FlvVideoCodec.Avc || isCommand)
        {
            tag = new FlvVideoTag { IsKeyframe = isKeyframe, IsCommand = isCommand, Codec = codec, DataOffset = 1 };
            return true;
        }

        if (body.Length < 2) return false;
        // The end-of-sequence message of some encoders stops after its type.
        if (body.Length < 5 && body[1] != (byte)FlvPacketType.EndOfSequence) return false;
        tag = new FlvVideoTag
        {
            IsKeyframe = isKeyframe,
            Codec = codec,
            PacketType = (FlvPacketType)body[1],
            CompositionTime = body.Length < 5 ? 0 : ReadInt24(body[2..]),
            DataOffset = Math.Min(5, body.Length),
        };
        return true;
    }

    // Enhanced RTMP v1, "Defining Additional Video Codecs": the low four bits are a packet type, then comes the FourCC.
    private static bool TryParseEnhanced(ReadOnlySpan<byte> body, bool isKeyframe, bool isCommand, out FlvVideoTag tag)
    {
        tag = default;
        if (body.Length < 5) return false;
        tag = new FlvVideoTag
        {
            IsKeyframe = isKeyframe,
            IsCommand = isCommand,
            Codec = FlvVideoCodec.Enhanced,
            FourCc = BinaryPrimitives.ReadUInt32BigEndian(body[1..]),
            DataOffset = 5,
        };
        return true;
    }

    private static int ReadInt24(ReadOnlySpan<byte> bytes) =>
        ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8)) >> 8;
}
