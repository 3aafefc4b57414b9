using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;

namespace Ingest.Rtp;

/// <summary>The entrance for senders of plain RTP: a description in, open ports out. Thread safe.</summary>
/// <param name="ports">Each section takes a pair; how many there are bounds how many can send.</param>
/// <param name="waiterOf">What a loop sleeps on.</param>
public sealed class RtpIngest(RoomRegistry rooms, PortPairs ports, Func<MediaLoop, NetworkWaiter> waiterOf, RtpPublisherOptions? options = null)
{
    private const int IdLength = 12;

    private readonly ConcurrentDictionary<string, RtpPublisher> _publishers = new();
    private readonly RtpPublisherOptions _options = options ?? new RtpPublisherOptions();

    /// <summary>A publisher has gone: why, and what to log beside. Raised on its loop.</summary>
    public event Action<RtpPublisher, CloseReason, string?>? Closed;

    /// <summary>Those whose ports are open.</summary>
    public IEnumerable<RtpPublisher> Publishers => _publishers.Values;

    public RtpPublisher? Find(string id) => _publishers.GetValueOrDefault(id);

    public async Task<RtpPublishAnswer> PublishAsync(RtpPublishRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!PlainRtpOffer.TryRead(request.Description, out ImmutableArray<PlainRtpSection> sections, out NegotiationFailure? failure))
        {
            return new RtpPublishAnswer(
                failure!.Error == NegotiationError.NoCommonCodec ? RtpPublishOutcome.NoCommonCodec : RtpPublishOutcome.BadDescription, Detail: failure.Detail);
        }

        // Ports before the place: whoever has it must not lose it to somebody who can't send.
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var publisher = new RtpPublisher(id, request.Place, sections, rooms, _options, OnClosed);
        if (!publisher.TryOpenPorts(ports)) return new RtpPublishAnswer(RtpPublishOutcome.NoPorts);
        PublishResult place = rooms.Publish(request.Place, publisher.Place);
        if (place.Writer is not { } writer)
        {
            publisher.Abandon();
            return new RtpPublishAnswer(RtpPublishOutcome.Refused, Refusal: place.Refusal);
        }

        MediaLoop loop = writer.Publication.Loop;
        string origin = RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture);
        SessionDescription answer = PlainRtpAnswer.Write(
            request.Description, sections, request.Address, [.. publisher.Sections.Select(section => section.Port)], origin);
        await loop.InvokeAsync(() =>
        {
            _publishers[id] = publisher;
            publisher.Open(writer, waiterOf(loop));
        }).ConfigureAwait(false);
        return new RtpPublishAnswer(RtpPublishOutcome.Accepted, publisher, answer);
    }

    /// <summary>Ends a publisher. False: there is none of that id.</summary>
    public async Task<bool> CloseAsync(string id, CloseReason reason)
    {
        if (Find(id) is not { } publisher) return false;
        await publisher.Loop.InvokeAsync(() => publisher.Close(reason)).ConfigureAwait(false);
        return true;
    }

    private void OnClosed(RtpPublisher publisher, CloseReason reason, string? detail)
    {
        _publishers.TryRemove(publisher.Id, out _);
        Closed?.Invoke(publisher, reason, detail);
    }
}
