using System.Collections.Immutable;
using System.Net;
using Egress.WebRtc.Participants;
using Ingest.WebRtc.Participants;
using Protocols.Sdp;
using Rooms;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>
/// A participant's two peer connections: answers its offers, one at a time, and ends both when it leaves. Thread safe.
/// </summary>
internal sealed class ParticipantMedia(ParticipantHouse house, ParticipantRoom room, Participant participant) : IDisposable
{
    private const string Refused = "refused";
    private const string OwnPublication = "own-publication";

    private readonly SemaphoreSlim _offers = new(1);
    private readonly Lock _gate = new();
    private ParticipantPublisher? _publisher;
    private ParticipantSubscriber? _subscriber;
    private ImmutableHashSet<string>? _videos;
    private bool _isOver;

    public ParticipantRoom Room => room;

    /// <summary>The answer, or the error.</summary>
    public async Task<GatewayMessage> AnswerAsync(OfferMessage message, IPAddress? remote)
    {
        if (house.WebRtc.ParticipantIngest is not { } ingest || house.WebRtc.ParticipantEgress is not { } egress)
            return Error(message, ErrorCode.WebRtcOff, house.WebRtc.OffBecause!);
        if (!SdpReader.TryRead(message.Sdp, house.Options.Participants.SdpLimits, out SessionDescription offer, out string error))
            return Error(message, ErrorCode.BadOffer, $"The SDP: {error}.");
        if (message.Tracks.FirstOrDefault(track => !offer.Media.Exists(media => media.Mid == track.Mid && media.Kind is "audio" or "video")) is { Mid: { } stray })
            return Error(message, ErrorCode.BadOffer, $"The SDP has no section of audio or video with the mid {stray}, which tracks name.");
        await _offers.WaitAsync();
        try
        {
            return message.Role == PeerConnectionRole.Send
                ? await PublishAsync(ingest, message, offer, remote)
                : await ReceiveAsync(egress, message, offer, remote);
        }
        finally
        {
            _offers.Release();
        }
    }

    /// <summary>Whose video flows; null = everybody's. Calls take effect in their order.</summary>
    public void ShowVideos(ImmutableHashSet<string>? publications)
    {
        lock (_gate)
        {
            _videos = publications;
            _subscriber?.ShowVideosAsync(publications);
        }
    }

    /// <summary>A session has ended. Null: it is none that the participant still has.</summary>
    public PeerConnectionRole? OnEnded(string session)
    {
        lock (_gate)
        {
            if (_publisher?.Id == session)
            {
                _publisher = null;
                return PeerConnectionRole.Send;
            }

            if (_subscriber?.Id != session) return null;
            _subscriber = null;
            return PeerConnectionRole.Receive;
        }
    }

    /// <summary>The participant has left: nothing of it goes on. Idempotent.</summary>
    public async Task CloseAsync(CloseReason reason)
    {
        await _offers.WaitAsync();
        try
        {
            ParticipantPublisher? publisher;
            ParticipantSubscriber? subscriber;
            lock (_gate)
            {
                _isOver = true;
                (publisher, subscriber) = (_publisher, _subscriber);
                (_publisher, _subscriber) = (null, null);
            }

            if (publisher is not null) await publisher.CloseAsync(reason);
            if (subscriber is not null) await subscriber.CloseAsync(reason);
        }
        finally
        {
            _offers.Release();
        }
    }

    public void Dispose() => _offers.Dispose();

    private async Task<GatewayMessage> PublishAsync(ParticipantIngest ingest, OfferMessage message, SessionDescription offer, IPAddress? remote)
    {
        ImmutableArray<SectionSource> sections =
        [
            .. message.Tracks.Select(track => new SectionSource(track.Mid, ProtocolWords.Source(track.Publication)!.Value.PublicationOf(participant.Id))),
        ];
        // Nobody else can have the id at this entrance: it is as good as a key.
        ParticipantPublishAnswer answer = await ingest.AnswerAsync(
            new ParticipantPublishOffer(room.Name, participant.Id, Current(ref _publisher), offer, sections, remote));
        if (answer.Session is { } publisher && !Keep(ref _publisher, publisher, publisher.Id)) await publisher.CloseAsync(CloseReason.Left);
        if (answer.Answer is not { } description)
            return Error(message, answer.Outcome == ParticipantPublishOutcome.SessionEnded ? ErrorCode.SessionEnded : ErrorCode.BadOffer, answer.Detail ?? "");
        return Answer(message, description, answer.Sections.Select(section => new AnsweredTrack(
            section.Mid, section.Publication, section.Kind.Word(), section.Refusal is null ? null : Refused, section.Refusal)));
    }

    private async Task<GatewayMessage> ReceiveAsync(ParticipantEgress egress, OfferMessage message, SessionDescription offer, IPAddress? remote)
    {
        ILookup<bool, OfferedTrack> tracks = message.Tracks.ToLookup(track => IsOwn(track.Publication));
        ImmutableArray<SectionWish> wishes = [.. tracks[false].Select(track => new SectionWish(track.Mid, track.Publication))];
        ParticipantAnswer answer = await egress.AnswerAsync(
            new ParticipantOffer(room.Name, participant.Id, Current(ref _subscriber), offer, wishes, remote), CancellationToken.None);
        if (answer.Session is { } subscriber && !Keep(ref _subscriber, subscriber, subscriber.Id)) await subscriber.CloseAsync(CloseReason.Left);
        if (answer.Answer is not { } description)
            return Error(message, answer.Outcome == ParticipantOutcome.SessionClosed ? ErrorCode.SessionEnded : ErrorCode.BadOffer, answer.Detail ?? "");
        return Answer(message, description, answer.Sections
            .Select(section => new AnsweredTrack(
                section.Mid, section.Publication, section.Kind.Word(), section.Refusal, section.Refusal is null ? null : section.Detail))
            .Concat(tracks[true].Select(track => new AnsweredTrack(
                track.Mid, track.Publication, offer.Media.Find(media => media.Mid == track.Mid)!.Kind, OwnPublication, "One does not get back what one sends."))));
    }

    private bool IsOwn(string publication) =>
        publication == PublicationSource.Camera.PublicationOf(participant.Id) || publication == PublicationSource.Screen.PublicationOf(participant.Id);

    private T? Current<T>(ref T? field)
        where T : class
    {
        lock (_gate) return field;
    }

    /// <summary>False: the participant has left meanwhile.</summary>
    private bool Keep<T>(ref T? field, T session, string id)
        where T : class
    {
        lock (_gate)
        {
            if (_isOver) return false;
            if (field == session) return true;
            field = session;
            house.Peers.Add(id, this);
            if (session is ParticipantSubscriber subscriber && _videos is not null) subscriber.ShowVideosAsync(_videos);
            return true;
        }
    }

    private static AnswerMessage Answer(OfferMessage message, SessionDescription description, IEnumerable<AnsweredTrack> tracks) =>
        new(message.Role.Word(), description.ToString(), [.. tracks], message.Request);

    private static ErrorMessage Error(OfferMessage message, string code, string detail) =>
        new(code, detail, message.Type, message.Role.Word(), message.Request);
}
