using Media.Buffers;

namespace Protocols.Rtmp;

/// <summary>What the last header of one chunk stream said, and the message that is being put together there.</summary>
internal sealed class ChunkStream
{
    /// <summary>An absolute time up to this is believed to be a delta as well; see <see cref="Start"/>.</summary>
    private const uint LargestBelievedDelta = 1000;

    private uint _delta;

    internal uint Timestamp { get; private set; }

    internal int Length { get; private set; }

    internal RtmpMessageType Type { get; private set; }

    internal uint StreamId { get; private set; }

    /// <summary>The last header had an extended timestamp: continuations repeat it.</summary>
    internal bool IsExtended { get; private set; }

    internal uint ExtendedField { get; private set; }

    internal PooledBuffer? Message { get; set; }

    internal int Received { get; set; }

    /// <summary>Takes the header of a message's first chunk.</summary>
    internal void Start(in ChunkHeader header, uint extended)
    {
        if (header.Format <= 1)
        {
            Length = header.Length;
            Type = header.Type;
        }

        if (header.Format == 3)
        {
            Timestamp += _delta;
            return;
        }

        IsExtended = header.TimestampField == ChunkHeader.Extended;
        ExtendedField = IsExtended ? extended : 0;
        uint time = IsExtended ? extended : header.TimestampField;
        if (header.Format == 0)
        {
            StreamId = header.StreamId;
            Timestamp = time;
            // §5.3.1.2.4: a format 3 header after a format 0 one takes its time for the delta. FFmpeg does so where both
            // happen to be equal, at the very start; librtmp means "the same time again", at any time.
            _delta = time <= LargestBelievedDelta ? time : 0;
            return;
        }

        _delta = time;
        Timestamp += time;
    }
}
