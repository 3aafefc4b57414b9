using System.Collections.Concurrent;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Ingest.WebRtc;

/// <summary>The entrance for publishers: an offer in, an answer out, and a session that waits behind it. Thread safe.</summary>
public sealed class WebRtcIngest(RoomRegistry rooms, WebRtcTransport transport)
{
    private readonly ConcurrentDictionary<string, WebRtcPublisher> _publishers = new();

    /// <summary>A publisher has gone: why, and what to log beside. Raised on its loop.</summary>
    public event Action<WebRtcPublisher, CloseReason, string?>? Closed;

    public WebRtcPublisher? Find(string id) => _publishers.GetValueOrDefault(id);

    public async Task<PublisherAnswer> PublishAsync(PublisherRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // Whoever has the place must not lose it to an offer that is of no use.
        if (!TryNegotiate(request, IceCredentials.Create(0, transport.Random), out _, out PublisherAnswer? refusal)) return refusal!;

        var publisher = new WebRtcPublisher(transport.NewId(), OnClosed);
        PublishResult place = rooms.Publish(request.Place, publisher.Place);
        if (place.Writer is not { } writer) return new PublisherAnswer(PublisherOutcome.Refused, Refusal: place.Refusal);
        return await writer.Publication.Loop.InvokeAsync(() => Open(publisher, writer, request)).ConfigureAwait(false);
    }

    /// <summary>Ends a publisher's session. False: there is none of that id.</summary>
    public async Task<bool> CloseAsync(string id, CloseReason reason)
    {
        if (Find(id) is not { } publisher) return false;
        await publisher.Loop.InvokeAsync(() => publisher.Close(reason)).ConfigureAwait(false);
        return true;
    }

    /// <summary>New credentials of ours for an ICE restart. Null: there is no such publisher.</summary>
    public async Task<IceCredentials?> RestartIceAsync(string id)
    {
        if (Find(id) is not { } publisher) return null;
        return await publisher.Loop.InvokeAsync(() =>
        {
            IceCredentials credentials = transport.NewCredentials(publisher.Loop);
            publisher.RestartIce(credentials);
            return credentials;
        }).ConfigureAwait(false);
    }

    /// <summary>Publication's loop.</summary>
    private PublisherAnswer Open(WebRtcPublisher publisher, PublicationWriter writer, PublisherRequest request)
    {
        MediaLoop loop = writer.Publication.Loop;
        IceCredentials credentials = transport.NewCredentials(loop);
        if (!TryNegotiate(request, credentials, out PublisherNegotiation? negotiation, out PublisherAnswer? refusal))
        {
            writer.Close(CloseReason.ProtocolError);
            return refusal!;
        }

        _publishers[publisher.Id] = publisher;
        publisher.Open(writer, new PublisherSetup(
            negotiation!, transport.SessionOptions(loop, credentials, negotiation!.RemoteFingerprint), transport.Of(loop),
            transport.NewNumber(), transport.NewId()));
        return new PublisherAnswer(PublisherOutcome.Accepted, publisher, negotiation.Answer);
    }

    private bool TryNegotiate(
        PublisherRequest request, IceCredentials credentials, out PublisherNegotiation? negotiation, out PublisherAnswer? refusal)
    {
        refusal = null;
        LocalPeer local = transport.LocalPeer(credentials, request.Remote);
        if (OfferAnswer.TryAnswerPublisher(request.Offer, ReceivableMedia.Default, local, out negotiation, out NegotiationFailure? failure))
            return true;
        PublisherOutcome outcome =
            failure!.Error == NegotiationError.NoCommonCodec ? PublisherOutcome.NoCommonCodec : PublisherOutcome.BadOffer;
        refusal = new PublisherAnswer(outcome, Detail: failure.Detail);
        return false;
    }

    private void OnClosed(WebRtcPublisher publisher, CloseReason reason, string? detail)
    {
        _publishers.TryRemove(publisher.Id, out _);
        Closed?.Invoke(publisher, reason, detail);
    }
}
