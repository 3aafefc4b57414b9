namespace Media.Mp4;

/// <summary>What a track box says besides its samples. Known from the format when writing, from the file when repairing.</summary>
/// <param name="SampleEntry">The one entry of the sample description box, with its header.</param>
internal sealed record Mp4Track(MediaKind Kind, uint TimeScale, byte[] SampleEntry, int Width, int Height)
{
    public static Mp4Track Of(TrackFormat format) => new(
        format.Kind, (uint)format.ClockRate, SampleEntryWriter.Write(format), format.Video?.Width ?? 0, format.Video?.Height ?? 0);
}
