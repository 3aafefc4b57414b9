using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>
/// AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1): the H.264 sequence header of FLV and MP4.
/// </summary>
/// <remarks>
/// <code>
/// version 8 | profile 8 | compatibility 8 | level 8 | 111111 lengthSizeMinusOne 2 |
/// 111 numOfSPS 5 { length 16, SPS } | numOfPPS 8 { length 16, PPS } | High profiles: 4 more bytes { SPS extensions }
/// </code>
/// </remarks>
public sealed record AvcConfiguration
{
    /// <summary>Bytes of the length before each NAL unit of the stream: 1, 2, 3 or 4.</summary>
    public int LengthSize { get; private init; } = NalUnit.LengthSize;

    /// <summary>Raw NAL units, as far as they are what they should be.</summary>
    public ImmutableArray<ImmutableArray<byte>> SequenceParameterSets { get; private init; } = [];

    public ImmutableArray<ImmutableArray<byte>> PictureParameterSets { get; private init; } = [];

    public static bool TryParse(ReadOnlySpan<byte> data, out AvcConfiguration? configuration)
    {
        configuration = null;
        if (data.Length < 7 || data[0] != 1) return false;
        int lengthSize = (data[4] & 3) + 1;
        int at = 5;
        if (!TryReadSets(data, ref at, 0x1f, NalUnit.SequenceParameterSet, out var sequence)) return false;
        if (!TryReadSets(data, ref at, 0xff, NalUnit.PictureParameterSet, out var picture)) return false;
        configuration = new AvcConfiguration
        {
            LengthSize = lengthSize,
            SequenceParameterSets = sequence,
            PictureParameterSets = picture,
        };
        return true;
    }

    /// <summary>Writes a record with 4-byte lengths for raw NAL units, sequence sets first; empty without any.</summary>
    public static ImmutableArray<byte> Write(ImmutableArray<ImmutableArray<byte>> parameterSets)
    {
        int sequences = 0;
        while (sequences < parameterSets.Length && TypeOf(parameterSets[sequences]) == NalUnit.SequenceParameterSet)
            sequences++;
        int pictures = Math.Min(parameterSets.Length - sequences, 255);
        SequenceParameterSet? first = null;
        if (sequences is 0 or > 31 || !SequenceParameterSet.TryParse(parameterSets[0].AsSpan(), out first)) return [];

        var output = ImmutableArray.CreateBuilder<byte>();
        output.AddRange(1, first!.Profile, first.Constraints, first.Level, 0xfc | (NalUnit.LengthSize - 1));
        output.Add((byte)(0xe0 | sequences));
        for (int i = 0; i < sequences; i++) AddSet(output, parameterSets[i]);
        output.Add((byte)pictures);
        for (int i = 0; i < pictures; i++) AddSet(output, parameterSets[sequences + i]);
        if (first.Profile is not (66 or 77 or 88))
        {
            output.AddRange((byte)(0xfc | first.ChromaFormat), (byte)(0xf8 | (first.BitDepthLuma - 8)));
            output.AddRange((byte)(0xf8 | (first.BitDepthChroma - 8)), 0);
        }

        return output.ToImmutable();
    }

    private static int TypeOf(ImmutableArray<byte> nal) => nal.IsEmpty ? 0 : NalUnit.Type(nal[0]);

    private static void AddSet(ImmutableArray<byte>.Builder output, ImmutableArray<byte> nal)
    {
        output.AddRange((byte)(nal.Length >> 8), (byte)nal.Length);
        output.AddRange(nal);
    }

    private static bool TryReadSets(
        ReadOnlySpan<byte> data, ref int at, byte countMask, int type, out ImmutableArray<ImmutableArray<byte>> sets)
    {
        sets = [];
        // Some encoders end a record without picture sets right here.
        if (at >= data.Length) return type == NalUnit.PictureParameterSet;
        int count = data[at++] & countMask;
        var found = ImmutableArray.CreateBuilder<ImmutableArray<byte>>();
        for (int i = 0; i < count; i++)
        {
            if (data.Length - at < 2) return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
            at += 2;
            if (length > data.Length - at) return false;
            if (length > 0 && NalUnit.Type(data[at]) == type) found.Add([.. data.Slice(at, length)]);
            at += length;
        }

        sets = found.ToImmutable();
        return true;
    }
}
