using System.Collections.Immutable;
using Media;
using Media.Scheduling;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>
/// What one viewer sees and hears of one publication: a track for each section that was agreed on, the sources behind
/// them, and sender reports. Loop of the viewer's session only.
/// </summary>
internal sealed class ViewerMedia(ViewerSession session, SenderReports reports, ReceiverFeedback feedback, ViewerOptions options)
{
    private const long ReportInterval = MonotonicClock.TicksPerSecond;
    private const int MaxReportLength = 512;

    private ViewerTrack[] _tracks = [];
    private bool _started;
    private bool _mayResend;
    private bool _hadSource;
    private long _nextReports = long.MaxValue;
    private long _nextSearch = long.MaxValue;
    private long _nextCheck = long.MaxValue; // what another loop has answered is looked at

    public MediaLoop Loop => session.Loop;

    /// <summary>Null while it is awaited.</summary>
    public Publication? Publication { get; private set; }

    public IReadOnlyList<ViewerTrack> Tracks => _tracks;

    /// <summary>What the viewer does not get and why, or null.</summary>
    public string? Remark => _tracks.FirstOrDefault(track => track.Reason is not null)?.Reason;

    /// <summary>Nothing of what was agreed on can be sent any more, although something is published.</summary>
    public bool HasNothingLeft =>
        _hadSource && Publication?.State == PublicationState.Live && !Array.Exists(_tracks, track => track.IsPaused || track.IsSeeking || track.Forwarded.Source is not null)
        && _nextSearch > session.Now;

    public long NextDeadline
    {
        get
        {
            long next = Math.Min(Math.Min(_nextReports, _nextSearch), _nextCheck);
            foreach (ViewerTrack track in _tracks)
            {
                next = Math.Min(next, track.Forwarded.NextDeadline);
                if (_started && !track.IsStarted) next = Math.Min(next, track.StartAt);
            }

            return next;
        }
    }

    public SubscriberSnapshot Snapshot(Subscriber subscriber, string state, long roundTrip) => new(
        subscriber.Id, subscriber.Entrance, subscriber.Since, state, SourceOf(MediaKind.Video), SourceOf(MediaKind.Audio),
        _tracks.Sum(track => track.Stream.Packets + track.Stream.Retransmitted), _tracks.Sum(track => track.Stream.Bytes),
        _tracks.Sum(track => (long)track.Stream.Lost), roundTrip / (double)MonotonicClock.TicksPerMillisecond, Remark,
        Loop.Index);

    public ViewerTrack Add(NegotiatedTrack track, Random random) => Add(
        track.Kind, [new ViewerFormat(track.Codec, new RtpRewriter(RtpStreamParameters.Of(track, options.PlayoutDelay)))], random, long.MinValue);

    /// <param name="startAt">Nothing is sent before.</param>
    public ViewerTrack Add(SentSection section, Random random, long startAt) => Add(
        section.Kind,
        [.. section.Formats.Select(format => new ViewerFormat(format.Codec, new RtpRewriter(RtpStreamParameters.Of(section, format, options.PlayoutDelay))))],
        random, startAt);

    public void Remove(ViewerTrack track)
    {
        _tracks = [.. _tracks.Where(other => other != track)];
        feedback.Remove(track.Forwarded);
        track.Dispose();
    }

    /// <summary>Takes the sources there are. Done before the viewer is connected, so that conversions warm up meanwhile.</summary>
    public void Bind(Publication publication)
    {
        if (Publication is not null || _hadSource)
            foreach (ViewerTrack track in _tracks) track.OnPublicationChanged();
        Publication = publication;
        AttachSources();
    }

    /// <summary>The publication has ended, or is not to be sent any more: the sections stay, silent.</summary>
    public void Unbind()
    {
        Publication = null;
        foreach (ViewerTrack track in _tracks) track.Leave();
        _nextSearch = long.MaxValue;
    }

    /// <summary>
    /// What to choose for an encoding that was asked for; null = the largest that is live. False: there is none of that id.
    /// Publication's loop.
    /// </summary>
    public static bool TryResolve(Publication publication, ref string? encodingId)
    {
        var video = publication.Video as PublishedPacketTrack;
        bool isOnly = encodingId == PacketEncoding.OnlyId && video?.Encodings is null or [{ Id: PacketEncoding.OnlyId }] or [];
        if (isOnly) encodingId = null;
        return encodingId is null || video?.Find(encodingId) is not null;
    }

