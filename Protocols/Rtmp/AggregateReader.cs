namespace Protocols.Rtmp;

/// <summary>
/// Walks over the parts of an aggregate message, which look like FLV tags. Their times count from the first part's, which
/// stands for the message's own. RTMP 1.0 §7.1.6.
/// </summary>
internal ref struct AggregateReader(ReadOnlySpan<byte> payload, uint timestamp)
{
    private const int HeaderLength = 11;
    private const int BackPointerLength = 4;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private readonly uint _timestamp = timestamp;
    private uint _first;
    private bool _hasFirst;
    private int _next;

    internal RtmpMessageType Type { get; private set; }

    internal uint Timestamp { get; private set; }

    /// <summary>Where the part's body lies in the aggregate.</summary>
    internal int Offset { get; private set; }

    internal int Length { get; private set; }

    internal bool IsMalformed { get; private set; }

    //  +------+---------------+----------------+----------------+-----------+------+------------------+
    //  | type | body length 24| time, low 24   | time, high 8   | stream 24 | body | back pointer 32  |
    //  +------+---------------+----------------+----------------+-----------+------+------------------+
    internal bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _payload[Math.Min(_next, _payload.Length)..];
        if (rest.IsEmpty) return false;
        int length = rest.Length < HeaderLength ? int.MaxValue : (rest[1] << 16) | (rest[2] << 8) | rest[3];
        if (length > rest.Length - HeaderLength)
        {
            IsMalformed = true;
            return false;
        }

        uint time = (uint)((rest[7] << 24) | (rest[4] << 16) | (rest[5] << 8) | rest[6]);
        if (!_hasFirst) (_first, _hasFirst) = (time, true);
        Type = (RtmpMessageType)rest[0];
        Timestamp = _timestamp + (time - _first);
        Offset = _next + HeaderLength;
        Length = length;
        _next = Offset + length + BackPointerLength;
        return true;
    }
}
