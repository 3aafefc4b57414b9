using System.Buffers.Binary;

namespace Media.Codecs;

/// <summary>The uncompressed start of a VP8 frame (RFC 6386 §9.1).</summary>
/// <remarks>
/// <code>
/// frame tag, 3 bytes little endian: !keyframe 1 | version 3 | show_frame 1 | first_part_size 19
/// keyframes: 9d 01 2a | width 14, scale 2 | height 14, scale 2 (little endian)
/// </code>
/// </remarks>
public readonly record struct Vp8Header(bool IsKeyframe, bool IsShown, int FirstPartitionSize, int Width, int Height)
{
    private const int TagLength = 3;
    private const int KeyframeLength = 10;

    /// <summary>Width and height are 0 for other frames than keyframes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp8Header header)
    {
        header = default;
        if (frame.Length < TagLength) return false;
        int tag = frame[0] | (frame[1] << 8) | (frame[2] << 16);
        bool isKeyframe = (tag & 1) == 0;
        bool isShown = (tag & 0x10) != 0;
        if (!isKeyframe)
        {
            header = new Vp8Header(false, isShown, tag >> 5, 0, 0);
            return true;
        }

        if (frame.Length < KeyframeLength || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a) return false;
        int width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & 0x3fff;
        int height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & 0x3fff;
        if (width == 0 || height == 0) return false;
        header = new Vp8Header(true, isShown, tag >> 5, width, height);
        return true;
    }
}
