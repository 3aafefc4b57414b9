using System.Security.Cryptography;
using Gateway.Hosting;
using Gateway.Options;
using Media;
using Media.Scheduling;
using Rooms;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>What every room of many needs from the house it is in.</summary>
internal sealed partial class ParticipantHouse(
    RoomRegistry registry, WebRtcHost webRtc, GatewayOptions options, ParticipantMetrics metrics, MonotonicClock clock, ILogger<ParticipantHouse> logger)
{
    public static readonly ParticipantTrack Microphone = new(PublicationSource.Camera, MediaKind.Audio);

    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 10;
    private const int SecretLength = 32;

    private readonly ILogger<ParticipantHouse> _logger = logger;

    public RoomRegistry Registry => registry;

    public WebRtcHost WebRtc => webRtc;

    public GatewayOptions Options => options;

    public ParticipantMetrics Metrics => metrics;

    public MonotonicClock Clock => clock;

    public PeerSessions Peers { get; } = new();

    public static ParticipantIdentity NewIdentity() => new(
        RandomNumberGenerator.GetString(IdAlphabet, IdLength), RandomNumberGenerator.GetHexString(SecretLength, lowercase: true));

    public ParticipantMedia MediaOf(ParticipantRoom room, Participant participant) => new(this, room, participant);

    /// <summary>Ends a participant's peer connections. Nobody waits for it.</summary>
    public async void End(ParticipantMedia media, CloseReason reason)
    {
        try
        {
            await media.CloseAsync(reason);
        }
#pragma warning disable CA1031 // nobody is there who could be told of it
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
        }
    }

    public void Raise(ParticipantRoom room, string type, Participant? participant, string? detail = null)
    {
        registry.Events.Raise(new RoomEvent(type, clock.UtcNow, room.Name, Subject: participant?.Id, Detail: detail ?? participant?.Name));
        LogEvent(room.Name, participant?.Id ?? "-", type, detail ?? "");
    }

    [LoggerMessage(EventId = 1601, Level = LogLevel.Information, Message = "{Room}: {Type} {Participant} {Detail}")]
    private partial void LogEvent(string room, string participant, string type, string detail);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Error, Message = "A fault while a participant's peer connections were ended")]
    private partial void LogFault(Exception fault);
}
