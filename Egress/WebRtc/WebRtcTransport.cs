using System.Security.Cryptography;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;

namespace Egress.WebRtc;

/// <summary>What sessions are carried by: shared by all of them.</summary>
/// <param name="Worker">Computes handshakes off the loops; null = on them.</param>
/// <param name="Random">Thread safe.</param>
/// <param name="Of">The part that belongs to a loop.</param>
public sealed record WebRtcTransport(
    DtlsContext Dtls, DtlsWorker? Worker, Fingerprint Fingerprint, CandidateGatherer Candidates, RandomNumberGenerator Random,
    Func<MediaLoop, LoopTransport> Of);

/// <summary>How the sessions of one loop send, and are found for what arrives.</summary>
public sealed record LoopTransport(IDatagramSender Sender, SessionTable Sessions);
