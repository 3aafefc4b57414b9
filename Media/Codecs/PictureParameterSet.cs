namespace Media.Codecs;

/// <summary>The ids of a picture parameter set (ITU-T H.264 §7.3.2.2); the rest is the decoder's business.</summary>
public readonly record struct PictureParameterSet(int Id, int SequenceParameterSetId)
{
    public const int MaxId = 255;

    public static bool TryParse(ReadOnlySpan<byte> nal, out PictureParameterSet pps)
    {
        pps = default;
        if (nal.Length < 2 || NalUnit.Type(nal[0]) != NalUnit.PictureParameterSet) return false;
        var reader = new BitReader(nal[1..], skipEmulationPrevention: true);
        uint id = reader.ReadUnsignedGolomb();
        uint sps = reader.ReadUnsignedGolomb();
        if (reader.IsOverrun || id > MaxId || sps > SequenceParameterSet.MaxId) return false;
        pps = new PictureParameterSet((int)id, (int)sps);
        return true;
    }
}
