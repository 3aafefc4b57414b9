using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;

namespace Protocols.WebRtc;

/// <summary>What sessions are carried by: shared by all of them. Thread safe.</summary>
/// <param name="Worker">Computes handshakes off the loops; null = on them.</param>
/// <param name="Random">Thread safe.</param>
/// <param name="Of">The part that belongs to a loop.</param>
public sealed record WebRtcTransport(
    DtlsContext Dtls, DtlsWorker? Worker, Fingerprint Fingerprint, CandidateGatherer Candidates, RandomNumberGenerator Random,
    Func<MediaLoop, LoopTransport> Of)
{
    /// <summary>Credentials whose fragment leads to that loop.</summary>
    public IceCredentials NewCredentials(MediaLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return IceCredentials.Create(loop.Index, Random);
    }

    /// <summary>Our side of an answer to somebody who asks from there.</summary>
    public LocalPeer LocalPeer(IceCredentials credentials, IPAddress? remote) =>
        new(credentials, Candidates.Gather(remote), Fingerprint, Random);

    public WebRtcSessionOptions SessionOptions(MediaLoop loop, IceCredentials credentials, Fingerprint peer) => new()
    {
        Credentials = credentials,
        Dtls = Dtls,
        PeerFingerprint = peer,
        Refusals = Of(loop).Sessions.Refusals,
        Offload = Worker is { } worker ? new DtlsOffload(worker, loop) : null,
    };

    /// <summary>A short id that is safe in addresses.</summary>
    public string NewId()
    {
        Span<byte> bytes = stackalloc byte[9];
        Random.GetBytes(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    public uint NewNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}

/// <summary>How the sessions of one loop send, and are found for what arrives.</summary>
public sealed record LoopTransport(IDatagramSender Sender, SessionTable Sessions);
