using Media;
using Rooms.Tracks;

namespace Recorder.Tape;

/// <summary>
/// The way from a publication's loop to the recorder's thread: a bounded queue for each medium, read in the order of decode
/// times. A disk that is too slow costs frames, counted, up to the next keyframe. One writer, one reader.
/// </summary>
internal sealed class FrameMerge(int maxFrames, int maxBytes) : IDisposable
{
    private const int Audio = (int)MediaKind.Audio;
    private const int Video = (int)MediaKind.Video;

    private readonly FrameQueue[] _queues = [new(maxFrames, maxBytes), new(maxFrames, maxBytes)];
    private readonly MediaFrame?[] _heads = new MediaFrame?[2];

    public long Dropped => _queues[0].Dropped + _queues[1].Dropped;

    /// <summary>Queues a borrowed frame. Publication's loop.</summary>
    public void Write(in MediaFrame frame) => _queues[(int)frame.Format.Kind].TryWrite(frame);

    /// <summary>The next frame, which the caller releases. Recorder's thread.</summary>
    public bool TryRead(out MediaFrame frame)
    {
        for (int i = 0; i < 2; i++)
            if (_heads[i] is null && _queues[i].TryRead(out MediaFrame head)) _heads[i] = head;
        // At the same time the picture comes first: a new segment may begin with it.
        MediaKind next = _heads[Video] is { } picture && !(_heads[Audio] is { } sound && sound.DecodeTicks() < picture.DecodeTicks())
            ? MediaKind.Video
            : MediaKind.Audio;
        frame = _heads[(int)next] ?? default;
        bool isThere = _heads[(int)next] is not null;
        _heads[(int)next] = null;
        return isThere;
    }

    /// <summary>Takes no more; what is there can still be read.</summary>
    public void Complete()
    {
        foreach (FrameQueue queue in _queues) queue.Complete();
    }

    /// <summary>Gives back all that is there.</summary>
    /// <returns>How many frames that were.</returns>
    public int Clear()
    {
        int count = 0;
        while (TryRead(out MediaFrame frame))
        {
            frame.Release();
            count++;
        }

        return count;
    }

    public void Dispose()
    {
        Complete();
        Clear();
    }
}
