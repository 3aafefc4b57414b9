using System.Collections.Concurrent;
using System.Threading.Channels;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc;

/// <summary>The entrance for viewers: an offer in, an answer out, and a session that waits behind it. Thread safe.</summary>
public sealed class WebRtcEgress(RoomRegistry rooms, WebRtcTransport transport, WebRtcEgressOptions options)
{
    /// <summary>Sound and picture seldom start together; an answer waits so long for the second one.</summary>
    private static readonly TimeSpan s_secondMediumPatience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, WebRtcSubscriber> _viewers = new();
    private readonly ViewerOptions _options = options.ToViewerOptions();

    /// <summary>A viewer has gone: why, and what to log beside. Raised on its loop.</summary>
    public event Action<WebRtcSubscriber, CloseReason, string?>? Closed;

    public WebRtcSubscriber? Find(string id) => _viewers.GetValueOrDefault(id);

    public async Task<ViewerAnswer> SubscribeAsync(ViewerRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (rooms.Find(request.Room, request.Publication) is not { State: PublicationState.Live } publication)
            return new ViewerAnswer(ViewerOutcome.NothingLive, Detail: "Nothing of that name is live.");
        await WaitForBothMediaAsync(publication, cancellation).ConfigureAwait(false);
        ViewerSetup? setup = null;
        ViewerAnswer? refusal = await publication.Loop.InvokeAsync(() => Prepare(publication, request, out setup)).ConfigureAwait(false);
        return refusal ?? await setup!.Loop.InvokeAsync(() => Open(setup)).ConfigureAwait(false);
    }

    /// <summary>Ends a viewer's session. False: there is none of that id.</summary>
    public async Task<bool> CloseAsync(string id, CloseReason reason)
    {
        if (Find(id) is not { } viewer) return false;
        await viewer.Loop.InvokeAsync(() => viewer.Close(reason, null)).ConfigureAwait(false);
        return true;
    }

    /// <summary>New credentials of ours for an ICE restart. Null: there is no such viewer.</summary>
    public async Task<IceCredentials?> RestartIceAsync(string id)
    {
        if (Find(id) is not { } viewer) return null;
        return await viewer.Loop.InvokeAsync(() =>
        {
            IceCredentials credentials = transport.NewCredentials(viewer.Loop);
            viewer.RestartIce(credentials);
            return credentials;
        }).ConfigureAwait(false);
    }

    private async Task WaitForBothMediaAsync(Publication publication, CancellationToken cancellation)
    {
        MediaLoop loop = publication.Loop;
        long deadline = publication.StartedAt + s_secondMediumPatience.Ticks;
        using RoomEventListener news = rooms.Events.Listen();
        while (loop.Now < deadline && !await loop.InvokeAsync(() => HasBothMedia(publication)).ConfigureAwait(false))
        {
            using var patience = new CancellationTokenSource(
                TimeSpan.FromTicks(Math.Max(0, deadline - loop.Now)), loop.Clock.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                await news.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ChannelClosedException)
            {
                return;
            }
        }
    }

    private static bool HasBothMedia(Publication publication) =>
        publication.State != PublicationState.Live || (publication.Video?.Format is not null && publication.Audio?.Format is not null);

    /// <summary>Plans what a viewer gets, and where it lives. A refusal, or null. Publication's loop.</summary>
    private ViewerAnswer? Prepare(Publication publication, ViewerRequest request, out ViewerSetup? setup)
    {
        setup = null;
        if (publication.State != PublicationState.Live || (publication.Video ?? publication.Audio)?.Format is null)
            return new ViewerAnswer(ViewerOutcome.NothingLive, Detail: "The publisher is there, but has sent neither sound nor picture yet.");
        MediaLoop loop = rooms.Loads.Take(publication.Loop);
        IceCredentials credentials = transport.NewCredentials(loop);
        ViewerPlan plan = ViewerPlan.Make(publication, request.Offer, transport.LocalPeer(credentials, request.Remote));
        if (plan.Negotiation is not { } negotiation)
        {
            rooms.Loads.Release(loop);
            return Refuse(plan);
        }

        WebRtcSessionOptions session = transport.SessionOptions(loop, credentials, negotiation.RemoteFingerprint);
        setup = new ViewerSetup(
            transport.NewId(), request.Entrance, publication, loop, negotiation, session, transport.Of(loop), _options,
            new Random((int)transport.NewNumber()));
        return null;
    }

    /// <summary>On the viewer's loop.</summary>
    private ViewerAnswer Open(ViewerSetup setup)
    {
        var viewer = new WebRtcSubscriber(setup, OnClosed);
        _viewers[viewer.Id] = viewer;
        viewer.Begin();
        return new ViewerAnswer(ViewerOutcome.Accepted, viewer, setup.Negotiation.Answer);
    }

    private static ViewerAnswer Refuse(in ViewerPlan plan) => plan switch
    {
        { NothingToSend: { } reason } => new ViewerAnswer(ViewerOutcome.NothingToSend, Detail: reason),
        { Failure.Error: NegotiationError.NoCommonCodec } => new ViewerAnswer(ViewerOutcome.NoCommonCodec, Detail: plan.Failure.Detail),
        _ => new ViewerAnswer(ViewerOutcome.BadOffer, Detail: plan.Failure?.Detail),
    };

    private void OnClosed(WebRtcSubscriber viewer, CloseReason reason, string? detail)
    {
        _viewers.TryRemove(viewer.Id, out _);
        rooms.Loads.Release(viewer.Loop);
        Closed?.Invoke(viewer, reason, detail);
    }
}
