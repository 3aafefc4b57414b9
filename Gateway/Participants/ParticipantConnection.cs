using System.Net;
using Media.Scheduling;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>Who is at the other end of a participant's WebSocket.</summary>
/// <param name="MayPublish">The key that came opens publishing.</param>
/// <param name="Remote">Who asks over loopback gets loopback candidates.</param>
internal sealed record ParticipantCaller(bool MayPublish, IPAddress? Remote);

/// <summary>The conversation over one WebSocket: from <c>join</c> to its end, message by message.</summary>
internal sealed partial class ParticipantConnection(
    ParticipantSocket socket, string room, ParticipantCaller caller, ParticipantRooms rooms, ParticipantHouse house, ILogger<ParticipantConnection> logger)
{
    public const int Version = 1;

    /// <summary>So many messages that can't be read end the session: who sends them speaks another protocol.</summary>
    private const int MaxBadMessages = 5;

    private static readonly TimeSpan s_joinTime = TimeSpan.FromSeconds(10);

    private readonly ILogger<ParticipantConnection> _logger = logger;
    private readonly MessageRate _rate = new(
        house.Options.Participants.MessagesPerSecond,
        house.Options.Participants.MessagesPerSecond * Options.ParticipantOptions.Burst,
        house.Clock.Now);

    private volatile ParticipantSession? _session;
    private ParticipantRoom? _room;
    private int _badMessages;

    public ParticipantSocket Socket => socket;

    public ParticipantCaller Caller => caller;

    /// <summary>Until the connection is over; the place is kept, or given up, as the end is.</summary>
    public async Task RunAsync()
    {
        await using (house.Clock.TimeProvider.CreateTimer(OnJoinTime, null, s_joinTime, Timeout.InfiniteTimeSpan))
            await socket.RunAsync(OnMessageAsync);
        house.Metrics.End(socket.Ended?.Word);
        if (_session is not { } session) return;
        if (socket.Ended is { IsFault: true }) LogFaulty(room, session.Participant.Id, socket.Ended.Word);
        if (socket.Ended is { IsFault: true } || socket.Ended == SessionEnd.Left) _room!.Leave(session, this);
        else _room!.OnConnectionLost(session, this, house.Clock.Now);
    }

    private void OnJoinTime(object? state)
    {
        if (_session is null) End(SessionEnd.NotJoinedInTime, $"A join was expected within {s_joinTime.TotalSeconds} seconds.", null);
    }

    private async Task OnMessageAsync(ReadOnlyMemory<byte> text)
    {
        if (!_rate.TryTake(house.Clock.Now))
        {
            End(SessionEnd.Flood, $"More than {house.Options.Participants.MessagesPerSecond} messages per second.", null);
            return;
        }

        if (ClientMessageReader.Read(text, out MessageFault fault) is not { } message)
        {
            house.Metrics.Message("bad");
            if (++_badMessages >= MaxBadMessages) End(SessionEnd.BadMessage, fault.Detail, fault.Of);
            else Error(ErrorCode.BadMessage, fault.Detail, fault.Of);
            return;
        }

        house.Metrics.Message(message.Type);
        try
        {
            await OnMessageAsync(message);
        }
#pragma warning disable CA1031 // a fault of ours ends this session, not the gateway
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(room, e);
            End(SessionEnd.InternalError, "A fault of the gateway. It is in the log.", message.Type);
        }
    }

    private async Task OnMessageAsync(ClientMessage message)
    {
        switch (message)
        {
            case JoinMessage join when _session is null:
                Join(join);
                break;
            case JoinMessage:
                Error(ErrorCode.AlreadyJoined, "This connection has joined already.", message.Type);
                break;
            case not null when _session is null:
                End(SessionEnd.NotJoined, "The first message is join.", message.Type);
                break;
            case OfferMessage offer:
                await AnswerAsync(offer);
                break;
            case MuteMessage mute:
                _room!.Mute(_session, mute);
                break;
            case SettingsMessage settings:
                _room!.SetLastN(_session, settings.LastN);
                break;
            case LeaveMessage:
                _room!.Leave(_session, this);
                socket.End(SessionEnd.Left);
                break;
            case PingMessage:
                socket.Send(new PongMessage());
                break;
        }
    }

    private void Join(JoinMessage join)
    {
        if (join.Version != Version)
        {
            End(SessionEnd.BadVersion, $"This gateway speaks version {Version}.", join.Type);
            return;
        }

        (SessionEnd? refusal, _room, _session) = rooms.Join(room, this, join);
        if (refusal is null) return;
        house.Metrics.Join(refusal.Word);
        End(refusal, refusal == SessionEnd.RoomFull
            ? $"There are {house.Options.Participants.MaxPerRoom} participants in the room already."
            : "There are too many rooms.", join.Type);
    }

    private async Task AnswerAsync(OfferMessage offer)
    {
        GatewayMessage answer = offer.Role == PeerConnectionRole.Send && !caller.MayPublish
            ? new ErrorMessage(ErrorCode.NotAllowed, "Publishing in this room needs its publish key.", offer.Type, offer.Role.Word(), offer.Request)
            : await _session!.Media.AnswerAsync(offer, caller.Remote);
        string outcome = "answered";
        if (answer is ErrorMessage error) house.Metrics.Error(outcome = error.Code);
        house.Metrics.Offer(offer.Role, outcome);
        socket.Send(answer);
    }

    private void Error(string code, string detail, string? of)
    {
        house.Metrics.Error(code);
        socket.Send(new ErrorMessage(code, detail, of));
    }

    private void End(SessionEnd end, string detail, string? of)
    {
        socket.Send(new ErrorMessage(end.Word, detail, of));
        socket.End(end);
        if (end.IsFault && _session is { } session) _room!.Leave(session, this);
    }

    [LoggerMessage(EventId = 1603, Level = LogLevel.Information, Message = "{Room}: participant {Participant} was sent away: {Reason}")]
    private partial void LogFaulty(string room, string participant, string reason);

    [LoggerMessage(EventId = 1604, Level = LogLevel.Error, Message = "{Room}: a fault in a participant's message")]
    private partial void LogFault(string room, Exception fault);
}
