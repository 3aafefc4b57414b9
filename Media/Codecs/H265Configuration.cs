using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1): the H.265 header of MP4, Matroska and enhanced FLV.</summary>
/// <remarks>
/// <code>
/// version 8 | profile 8 | compatibility 32 | constraints 48 | level 8 | 1111 segmentation 12 | 111111 parallelism 2 |
/// 111111 chroma 2 | 11111 luma depth 3 | 11111 chroma depth 3 | frame rate 16 | constant 2 layers 3 nested 1 lengthSizeMinusOne 2 |
/// arrays 8 { complete 1, 0, type 6 | units 16 { length 16, NAL unit } }
/// </code>
/// </remarks>
public sealed record H265Configuration
{
    private const int HeaderLength = 23;

    public int LengthSize { get; private init; } = NalUnit.LengthSize;

    /// <summary>Raw NAL units: video, sequence and picture parameter sets, as far as they are what they should be.</summary>
    public ImmutableArray<ImmutableArray<byte>> ParameterSets { get; private init; } = [];

    public static bool TryParse(ReadOnlySpan<byte> data, out H265Configuration? configuration)
    {
        configuration = null;
        if (data.Length < HeaderLength || data[0] != 1) return false;
        var sets = ImmutableArray.CreateBuilder<ImmutableArray<byte>>();
        int at = HeaderLength;
        for (int array = data[HeaderLength - 1]; array > 0; array--)
        {
            if (data.Length - at < 3) return false;
            int type = data[at] & 0x3f;
            int count = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 1)..]);
            at += 3;
            for (; count > 0; count--)
            {
                if (data.Length - at < 2) return false;
                int length = BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
                at += 2;
                if (length > data.Length - at) return false;
                ReadOnlySpan<byte> nal = data.Slice(at, length);
                if (length > H265NalUnit.HeaderLength && H265NalUnit.Type(nal[0]) == type && H265NalUnit.IsParameterSet(type)) sets.Add([.. nal]);
                at += length;
            }
        }

        configuration = new H265Configuration { LengthSize = (data[21] & 3) + 1, ParameterSets = sets.ToImmutable() };
        return true;
    }

    /// <summary>Writes a record with 4-byte lengths for raw NAL units; empty where no sequence set among them can be read.</summary>
    public static ImmutableArray<byte> Write(ImmutableArray<ImmutableArray<byte>> parameterSets)
    {
        H265SequenceParameterSet? sps = null;
        foreach (ImmutableArray<byte> set in parameterSets)
            if (H265SequenceParameterSet.TryParse(set.AsSpan(), out sps)) break;
        if (sps is null) return [];
        Span<byte> head = stackalloc byte[HeaderLength];
        head[0] = 1;
        head[1] = sps.ProfileByte;
        BinaryPrimitives.WriteUInt32BigEndian(head[2..], sps.CompatibilityFlags);
        BinaryPrimitives.WriteUInt64BigEndian(head[6..], sps.ConstraintFlags << 16);
        head[12] = sps.Level;
        BinaryPrimitives.WriteUInt16BigEndian(head[13..], 0xf000); // min_spatial_segmentation_idc: not known
        head[15] = 0xfc;                                           // parallelismType: not known
        head[16] = (byte)(0xfc | sps.ChromaFormat);
        head[17] = (byte)(0xf8 | (sps.BitDepthLuma - 8));
        head[18] = (byte)(0xf8 | (sps.BitDepthChroma - 8));
        BinaryPrimitives.WriteUInt16BigEndian(head[19..], 0);
        head[21] = (byte)((sps.TemporalLayers << 3) | (sps.IsTemporallyNested ? 4 : 0) | (NalUnit.LengthSize - 1));
        var output = ImmutableArray.CreateBuilder<byte>();
        output.AddRange(head);
        for (int type = H265NalUnit.VideoParameterSet; type <= H265NalUnit.PictureParameterSet; type++) AddArray(output, parameterSets, type);
        return output.ToImmutable();
    }

    private static void AddArray(ImmutableArray<byte>.Builder output, ImmutableArray<ImmutableArray<byte>> parameterSets, int type)
    {
        ImmutableArray<byte>[] sets = [.. parameterSets.Where(set => set.Length is > H265NalUnit.HeaderLength and <= ushort.MaxValue && H265NalUnit.Type(set[0]) == type)];
        if (sets.Length == 0) return;
        output[HeaderLength - 1]++;
        output.AddRange((byte)(0x80 | type), (byte)(sets.Length >> 8), (byte)sets.Length);
        foreach (ImmutableArray<byte> set in sets)
        {
            output.AddRange((byte)(set.Length >> 8), (byte)set.Length);
            output.AddRange(set);
        }
    }
}
