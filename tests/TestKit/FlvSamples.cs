using System.Buffers.Binary;

namespace TestKit;

/// <summary>Bodies of FLV tags as encoders send them: 640x360 High without B-frames, AAC LC 44.1 kHz mono.</summary>
public static class FlvSamples
{
    // x264's own for 640x360 at 25 fps.
    public static byte[] SequenceParameterSet => Convert.FromHexString("6764001EACD940A02FF9610000030001000003003284");

    public static byte[] PictureParameterSet => Convert.FromHexString("68EBE3CB22C0");

    public static byte[] AacHeader => [0xAF, 0, 0x12, 0x08, 0x56, 0xE5, 0x00];

    public static byte[] AacFrame(int length = 4)
    {
        byte[] body = new byte[2 + length];
        (body[0], body[1]) = (0xAF, 1);
        body.AsSpan(2).Fill(0x21);
        return body;
    }

    /// <summary>A video tag with an AVCDecoderConfigurationRecord.</summary>
    public static byte[] AvcHeader(int lengthSize = 4)
    {
        byte[] sps = SequenceParameterSet, pps = PictureParameterSet;
        return
        [
            0x17, 0, 0, 0, 0, 1, sps[1], sps[2], sps[3], (byte)(0xFC | (lengthSize - 1)),
            0xE1, 0, (byte)sps.Length, .. sps, 1, 0, (byte)pps.Length, .. pps,
        ];
    }

    /// <summary>A video tag with one slice.</summary>
    public static byte[] AvcFrame(bool isKeyframe, int compositionTime = 0, int length = 40) =>
    [
        isKeyframe ? (byte)0x17 : (byte)0x27, 1,
        (byte)(compositionTime >> 16), (byte)(compositionTime >> 8), (byte)compositionTime,
        .. Slice(isKeyframe, length),
    ];

    /// <summary>One slice behind its 4-byte length, in all <paramref name="length"/> bytes; first_mb 0, the first PPS.</summary>
    public static byte[] Slice(bool isKeyframe, int length = 40)
    {
        byte[] unit = new byte[length];
        unit.AsSpan().Fill(0x55);
        BinaryPrimitives.WriteInt32BigEndian(unit, length - 4);
        (unit[4], unit[5], unit[6]) = isKeyframe ? ((byte)0x65, (byte)0x88, (byte)0x84) : ((byte)0x41, (byte)0x9A, (byte)0x24);
        return unit;
    }
}
