using System.Security.Cryptography;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>Our side of a peer connection that an answer is made for.</summary>
/// <param name="Random">Where the answer's SSRCs and ids come from.</param>
public sealed record LocalPeer(
    IceCredentials Credentials, IReadOnlyList<IceCandidate> Candidates, Fingerprint Fingerprint, RandomNumberGenerator Random);
