using Media;

namespace Ingest.Playback;

/// <summary>A frame that was read ahead, with its reference.</summary>
/// <param name="Time">When it is due, in ticks of 100 ns of the playback's time, which goes on over its loops.</param>
/// <param name="End">When what it shows or sounds ends, in the same time.</param>
/// <param name="Shift">From the file's time to the playback's, in ticks: the same for all frames of a file.</param>
/// <param name="Position">As people count: where in the playback it lies, from 0 in each loop.</param>
internal readonly record struct PlaybackFrame(MediaFrame Frame, long Time, long End, long Shift, long Position)
{
    /// <summary>The same frame later in the playback's time.</summary>
    public PlaybackFrame Later(long ticks) => this with { Time = Time + ticks, End = End + ticks, Shift = Shift + ticks };
}
