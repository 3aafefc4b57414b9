using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>The parameter sets that an H.265 stream has shown so far, by kind and id; the newest wins.</summary>
internal sealed class H265ParameterSets
{
    // Real sets are below 200 bytes; they are sent before each keyframe, so that a bound on all of them is due.
    private const int MaxTotal = 32 << 10;
    private const int MaxPictureId = 63;

    private readonly SortedList<(int Type, int Id), ImmutableArray<byte>> _sets = [];
    private int _total;

    /// <summary>The sequence parameter set; null as long as none came.</summary>
    public H265SequenceParameterSet? Sequence { get; private set; }

    public bool IsComplete => Sequence is not null && Has(H265NalUnit.VideoParameterSet) && Has(H265NalUnit.PictureParameterSet);

    /// <summary>Takes a parameter set up. False: it is not one, or there are too many.</summary>
    public bool TryAdd(ReadOnlySpan<byte> nal, out bool changed)
    {
        changed = false;
        if (nal.Length <= H265NalUnit.HeaderLength) return false;
        if (IsKnown(nal)) return true;
        int type = H265NalUnit.Type(nal[0]);
        H265SequenceParameterSet? sequence = null;
        int id;
        switch (type)
        {
            case H265NalUnit.VideoParameterSet:
                id = nal[H265NalUnit.HeaderLength] >> 4; // vps_video_parameter_set_id, §7.3.2.1
                break;
            case H265NalUnit.SequenceParameterSet:
                if (!H265SequenceParameterSet.TryParse(nal, out sequence)) return false;
                id = sequence!.Id;
                break;
            case H265NalUnit.PictureParameterSet:
                var reader = new BitReader(nal[H265NalUnit.HeaderLength..], skipEmulationPrevention: true);
                id = (int)reader.ReadUnsignedGolomb();
                if (id is < 0 or > MaxPictureId || reader.IsOverrun) return false;
                break;
            default:
                return false;
        }

        int old = _sets.TryGetValue((type, id), out ImmutableArray<byte> before) ? before.Length : 0;
        if (_total - old + nal.Length > MaxTotal) return false;
        _total += nal.Length - old;
        _sets[(type, id)] = [.. nal];
        Sequence = sequence ?? Sequence;
        changed = true;
        return true;
    }

    /// <summary>In the order in which a stream has them: video, sequence, picture.</summary>
    public ImmutableArray<ImmutableArray<byte>> ToArray() => [.. _sets.Values];

    private bool IsKnown(ReadOnlySpan<byte> nal)
    {
        for (int i = 0; i < _sets.Count; i++)
            if (_sets.GetValueAtIndex(i).AsSpan().SequenceEqual(nal)) return true;
        return false;
    }

    private bool Has(int type)
    {
        for (int i = 0; i < _sets.Count; i++)
            if (_sets.GetKeyAtIndex(i).Type == type) return true;
        return false;
    }
}
