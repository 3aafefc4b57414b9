using System.Collections.Immutable;
using Ingest.WebRtc;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Ingest.Rtp;

/// <summary>
/// A sender of plain RTP: up to one picture and one sound on ports of their own, which feed one publication. Silence makes
/// it go away; while its viewers wait for it, the ports wait too, and a packet brings it back. Loop of its publication only.
/// </summary>
public sealed class RtpPublisher
{
    /// <summary>The entrance's name on publications.</summary>
    public const string Entrance = "rtp";

    private const int MaxHeld = 256;

    private readonly RoomRegistry _rooms;
    private readonly RtpPublisherOptions _options;
    private readonly Action<RtpPublisher, CloseReason, string?> _onClosed;
    private readonly List<(RtpPublisherSection Section, ReceivedRtp Packet, long At)> _held = [];
    private PublishRequest _request;
    private PublisherPlace _place;
    private MediaLoop? _loop;
    private NetworkWaiter? _waiter;
    private LoopTimer? _timer;
    private RtpPublisherState _state = RtpPublisherState.Waiting;
    private long _until;

    internal RtpPublisher(
        string id, PublishRequest request, ImmutableArray<PlainRtpSection> sections, RoomRegistry rooms, RtpPublisherOptions options,
        Action<RtpPublisher, CloseReason, string?> onClosed)
    {
        Id = id;
        (_rooms, _options, _onClosed, _request) = (rooms, options, onClosed, request);
        _place = new PublisherPlace(OnRemoved);
        Sections = [.. sections.Select(section => new RtpPublisherSection(this, section, options))];
    }

    public string Id { get; }

    public Publication Publication => _place.Publication;

    public MediaLoop Loop => _loop!;

    /// <summary>Any thread.</summary>
    public RtpPublisherState State => _state;

    /// <summary>What came to its ports; slightly old on other threads than the loop's.</summary>
    public ImmutableArray<RtpSectionStatistics> Statistics => [.. Sections.Select(section => section.Statistics())];

    internal PublisherPlace Place => _place;

    internal ImmutableArray<RtpPublisherSection> Sections { get; }

    internal long Now => Loop.Now;

    /// <summary>Opens the ports of all sections, or none. Any thread; nothing is heard yet.</summary>
    internal bool TryOpenPorts(PortPairs pairs)
    {
        if (Sections.All(section => section.TryOpen(pairs))) return true;
        Abandon();
        return false;
    }

    /// <summary>Gives the ports back of one that never listened.</summary>
    internal void Abandon()
    {
        foreach (RtpPublisherSection section in Sections) section.Close(waiter: null);
    }

    /// <summary>The place is there: packets may come.</summary>
    internal void Open(PublicationWriter writer, NetworkWaiter waiter)
    {
        _loop = writer.Publication.Loop;
        _request = _request with { Loop = _loop };
        _waiter = waiter;
        _timer = _loop.CreateTimer(OnTimer);
        _until = Now + _options.FirstPacketTimeout;
        foreach (RtpPublisherSection section in Sections)
        {
            section.Feed(writer);
            section.Listen(waiter);
        }

        Arm();
        _place.Open(writer); // whoever was removed meanwhile is told now
    }

    internal void Close(CloseReason reason) => Close(reason, null);

    internal void OnSourceLocked(RtpPublisherSection section, TransportAddress source)
    {
        section.Renew();
        Arm();
    }

    internal void OnRtp(RtpPublisherSection section, in ReceivedRtp packet, long now)
    {
        if (_state == RtpPublisherState.Waiting) _state = RtpPublisherState.Live;
        if (_state == RtpPublisherState.Away) Return();
        if (_state == RtpPublisherState.Live) section.Receive(packet, now);
        else if (_state == RtpPublisherState.Returning && _held.Count < MaxHeld) Hold(section, packet, now);
    }

    internal void OnBye()
    {
        if (_state == RtpPublisherState.Live && !Sections.Any(section => section.IsLocked)) Leave(CloseReason.Left);
        Arm();
    }

    internal void Arm()
    {
        if (_timer is null || _state == RtpPublisherState.Closed) return;
        long next = _state is RtpPublisherState.Waiting or RtpPublisherState.Away ? _until : long.MaxValue;
        foreach (RtpPublisherSection section in Sections) next = Math.Min(next, section.NextDeadline);
        if (next == long.MaxValue) _timer.Cancel();
        else _timer.Set(next);
    }

    private void OnTimer(long now)
    {
        if (_state is RtpPublisherState.Waiting or RtpPublisherState.Away && now >= _until)
        {
            Close(CloseReason.TimedOut, _state == RtpPublisherState.Waiting ? "no packet came" : "no packet came again");
            return;
        }

        foreach (RtpPublisherSection section in Sections) section.Advance(now);
        if (_state == RtpPublisherState.Live && !Sections.Any(section => section.IsLocked)) Leave(CloseReason.TimedOut);
        Arm();
    }

    /// <summary>Viewers wait for its return, and so do the ports.</summary>
    private void Leave(CloseReason reason)
    {
        _state = RtpPublisherState.Away;
        _until = Now + Publication.Context.Options.KeepAfterPublisherLeft.Ticks;
        foreach (RtpPublisherSection section in Sections) section.Renew();
        _place.Writer.Close(reason);
    }

    // What comes until the place is there is held back: it begins with the keyframe that viewers wait for.
    private void Return()
    {
        var place = new PublisherPlace(OnRemoved);
        PublishResult result = _rooms.Publish(_request, place);
        _state = RtpPublisherState.Returning;
        if (result.Writer is not { } writer)
        {
            // Not here: the socket that is being read would be closed.
            Loop.Post(() => Close(CloseReason.Replaced, $"its place is not to be had any more: {result.Refusal}"));
            return;
        }

        _place = place;
        foreach (RtpPublisherSection section in Sections) section.Feed(writer);
        place.Open(writer);
        Loop.Post(GoOn); // behind what the registry has posted
    }

    private void GoOn()
    {
        if (_state != RtpPublisherState.Returning) return;
        _state = RtpPublisherState.Live;
        foreach ((RtpPublisherSection section, ReceivedRtp packet, long at) in _held)
        {
            section.Receive(packet, at);
            packet.Buffer.Dispose();
        }

        _held.Clear();
        Arm();
    }

    private void Hold(RtpPublisherSection section, in ReceivedRtp packet, long now)
    {
        packet.Buffer.AddReference();
        _held.Add((section, packet, now));
    }

    private void OnRemoved(PublisherPlace place, CloseReason reason)
    {
        if (place == _place) Close(reason, null);
    }

    private void Close(CloseReason reason, string? detail)
    {
        if (_state == RtpPublisherState.Closed) return;
        _state = RtpPublisherState.Closed;
        _timer!.Cancel();
        foreach (RtpPublisherSection section in Sections) section.Close(_waiter);
        foreach ((_, ReceivedRtp packet, _) in _held) packet.Buffer.Dispose();
        _held.Clear();
        _place.Writer.Close(reason);
        _onClosed(this, reason, detail);
    }
}
