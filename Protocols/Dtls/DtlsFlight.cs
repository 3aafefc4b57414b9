namespace Protocols.Dtls;

/// <summary>
/// The last flight that was sent, kept to be sent again, as whole records. Those of epoch 0, which nothing protects, get
/// a new sequence number each time they leave (RFC 6347 §4.2.4): a peer that saw a ChangeCipherSpec too early has
/// dropped it, and would drop the same again as a replay. Encrypted ones go out unchanged: a peer that could not
/// decrypt one yet has not marked it as seen.
/// </summary>
internal sealed class DtlsFlight
{
    private byte[] _bytes = [];
    private int _length;
    private long _nextSequenceNumber;

    /// <summary>Forgets the flight before and gives memory for one of <paramref name="length"/> bytes.</summary>
    public Span<byte> Begin(int length)
    {
        if (_bytes.Length < length) _bytes = new byte[length];
        _length = length;
        return _bytes.AsSpan(0, length);
    }

    /// <summary>Gives the records in datagrams of at most <paramref name="mtu"/> bytes.</summary>
    public void Send(int mtu, IDtlsListener listener)
    {
        Span<byte> rest = _bytes.AsSpan(0, _length);
        while (!rest.IsEmpty)
        {
            int length = 0;
            while (DtlsRecord.TryParse(rest[length..], out DtlsRecord record))
            {
                if (length > 0 && length + record.Bytes.Length > mtu) break;
                if (record.Epoch == 0) DtlsRecord.WriteSequenceNumber(rest[length..], _nextSequenceNumber++);
                length += record.Bytes.Length;
            }

            if (length == 0) return; // not ours to judge, but never loop on it
            listener.OnDtlsDatagram(rest[..length]);
            rest = rest[length..];
        }
    }
}
