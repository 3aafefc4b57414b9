using System.Buffers;

namespace Media.Containers;

/// <summary>
/// Makes the bytes of one media file while it happens: a header, then fragments that each can be played without what comes
/// after them, then an index and a few fields that make the file seekable in place. It knows of no file: its owner writes
/// everything to the end, in order, from offset 0. The tracks are fixed at construction: where a track's sample entry
/// changes (codec, size, parameter sets), a new file begins. Two implementations: <c>FragmentedMp4Writer</c> and
/// <c>WebMWriter</c>. One thread.
/// </summary>
/// <remarks>
/// The zero of the file is the earliest frame of the first fragment, for all tracks alike, so that sound and picture keep
/// the distance that they have on the publication's timeline.
/// </remarks>
public interface IMediaFileWriter : IDisposable
{
    /// <summary>Once, before everything else.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Takes a frame up. It is borrowed: the writer keeps a reference until the fragment is cut.</summary>
    /// <param name="track">Index of the track in the list that was given at construction.</param>
    void Add(int track, in MediaFrame frame);

    /// <summary>Media time in the fragment that is being collected, in ticks of 100 ns.</summary>
    long PendingTicks { get; }

    /// <summary>Frame bytes in the fragment that is being collected.</summary>
    long PendingBytes { get; }

    /// <summary>Media time of the fragments that were cut, from the first frame of any track to the end of the last, in ticks of 100 ns.</summary>
    long DurationTicks { get; }

    /// <summary>Bytes given out so far: the length of the file when all of them are written.</summary>
    long Length { get; }

    /// <summary>All that was added since the last cut, keyframe or not; nothing where nothing was added.</summary>
    void CutFragment(IBufferWriter<byte> output);

    /// <summary>
    /// What makes the file seekable, after the last fragment was cut; frames that were not cut are given back. Nothing can be
    /// added afterwards.
    /// </summary>
    FinishedFile Finish();
}
