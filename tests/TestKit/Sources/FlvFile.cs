using System.Buffers.Binary;

namespace TestKit.Sources;

/// <summary>One tag of an FLV file: what an encoder sends as one RTMP message.</summary>
public sealed record FlvFileTag(bool IsVideo, uint Timestamp, byte[] Body);

public static class FlvFile
{
    private const int FileHeaderLength = 9;
    private const int TagHeaderLength = 11;
    private const int SizeLength = 4;

    /// <summary>The audio and video tags in file order.</summary>
    public static IReadOnlyList<FlvFileTag> Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        var tags = new List<FlvFileTag>();
        for (int at = FileHeaderLength + SizeLength; at + TagHeaderLength <= file.Length;)
        {
            ReadOnlySpan<byte> header = file.Slice(at, TagHeaderLength);
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF);
            uint timestamp = ((uint)header[7] << 24) | (BinaryPrimitives.ReadUInt32BigEndian(header[4..]) >> 8);
            if (header[0] is 8 or 9) tags.Add(new FlvFileTag(header[0] == 9, timestamp, file.Slice(at + TagHeaderLength, length).ToArray()));
            at += TagHeaderLength + length + SizeLength;
        }

        return tags;
    }
}
