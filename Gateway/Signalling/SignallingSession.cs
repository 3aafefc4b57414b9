using System.Security.Cryptography;
using Protocols.Ice;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Signalling;

/// <summary>
/// One WebRTC peer as HTTP sees it, viewer or publisher. Who knows <see cref="Secret"/> may change and end it; the id that
/// the API shows is another. Requests of one client may overlap: <see cref="Gate"/> puts them in a row.
/// </summary>
internal abstract class SignallingSession : IDisposable
{
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected SignallingSession(string peerId, IceCredentials ours, SessionDescription offer, SessionDescription answer)
    {
        (PeerId, Answer) = (peerId, answer);
        Etag = EtagOf(ours);
        PeerCredentials = CredentialsOf(offer);
    }

    public string Secret { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The public one.</summary>
    public string PeerId { get; }

    public SessionDescription Answer { get; }

    /// <summary>Names the generation of ICE credentials that a PATCH is meant for.</summary>
    public string Etag { get; private set; }

    /// <summary>The peer's own, as last told; null = its offer had none.</summary>
    public IceCredentials? PeerCredentials { get; private set; }

    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Completes with the reason when the session is over.</summary>
    public Task<CloseReason> Ended => _ended.Task;

    /// <summary>The peer leaves. False: it has left already.</summary>
    public abstract Task<bool> LeaveAsync();

    /// <summary>New credentials of ours. Null: the peer has left.</summary>
    public abstract Task<IceCredentials?> RestartIceAsync();

    public void End(CloseReason reason) => _ended.TrySetResult(reason);

    public void Restarted(IceCredentials ours, IceCredentials theirs)
    {
        Etag = EtagOf(ours);
        PeerCredentials = theirs;
    }

    public void Dispose() => Gate.Dispose();

    private static string EtagOf(IceCredentials credentials) => $"\"{credentials.UsernameFragment}\"";

    private static IceCredentials? CredentialsOf(SessionDescription offer)
    {
        foreach (MediaDescription media in offer.Media)
            if (offer.UfragOf(media) is { } ufrag && offer.PasswordOf(media) is { } password) return new IceCredentials(ufrag, password);
        return null;
    }
}
