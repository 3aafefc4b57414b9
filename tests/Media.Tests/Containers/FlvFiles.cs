using System.Buffers.Binary;
using Media.Flv;
using TestKit;

namespace Media.Tests.Containers;

/// <summary>FLV files of made-up frames: 25 per second, a keyframe each second; sound of 44.1 kHz beside it.</summary>
internal static class FlvFiles
{
    public static byte[] Make(int frames, uint firstTime = 0, bool hasKeyframeList = false)
    {
        // The list's numbers have a fixed size: made twice, the second time with the places of the first.
        byte[] file = Make(frames, firstTime, hasKeyframeList ? [] : null, out List<(double, double)> places);
        if (!hasKeyframeList) return file;
        int shift = Make(frames, firstTime, places, out _).Length - file.Length;
        return Make(frames, firstTime, [.. places.Select(place => (place.Item1, place.Item2 + shift))], out _);
    }

    private static byte[] Make(int frames, uint firstTime, List<(double Time, double Offset)>? list, out List<(double, double)> places)
    {
        var output = new List<byte>([.. "FLV"u8, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
        places = [];
        if (list is not null) AddTag(output, 18, 0, Metadata(list));
        AddTag(output, 9, 0, FlvSamples.AvcHeader());
        AddTag(output, 8, 0, FlvSamples.AacHeader);
        long sound = 0;
        for (int i = 0; i < frames; i++)
        {
            uint time = firstTime + (uint)(i * 40);
            if (i % 25 == 0) places.Add((time / 1000.0, output.Count));
            AddTag(output, 9, time, FlvSamples.AvcFrame(i % 25 == 0, length: 40 + (i % 7)));
            for (; sound * 1000 / 44_100 <= i * 40; sound += 1024) AddTag(output, 8, firstTime + (uint)(sound * 1000 / 44_100), FlvSamples.AacFrame());
        }

        return [.. output];
    }

    private static byte[] Metadata(List<(double Time, double Offset)> list)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Amf0Writer.Write(output, "onMetaData");
        Amf0Writer.WriteEcmaArray(output, AmfValue.FromObject(new AmfProperty("keyframes", AmfValue.FromObject(
            new AmfProperty("times", AmfValue.FromArray([.. list.Select(place => (AmfValue)place.Time)])),
            new AmfProperty("filepositions", AmfValue.FromArray([.. list.Select(place => (AmfValue)place.Offset)]))))));
        return output.WrittenSpan.ToArray();
    }

    private static void AddTag(List<byte> output, byte type, uint time, byte[] body)
    {
        Span<byte> header = stackalloc byte[11];
        BinaryPrimitives.WriteInt32BigEndian(header, body.Length | (type << 24));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (time << 8) | (time >> 24));
        output.AddRange(header);
        output.AddRange(body);
        Span<byte> trailer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(trailer, 11 + body.Length);
        output.AddRange(trailer);
    }
}