    /// <summary>Sends one encoding of the video, or the largest that is live (null).</summary>
    public void Choose(string? encodingId)
    {
        if (Publication is not { } publication) return;
        foreach (ViewerTrack track in _tracks)
            if (track.Kind == MediaKind.Video) track.Choose(publication, encodingId);
    }

    /// <summary>Looks for sources that are missing.</summary>
    public void AttachSources()
    {
        _nextSearch = long.MaxValue;
        if (Publication is not { } publication) return;
        foreach (ViewerTrack track in _tracks)
        {
            track.Seek(publication);
            _hadSource |= track.Forwarded.Source is not null;
        }
    }

    /// <summary>The viewer is connected.</summary>
    /// <param name="mayResend">Packets may be repeated as they were, see <see cref="OutgoingStream.MayResend"/>.</param>
    public void Start(bool mayResend, long now)
    {
        if (_started) return;
        _started = true;
        _mayResend = mayResend;
        _nextReports = now + ReportInterval;
        foreach (ViewerTrack track in _tracks) track.Stream.MayResend = mayResend;
        StartTracks(now);
        OnDeadlineChanged();
    }

    public void Advance(long now)
    {
        if (_started) StartTracks(now);
        foreach (ViewerTrack track in _tracks) track.Forwarded.Advance(now);
        if (now >= _nextCheck) _nextCheck = long.MaxValue;
        if (now >= _nextSearch) AttachSources();
        if (now >= _nextReports) SendReports(now);
    }

    /// <summary>Leaves the sources.</summary>
    public void Close()
    {
        foreach (ViewerTrack track in _tracks) Remove(track);
        Publication = null;
        _nextReports = _nextSearch = _nextCheck = long.MaxValue;
    }

    internal void OnDeadlineChanged() => session.Arm();

    /// <summary>A track that sought a source has one.</summary>
    internal void OnFound()
    {
        _hadSource = true;
        OnDeadlineChanged();
    }

    /// <summary>It may appear, or become possible, later.</summary>
    internal void OnNotFound()
    {
        _nextSearch = Math.Min(_nextSearch, session.Now + ReportInterval);
        if (Publication?.Loop != Loop) _nextCheck = session.Now;
        OnDeadlineChanged();
    }

    internal void OnSourceClosed()
    {
        // The publication's own end closes the whole viewer; everything else has a successor, or a reason.
        if (Publication is null or { State: PublicationState.Ended }) return;
        // Not here: the one that closes is still busy telling its takers.
        _nextSearch = session.Now;
        OnDeadlineChanged();
    }

    private ViewerTrack Add(MediaKind kind, ImmutableArray<ViewerFormat> formats, Random random, long startAt)
    {
        var stream = new OutgoingStream(formats[0].Rewriter, session, random) { MayResend = _mayResend };
        var track = new ViewerTrack(this, kind, formats, stream, options.FastStart) { StartAt = startAt };
        _tracks = [.. _tracks, track];
        feedback.Add(track.Forwarded);
        return track;
    }

    private string? SourceOf(MediaKind kind) => _tracks.FirstOrDefault(track => track.Kind == kind)?.Forwarded.Source?.Id;

    private void StartTracks(long now)
    {
        foreach (ViewerTrack track in _tracks)
        {
            if (track.IsStarted || track.StartAt > now) continue;
            if (Publication is { } publication) SendReport(track, publication, RepairTimeOf(track), now);
            track.Forwarded.Start(now);
        }
    }

    /// <summary>What a repair takes beyond the viewer's round trip: from the publisher to us, or because repairs get lost too.</summary>
    private long RepairTimeOf(ViewerTrack track) =>
        (track.Forwarded.Source?.RepairTime ?? 0) + (track.Stream.IsLineLossy ? feedback.RoundTrip / 2 : 0);

    private void SendReports(long now)
    {
        _nextReports = now + ReportInterval;
        if (Publication is not { } publication || _tracks.Length == 0) return;
        long repairTime = _tracks.Max(RepairTimeOf);
        foreach (ViewerTrack track in _tracks)
            if (track.IsStarted) SendReport(track, publication, repairTime, now);
    }

    private void SendReport(ViewerTrack track, Publication publication, long repairTime, long now)
    {
        Span<byte> compound = stackalloc byte[MaxReportLength];
        int length = reports.Write(compound, track.Stream, publication.Timeline, repairTime, now);
        if (length > 0) session.SendRtcp(compound[..length]);
    }
}
