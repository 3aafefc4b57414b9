using Media.Containers;

namespace Media.Mp4;

/// <summary>Writes the movie box (ISO/IEC 14496-12 §8.2.1): before the fragments without samples, at the end with all of them.</summary>
internal sealed class MovieBoxWriter(IReadOnlyList<Mp4Track> tracks, ulong created)
{
    private const uint LargestTimeScale = 100_000_000;
    private const uint UsualTimeScale = 90_000;
    private const uint EnabledInMovieAndPreview = 7;
    private const uint NonSyncSample = 0x0101_0000; // depends on others, is no sync sample
    private const uint SyncSample = 0x0200_0000;

    private static ReadOnlySpan<uint> Unity => [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

    /// <summary>Times of the movie fall on its ticks exactly, whatever track they come from.</summary>
    public uint TimeScale { get; } = CommonTimeScale(tracks);

    /// <summary>For the fragments that follow: no samples, no duration.</summary>
    public void WriteForFragments(BoxBuilder output)
    {
        int movie = output.Begin(BoxType.Moov);
        WriteMovieHeader(output, 0);
        for (int i = 0; i < tracks.Count; i++) WriteTrack(output, i, null, 0);
        int extends = output.Begin(BoxType.Mvex);
        for (int i = 0; i < tracks.Count; i++)
        {
            int box = output.Begin(BoxType.Trex, 0, 0);
            output.UInt32((uint)i + 1);
            output.UInt32(1); // sample description
            output.UInt32(0);
            output.UInt32(0);
            output.UInt32(tracks[i].Kind == MediaKind.Audio ? SyncSample : NonSyncSample);
            output.End(box);
        }

        output.End(extends);
        output.End(movie);
    }

    /// <summary>With all samples. The file's zero is the first presentation of any track.</summary>
    public void WriteFinished(BoxBuilder output, IReadOnlyList<SampleIndex> samples)
    {
        long zero = long.MaxValue;
        ulong duration = 0;
        for (int i = 0; i < tracks.Count; i++)
            if (samples[i].Count > 0) zero = Math.Min(zero, ToMovie(samples[i].FirstPresentation, i));
        for (int i = 0; i < tracks.Count; i++)
            if (samples[i].Count > 0) duration = Math.Max(duration, (ulong)(ToMovie(samples[i].PresentationEnd, i) - zero));
        int movie = output.Begin(BoxType.Moov);
        WriteMovieHeader(output, duration);
        for (int i = 0; i < tracks.Count; i++) WriteTrack(output, i, samples[i], zero);
        output.End(movie);
    }

    private static uint CommonTimeScale(IReadOnlyList<Mp4Track> tracks)
    {
        ulong scale = 1;
        foreach (Mp4Track track in tracks)
        {
            scale = scale / GreatestDivisor(scale, track.TimeScale) * track.TimeScale;
            if (scale > LargestTimeScale) return UsualTimeScale;
        }

        return (uint)scale;
    }

    private static ulong GreatestDivisor(ulong a, ulong b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return Math.Max(a, 1);
    }

    private long ToMovie(long time, int track) => MediaTime.Rescale(time, tracks[track].TimeScale, TimeScale);

    private void WriteMovieHeader(BoxBuilder output, ulong duration)
    {
        int box = output.Begin(BoxType.Mvhd, 1, 0);
        output.UInt64(created);
        output.UInt64(created);
        output.UInt32(TimeScale);
        output.UInt64(duration);
        output.UInt32(0x10000); // rate
        output.UInt16(0x100);   // volume
        output.Zeros(10);
        foreach (uint value in Unity) output.UInt32(value);
        output.Zeros(24);
        output.UInt32((uint)tracks.Count + 1); // next_track_ID
        output.End(box);
    }

    private void WriteTrack(BoxBuilder output, int number, SampleIndex? samples, long zero)
    {
        Mp4Track track = tracks[number];
        bool hasSamples = samples is { Count: > 0 };
        long start = hasSamples ? ToMovie(samples!.FirstPresentation, number) - zero : 0;
        long end = hasSamples ? ToMovie(samples!.PresentationEnd, number) - zero : 0;
        int box = output.Begin(BoxType.Trak);
        WriteTrackHeader(output, track, number, (ulong)end);
        if (hasSamples) WriteEdits(output, samples!, (ulong)start, (ulong)(end - start));
        int media = output.Begin(BoxType.Mdia);
        WriteMediaHeader(output, track, hasSamples ? (ulong)(samples!.LastDecode + samples.LastDuration - samples.FirstDecode) : 0);
        int information = output.Begin(BoxType.Minf);
        WriteMediaInformation(output, track);
        SampleTableWriter.Write(output, track, samples);
        output.End(information);
        output.End(media);
        output.End(box);
    }

    private void WriteTrackHeader(BoxBuilder output, Mp4Track track, int number, ulong duration)
    {
        bool isAudio = track.Kind == MediaKind.Audio;
        int box = output.Begin(BoxType.Tkhd, 1, EnabledInMovieAndPreview);
        output.UInt64(created);
        output.UInt64(created);
        output.UInt32((uint)number + 1);
        output.UInt32(0);
        output.UInt64(duration);
        output.Zeros(8);
        output.UInt16(0);
        output.UInt16(isAudio ? 1 : 0); // alternate_group: sound apart from picture
        output.UInt16(isAudio ? 0x100 : 0);
        output.UInt16(0);
        foreach (uint value in Unity) output.UInt32(value);
        output.UInt32((uint)track.Width << 16);
        output.UInt32((uint)track.Height << 16);
        output.End(box);
    }

    // §8.6.6: an empty edit up to the track's start, then all of it from its first presentation on
    private static void WriteEdits(BoxBuilder output, SampleIndex samples, ulong start, ulong duration)
    {
        int edits = output.Begin(BoxType.Edts);
        int box = output.Begin(BoxType.Elst, 1, 0);
        output.UInt32(start > 0 ? 2u : 1u);
        if (start > 0)
        {
            output.UInt64(start);
            output.UInt64(ulong.MaxValue);
            output.UInt32(0x10000);
        }

        output.UInt64(duration);
        output.UInt64((ulong)Math.Max(0, samples.FirstPresentation - samples.FirstDecode + samples.CompositionShift));
        output.UInt32(0x10000);
        output.End(box);
        output.End(edits);
    }

    private void WriteMediaHeader(BoxBuilder output, Mp4Track track, ulong duration)
    {
        const int Undetermined = 0x55c4; // "und"
        int box = output.Begin(BoxType.Mdhd, 1, 0);
        output.UInt64(created);
        output.UInt64(created);
        output.UInt32(track.TimeScale);
        output.UInt64(duration);
        output.UInt16(Undetermined);
        output.UInt16(0);
        output.End(box);
        box = output.Begin(BoxType.Hdlr, 0, 0);
        output.UInt32(0);
        output.UInt32(track.Kind == MediaKind.Audio ? BoxType.Soun : BoxType.Vide);
        output.Zeros(12);
        output.Bytes(track.Kind == MediaKind.Audio ? "sound\0"u8 : "video\0"u8);
        output.End(box);
    }

    private static void WriteMediaInformation(BoxBuilder output, Mp4Track track)
    {
        int box = track.Kind == MediaKind.Audio ? output.Begin(BoxType.Smhd, 0, 0) : output.Begin(BoxType.Vmhd, 0, 1);
        output.Zeros(track.Kind == MediaKind.Audio ? 4 : 8);
        output.End(box);
        int data = output.Begin(BoxType.Dinf);
        int references = output.Begin(BoxType.Dref, 0, 0);
        output.UInt32(1);
        box = output.Begin(BoxType.Url, 0, 1); // in this file
        output.End(box);
        output.End(references);
        output.End(data);
    }
}
