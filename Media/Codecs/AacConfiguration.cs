namespace Media.Codecs;

/// <summary>AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1): the AAC sequence header of FLV and MP4.</summary>
public readonly record struct AacConfiguration
{
    public const int LowComplexity = 2;
    public const int SpectralBandReplication = 5;
    public const int ParametricStereo = 29;
    private const int EnhancedLowDelay = 39;
    private const int SyncExtension = 0x2b7;    // §1.6.5.2
    private const int StereoExtension = 0x548;

    /// <summary>Audio object type of the core: 2 = LC, also where SBR (HE-AAC) lies on top.</summary>
    public int ObjectType { get; private init; }

    /// <summary>Of the core coder: a frame is <see cref="FrameLength"/> samples of this rate.</summary>
    public int SampleRate { get; private init; }

    /// <summary>What a decoder with SBR gives: twice the core's rate in HE-AAC.</summary>
    public int OutputSampleRate { get; private init; }

    /// <summary>Table 1.19; 0 = told by a program config element.</summary>
    public int ChannelConfiguration { get; private init; }

    /// <summary>Channels that a decoder gives: parametric stereo makes two out of one.</summary>
    public int Channels { get; private init; }

    public int FrameLength { get; private init; }

    public bool HasSbr { get; private init; }

    public bool HasParametricStereo { get; private init; }

    private static ReadOnlySpan<int> Rates =>
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    private static ReadOnlySpan<byte> ChannelCounts => [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0];

    public static bool TryParse(ReadOnlySpan<byte> data, out AacConfiguration configuration)
    {
        configuration = default;
        var reader = new BitReader(data);
        int type = ReadObjectType(ref reader);
        if (!TryReadRate(ref reader, out int rate)) return false;
        int outputRate = rate;
        int channelConfiguration = (int)reader.Read(4);
        bool stereo = type == ParametricStereo;
        bool sbr = stereo || type == SpectralBandReplication;
        if (sbr)
        {
            if (!TryReadRate(ref reader, out outputRate)) return false;
            type = ReadObjectType(ref reader);
        }

        if (!TryReadCore(ref reader, type, channelConfiguration, out int frameLength, out int channels)) return false;
        if (!sbr) ReadSyncExtension(ref reader, ref sbr, ref stereo, ref outputRate);
        configuration = new AacConfiguration
        {
            ObjectType = type,
            SampleRate = rate,
            OutputSampleRate = outputRate,
            ChannelConfiguration = channelConfiguration,
            Channels = stereo && channels == 1 ? 2 : channels,
            FrameLength = frameLength,
            HasSbr = sbr,
            HasParametricStereo = stereo,
        };
        return true;
    }

    private static int ReadObjectType(ref BitReader reader)
    {
        int type = (int)reader.Read(5);
        return type == 31 ? 32 + (int)reader.Read(6) : type;
    }

    private static bool TryReadRate(ref BitReader reader, out int rate)
    {
        int index = (int)reader.Read(4);
        rate = index == 15 ? (int)reader.Read(24) : index < Rates.Length ? Rates[index] : 0;
        return !reader.IsOverrun && rate is >= 1000 and <= 192_000;
    }

    // GASpecificConfig, §4.4.1, for the object types that browsers and FFmpeg know as AAC.
    private static bool TryReadCore(
        ref BitReader reader, int type, int channelConfiguration, out int frameLength, out int channels)
    {
        frameLength = 0;
        channels = ChannelCounts[channelConfiguration];
        if (type is not (1 or LowComplexity or 3 or 4 or 17 or 19 or 23 or EnhancedLowDelay)) return false;
        bool isShort = reader.ReadFlag();
        frameLength = type is 23 or EnhancedLowDelay ? (isShort ? 480 : 512) : (isShort ? 960 : 1024);
        if (type == EnhancedLowDelay) return !reader.IsOverrun && channels > 0;
        if (reader.ReadFlag()) reader.Skip(14); // coreCoderDelay
        bool extended = reader.ReadFlag();
        if (reader.IsOverrun) return false;
        if (channelConfiguration == 0) channels = ReadProgramChannels(ref reader);
        if (extended && type is 17 or 19 or 23) reader.Skip(3);
        if (extended) reader.Skip(1);
        return channels > 0;
    }

    // program_config_element, §4.4.1.1. One that is cut off still tells a player more than none: stereo is assumed.
    private static int ReadProgramChannels(ref BitReader reader)
    {
        reader.Skip(4 + 2 + 4);
        int front = (int)reader.Read(4), side = (int)reader.Read(4), back = (int)reader.Read(4);
        int lowFrequency = (int)reader.Read(2), data = (int)reader.Read(3), coupling = (int)reader.Read(4);
        for (int i = 0; i < 2; i++)
            if (reader.ReadFlag()) reader.Skip(4); // mono and stereo mixdown
        if (reader.ReadFlag()) reader.Skip(3);     // matrix mixdown
        int channels = lowFrequency;
        for (int i = 0; i < front + side + back; i++)
        {
            channels += reader.ReadFlag() ? 2 : 1;
            reader.Skip(4);
        }

        reader.Skip((lowFrequency * 4) + (data * 4) + (coupling * 5));
        reader.Skip(reader.BitsToAlignment);
        reader.Skip((int)reader.Read(8) * 8); // comment
        return reader.IsOverrun || channels == 0 ? 2 : channels;
    }

    private static void ReadSyncExtension(ref BitReader reader, ref bool sbr, ref bool stereo, ref int outputRate)
    {
        if (reader.BitsLeft < 16 || reader.Read(11) != SyncExtension) return;
        if (ReadObjectType(ref reader) != SpectralBandReplication || !reader.ReadFlag()) return;
        if (!TryReadRate(ref reader, out int rate)) return;
        sbr = true;
        outputRate = rate;
        if (reader.BitsLeft >= 12 && reader.Read(11) == StereoExtension) stereo = reader.ReadFlag();
    }
}
