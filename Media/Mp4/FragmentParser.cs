using System.Runtime.InteropServices;
using Media.Containers;

namespace Media.Mp4;

/// <summary>A run of samples that lie one after the other.</summary>
internal readonly record struct FragmentRun(ParsedTrack Track, long Offset, long Length, int FirstSample, int SampleCount);

internal readonly record struct ParsedSample(int Size, uint Duration, int Composition, bool IsSync);

/// <summary>
/// Reads movie fragment boxes (ISO/IEC 14496-12 §8.8) and, when told to, takes their samples up into the tracks' indexes.
/// </summary>
internal sealed class FragmentParser(IReadOnlyList<ParsedTrack> tracks, SampleBudget budget)
{
    private const int MaxSamples = 1 << 20;
    private const uint NonSync = 0x10000;
    private const uint BaseIsMoof = 0x020000;

    private readonly List<FragmentRun> _runs = [];
    private readonly List<ParsedSample> _samples = [];
    private readonly List<(ParsedTrack Track, int Run, long Decode)> _starts = [];

    /// <summary>mfhd's number.</summary>
    public uint Sequence { get; private set; }

    public ReadOnlySpan<FragmentRun> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>Parses without changing anything but itself.</summary>
    /// <param name="moofOffset">Of the box, in the file.</param>
    public void Parse(ReadOnlySpan<byte> content, long moofOffset)
    {
        _runs.Clear();
        _samples.Clear();
        _starts.Clear();
        long dataEnd = moofOffset;
        var boxes = new BoxReader(content);
        while (boxes.MoveNext())
        {
            if (boxes.Type == BoxType.Mfhd)
            {
                var fields = new FieldReader(boxes.Content, BoxType.Mfhd);
                fields.Skip(4);
                Sequence = fields.UInt32();
            }
            else if (boxes.Type == BoxType.Traf)
            {
                ParseTrack(boxes.Content, moofOffset, ref dataEnd);
            }
        }

        if (boxes.IsMalformed) throw new MediaFileException("A box in a fragment has an impossible size.");
    }

    /// <summary>Takes the samples of what was parsed last up into the indexes.</summary>
    public void Commit()
    {
        budget.Take(_samples.Count);
        for (int i = 0; i < _starts.Count; i++)
        {
            (ParsedTrack track, int run, long decode) = _starts[i];
            int end = i + 1 < _starts.Count ? _starts[i + 1].Run : _runs.Count;
            if (decode < 0) decode = track.NextDecode;
            for (; run < end; run++)
            {
                foreach (ParsedSample sample in CollectionsMarshal.AsSpan(_samples).Slice(_runs[run].FirstSample, _runs[run].SampleCount))
                {
                    track.Index.Add(sample.Size, decode, sample.Composition, sample.Duration, sample.IsSync);
                    decode += sample.Duration;
                }

                track.Index.AddChunk(_runs[run].Offset, _runs[run].SampleCount);
            }

            track.NextDecode = decode;
        }
    }

    private void ParseTrack(ReadOnlySpan<byte> content, long moofOffset, ref long dataEnd)
    {
        var fields = new FieldReader(BoxReader.Find(content, BoxType.Tfhd), BoxType.Tfhd);
        fields.Version(out uint flags);
        ParsedTrack? track = TrackOf(fields.UInt32());
        if (track is null) return;
        long start = (flags & 1) != 0 ? (long)Math.Min((ulong)fields.Int64(), long.MaxValue / 2) : (flags & BaseIsMoof) != 0 ? moofOffset : dataEnd;
        if ((flags & 2) != 0) fields.Skip(4);
        FragmentDefaults defaults = track.Defaults;
        if ((flags & 8) != 0) defaults = defaults with { Duration = fields.UInt32() };
        if ((flags & 16) != 0) defaults = defaults with { Size = fields.UInt32() };
        if ((flags & 32) != 0) defaults = defaults with { Flags = fields.UInt32() };
        long decode = -1;
        ReadOnlySpan<byte> time = BoxReader.Find(content, BoxType.Tfdt);
        if (!time.IsEmpty)
        {
            var timeFields = new FieldReader(time, BoxType.Tfdt);
            decode = timeFields.Time(timeFields.Version(out _));
        }

        _starts.Add((track, _runs.Count, decode));
        dataEnd = start;
        var boxes = new BoxReader(content);
        while (boxes.MoveNext())
            if (boxes.Type == BoxType.Trun) ParseRun(boxes.Content, track, start, defaults, ref dataEnd);
        if (boxes.IsMalformed) throw new MediaFileException("A box in a fragment has an impossible size.");
    }

    private ParsedTrack? TrackOf(uint id)
    {
        foreach (ParsedTrack track in tracks)
            if (track.Id == id) return track;
        return null;
    }

    private void ParseRun(ReadOnlySpan<byte> content, ParsedTrack track, long start, FragmentDefaults defaults, ref long dataEnd)
    {
        var fields = new FieldReader(content, BoxType.Trun);
        fields.Version(out uint flags);
        uint count = fields.UInt32();
        if (count > MaxSamples - _samples.Count) throw new MediaFileException($"A fragment names {count} samples.");
        long offset = (flags & 1) != 0 ? Math.Max(0, start + fields.Int32()) : dataEnd;
        uint firstFlags = (flags & 4) != 0 ? fields.UInt32() : 0;
        int first = _samples.Count;
        long length = 0;
        for (uint i = 0; i < count; i++)
        {
            uint duration = (flags & 0x100) != 0 ? fields.UInt32() : defaults.Duration;
            uint size = (flags & 0x200) != 0 ? fields.UInt32() : defaults.Size;
            uint sampleFlags = (flags & 0x400) != 0 ? fields.UInt32() : i == 0 && (flags & 4) != 0 ? firstFlags : defaults.Flags;
            int composition = (flags & 0x800) != 0 ? fields.Int32() : 0;
            if (size > int.MaxValue) throw new MediaFileException($"A sample of {size} bytes is none.");
            _samples.Add(new ParsedSample((int)size, duration, composition, (sampleFlags & NonSync) == 0));
            length += size;
        }

        _runs.Add(new FragmentRun(track, offset, length, first, (int)count));
        dataEnd = offset + length;
    }
}
