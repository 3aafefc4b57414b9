using Media;
using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Sdp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>
/// What one viewer sees and hears: a forwarded track for each medium that was agreed on, the sources behind them, sender
/// reports, and what the viewer reports back. Loop of the viewer's session only.
/// </summary>
internal sealed class ViewerMedia : IForwardedTrackListener, IDisposable
{
    private const long ReportInterval = MonotonicClock.TicksPerSecond;
    private const int MaxReportLength = 512;

    private readonly Publication _publication;
    private readonly IViewerOutput _output;
    private readonly SenderReports _reports;
    private readonly ReceiverFeedback _feedback;
    private readonly ForwardedTrack[] _tracks;
    private readonly Codec[] _codecs;
    private readonly string?[] _reasons; // why a track has no source
    private readonly string? _refusal;
    private bool _started;
    private bool _hadSource;
    private long _nextReports = long.MaxValue;
    private long _nextSearch;

    public ViewerMedia(
        Publication publication, ViewerNegotiation negotiation, ViewerOptions options, Random random, IViewerOutput output)
    {
        _publication = publication;
        _output = output;
        _reports = new SenderReports(publication.Timeline, negotiation.Cname);
        _feedback = new ReceiverFeedback(_reports);
        NegotiatedTrack[] agreed =
            [.. new[] { negotiation.Audio, negotiation.Video }.OfType<NegotiatedTrack>()];
        _codecs = [.. agreed.Select(track => track.Codec)];
        _reasons = new string?[agreed.Length];
        _tracks = [.. agreed.Select(track => Forward(track, options, random))];
        _refusal = negotiation.VideoRefusal;
        foreach (ForwardedTrack track in _tracks) _feedback.Add(track);
    }

    public ReceiverFeedback Feedback => _feedback;

    public long PacketsSent => _tracks.Sum(track => track.Stream.Packets + track.Stream.Retransmitted);

    public long BytesSent => _tracks.Sum(track => track.Stream.Bytes);

    /// <summary>What the viewer does not get and why, or null.</summary>
    public string? Remark => _refusal ?? _reasons.FirstOrDefault(reason => reason is not null);

    public long NextDeadline
    {
        get
        {
            long next = Math.Min(_nextReports, _nextSearch);
            foreach (ForwardedTrack track in _tracks) next = Math.Min(next, track.NextDeadline);
            return next;
        }
    }

    /// <summary>Id of the track that the viewer gets, or null.</summary>
    public string? SourceOf(MediaKind kind) => Find(kind)?.Source?.Id;

    public ForwardedTrack? Find(MediaKind kind) => _tracks.FirstOrDefault(track => track.Kind == kind);

    /// <summary>Takes the sources there are. Done before the viewer is connected, so that conversions warm up meanwhile.</summary>
    public void AttachSources(long now)
    {
        _nextSearch = long.MaxValue;
        for (int i = 0; i < _tracks.Length; i++)
        {
            if (_tracks[i].Source is not null) continue;
            TrackView view = _publication.Views.Find(ShapeOf(_codecs[i]));
            _reasons[i] = view.Reason;
            if (view.Track is PacketTrack track) _tracks[i].Attach(track, now);
            else _nextSearch = now + ReportInterval; // it may appear, or become possible
        }

        bool has = _tracks.Any(track => track.Source is not null);
        // Another offer may fare better: what the source is now was not known when this one was answered.
        if (_hadSource && !has && _publication.State == PublicationState.Live) _output.OnNothingLeft();
        _hadSource |= has;
    }

    /// <summary>The viewer is connected.</summary>
    /// <param name="mayResend">Packets may be repeated as they were, see <see cref="OutgoingStream.MayResend"/>.</param>
    public void Start(bool mayResend, long now)
    {
        if (_started) return;
        _started = true;
        foreach (ForwardedTrack track in _tracks) track.Stream.MayResend = mayResend;
        SendReports(now);
        foreach (ForwardedTrack track in _tracks) track.Start(now);
        _output.OnDeadlineChanged();
    }

    public void OnRtcp(in RtcpPacket packet, long now) => _feedback.OnRtcp(packet, now);

    public void Advance(long now)
    {
        foreach (ForwardedTrack track in _tracks) track.Advance(now);
        if (now >= _nextSearch) AttachSources(now);
        if (now >= _nextReports) SendReports(now);
    }

    public void Dispose()
    {
        foreach (ForwardedTrack track in _tracks) track.Dispose();
        _nextReports = _nextSearch = long.MaxValue;
    }

    public void OnDeadlineChanged() => _output.OnDeadlineChanged();

    public PacketTrack? OnGroupTooLong(ForwardedTrack track)
    {
        Codec codec = _codecs[Array.IndexOf(_tracks, track)];
        // An encoder of our own gives a keyframe when asked; what is forwarded needs one beside it.
        return IsForwarded(codec) ? _publication.Views.FindBridge(codec).Track as PacketTrack : track.Source;
    }

    public void OnSourceClosed(ForwardedTrack track, CloseReason reason)
    {
        // The publication's own end closes the whole viewer; everything else has a successor, or a reason.
        if (_publication.State == PublicationState.Ended) return;
        // Not here: the one that closes is still busy telling its takers.
        _nextSearch = _publication.Loop.Now;
        _output.OnDeadlineChanged();
    }

    private static TrackShape ShapeOf(Codec codec) => new(TrackForm.Packets, codec, ForBrowsers: true);

    private bool IsForwarded(Codec codec) =>
        _publication.Video is { Format: { } format } video && format.Codec == codec
        && (video.Compatibility.IsCompatible
            || _publication.Context.Options.VideoPolicyOf(_publication.Room.Name) == VideoPolicy.Drop);

    private ForwardedTrack Forward(NegotiatedTrack track, ViewerOptions options, Random random)
    {
        var parameters = new RtpStreamParameters(
            track.Ssrc, (byte)track.PayloadType, track.ClockRate, track.RtxSsrc, (byte)(track.RtxPayloadType ?? 0))
        {
            Extensions = new RtpHeaderExtensions
            {
                MidId = track.Extensions.Mid,
                Mid = track.Mid,
                TransportSequenceId = track.Extensions.TransportCc,
                AbsoluteSendTimeId = track.Extensions.AbsSendTime,
                PlayoutDelayId = track.Extensions.PlayoutDelay,
                PlayoutDelay = options.PlayoutDelay,
            },
        };
        return new ForwardedTrack(track.Kind, new OutgoingStream(parameters, _output, random), options.FastStart, this);
    }

    /// <summary>What a repair takes beyond the viewer's round trip: from the publisher to us, or because repairs get lost too.</summary>
    private long RepairTimeOf(ForwardedTrack track) =>
        (track.Source?.RepairTime ?? 0) + (track.Stream.IsLineLossy ? _feedback.RoundTrip / 2 : 0);

    private void SendReports(long now)
    {
        Span<byte> compound = stackalloc byte[MaxReportLength];
        long repairTime = _tracks.Max(RepairTimeOf);
        foreach (ForwardedTrack track in _tracks)
        {
            int length = _reports.Write(compound, track.Stream, repairTime, now);
            if (length > 0) _output.SendRtcp(compound[..length]);
        }

        _nextReports = now + ReportInterval;
    }
}
