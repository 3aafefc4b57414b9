using System.Buffers.Binary;

namespace Media.Flv;

/// <summary>FLV specification E.4.2.1, SoundFormat.</summary>
public enum FlvAudioCodec : byte
{
    LinearPcm = 0,
    Adpcm = 1,
    Mp3 = 2,
    LinearPcmLittleEndian = 3,
    Nellymoser16K = 4,
    Nellymoser8K = 5,
    Nellymoser = 6,
    G711ALaw = 7,
    G711MuLaw = 8,

    /// <summary>Enhanced RTMP: the codec is <see cref="FlvAudioTag.FourCc"/>.</summary>
    Enhanced = 9,
    Aac = 10,
    Speex = 11,
    Mp3At8K = 14,
    DeviceSpecific = 15,
}

/// <summary>The header of an audio tag's body, which is also the body of an RTMP audio message.</summary>
public readonly record struct FlvAudioTag
{
    public FlvAudioCodec Codec { get; private init; }

    /// <summary>The codec's four letters in enhanced RTMP, big-endian; else 0.</summary>
    public uint FourCc { get; private init; }

    /// <summary>Meaningful for AAC only, whose rate and channels stand in its sequence header and not here.</summary>
    public FlvPacketType PacketType { get; private init; }

    /// <summary>Where the codec's own data begins in the body.</summary>
    public int DataOffset { get; private init; }

    //   0 1 2 3  4 5  6   7    8               16
    //  +--------+----+----+---+---------------+------
    //  | format |rate|size|ch | AACPacketType | data
    //  +--------+----+----+---+---------------+------
    public static bool TryParse(ReadOnlySpan<byte> body, out FlvAudioTag tag)
    {
        tag = default;
        if (body.IsEmpty) return false;
        var codec = (FlvAudioCodec)(body[0] >> 4);
        switch (codec)
        {
            case FlvAudioCodec.Aac when body.Length < 2:
            case FlvAudioCodec.Enhanced when body.Length < 5:
                return false;
            case FlvAudioCodec.Aac:
                tag = new FlvAudioTag { Codec = codec, PacketType = (FlvPacketType)body[1], DataOffset = 2 };
                return true;
            case FlvAudioCodec.Enhanced:
                tag = new FlvAudioTag
                {
                    Codec = codec,
                    FourCc = BinaryPrimitives.ReadUInt32BigEndian(body[1..]),
                    DataOffset = 5,
                };
                return true;
            default:
                tag = new FlvAudioTag { Codec = codec, PacketType = FlvPacketType.Frame, DataOffset = 1 };
                return true;
        }
    }
}
