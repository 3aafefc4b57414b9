using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Protocols.Sdp;

/// <summary>
/// The origin lines of the answers of one session: its id stays, the version goes up by one with each (RFC 3264 §8,
/// RFC 8829 §5.3.2).
/// </summary>
public sealed class AnswerOrigin
{
    private readonly ulong _id;
    private int _version;

    public AnswerOrigin(RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random.GetBytes(bytes);
        _id = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 1; // 63 bits (RFC 8829 §5.2.1)
    }

    /// <summary>Marks the session's next answer.</summary>
    public void Mark(SessionDescription answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        answer.Origin = string.Create(CultureInfo.InvariantCulture, $"- {_id} {++_version} IN IP4 0.0.0.0");
    }
}
