using System.Security.Cryptography;
using Egress.WebRtc;
using Protocols.Ice;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whep;

/// <summary>
/// One viewer as HTTP sees it. Who knows <see cref="Secret"/> may change and end it; the id that the API shows is another.
/// Requests of one client may overlap: <see cref="Gate"/> puts them in a row.
/// </summary>
internal sealed class WhepSession : IDisposable
{
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WhepSession(WebRtcSubscriber viewer, SessionDescription offer, SessionDescription answer)
    {
        (Viewer, Answer) = (viewer, answer);
        Etag = EtagOf(viewer.Credentials);
        PeerCredentials = CredentialsOf(offer);
    }

    public string Secret { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public WebRtcSubscriber Viewer { get; }

    public SessionDescription Answer { get; }

    /// <summary>Names the generation of ICE credentials that a PATCH is meant for.</summary>
    public string Etag { get; private set; }

    /// <summary>The viewer's own, as last told; null = its offer had none.</summary>
    public IceCredentials? PeerCredentials { get; private set; }

    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Completes with the reason when the session is over.</summary>
    public Task<CloseReason> Ended => _ended.Task;

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
