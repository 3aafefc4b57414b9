namespace Media.Mp4;

/// <summary>What the movie box says of one track.</summary>
internal sealed class ParsedTrack
{
    public uint Id { get; set; }

    public uint Handler { get; set; }

    public uint TimeScale { get; set; }

    /// <summary>The first sample entry, with its header; empty where there is none.</summary>
    public byte[] SampleEntry { get; set; } = [];

    public uint SampleEntryType { get; set; }

    public int SampleEntryCount { get; set; }

    /// <summary>Length of the empty edits at the start, on the movie's time scale.</summary>
    public long EmptyEdit { get; set; }

    /// <summary>Media time at which the presentation begins.</summary>
    public long MediaStart { get; set; }

    public SampleIndex Index { get; } = new();

    /// <summary>Defaults of its fragments (trex).</summary>
    public FragmentDefaults Defaults { get; set; }

    /// <summary>Decode time of the next fragment that does not say its own.</summary>
    public long NextDecode { get; set; }

    public bool IsVideo => Handler == BoxType.Vide;

    public bool IsAudio => Handler == BoxType.Soun;
}

/// <summary>Values that samples of a fragment have unless it says otherwise (ISO/IEC 14496-12 §8.8.3).</summary>
internal readonly record struct FragmentDefaults(uint Duration, uint Size, uint Flags);

internal sealed class ParsedMovie
{
    public uint TimeScale { get; set; } = 1000;

    /// <summary>Seconds since 1904.</summary>
    public ulong Created { get; set; }

    public bool HasFragments { get; set; }

    public List<ParsedTrack> Tracks { get; } = [];
}
