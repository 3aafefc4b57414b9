using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>The parameter sets that an H.264 stream has shown so far, by id; the newest wins.</summary>
internal sealed class ParameterSetStore
{
    // Real sets are below 300 bytes; they are sent before each keyframe, so that a bound on all of them is due.
    private const int MaxTotal = 32 << 10;

    private readonly SortedList<int, ImmutableArray<byte>> _sequences = [];
    private readonly SortedList<int, ImmutableArray<byte>> _pictures = [];
    private readonly SortedList<int, int> _sequenceOfPicture = [];
    private int _total;

    public bool IsComplete => _sequences.Count > 0 && _pictures.Count > 0;

    /// <summary>The id of the sequence set that a picture set refers to, or -1.</summary>
    public int SequenceOf(int pictureId) => _sequenceOfPicture.GetValueOrDefault(pictureId, -1);

    public bool TryGetSequence(int id, out ImmutableArray<byte> nal) => _sequences.TryGetValue(id, out nal);

    /// <summary>Takes a parameter set up. False: it is not one, or there are too many.</summary>
    public bool TryAdd(ReadOnlySpan<byte> nal, out bool changed)
    {
        changed = false;
        if (PictureParameterSet.TryParse(nal, out PictureParameterSet picture))
        {
            if (!TryStore(_pictures, picture.Id, nal, ref changed)) return false;
            if (changed) _sequenceOfPicture[picture.Id] = picture.SequenceParameterSetId;
            return true;
        }

        if (Known(_sequences, nal)) return true;
        return SequenceParameterSet.TryParse(nal, out SequenceParameterSet? sequence)
            && TryStore(_sequences, sequence!.Id, nal, ref changed);
    }

    public ImmutableArray<ImmutableArray<byte>> ToArray() => [.. _sequences.Values, .. _pictures.Values];

    // Spares the usual case, the same set before each keyframe, the parse with its result object.
    private static bool Known(SortedList<int, ImmutableArray<byte>> sets, ReadOnlySpan<byte> nal)
    {
        for (int i = 0; i < sets.Count; i++)
            if (sets.GetValueAtIndex(i).AsSpan().SequenceEqual(nal)) return true;
        return false;
    }

    private bool TryStore(SortedList<int, ImmutableArray<byte>> sets, int id, ReadOnlySpan<byte> nal, ref bool changed)
    {
        int old = 0;
        if (sets.TryGetValue(id, out ImmutableArray<byte> known))
        {
            if (known.AsSpan().SequenceEqual(nal)) return true;
            old = known.Length;
        }

        if (_total - old + nal.Length > MaxTotal) return false;
        _total += nal.Length - old;
        sets[id] = [.. nal];
        changed = true;
        return true;
    }
}
