using System.Collections.Immutable;
using System.Text.Json;
using Media;
using Rooms;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>
/// Reads what a participant sends (docs/room-protocol.md). Total: whatever comes is a message or a sentence about what is
/// wrong with it. Fields that are not known are ignored.
/// </summary>
internal static class ClientMessageReader
{
    public const int MaxNameLength = 64;

    private const int MaxTypeLength = 32;
    private const int MaxSecretLength = 128;
    private const int MaxMidLength = 64;
    private const int MaxTracks = 1000;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Null = it is wrong, and <paramref name="fault"/> says how.</summary>
    public static ClientMessage? Read(ReadOnlyMemory<byte> utf8, out MessageFault fault)
    {
        fault = default;
        string? type = null;
        try
        {
            using var document = JsonDocument.Parse(utf8, s_options);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return Fail("A message is a JSON object.", null, out fault);
            var fields = new MessageFields(document.RootElement);
            type = fields.Text("type", 1, MaxTypeLength);
            if (fields.Error is not null) return Fail(fields.Error, null, out fault);
            ClientMessage? message = Read(type, fields);
            return fields.Error is null ? message : Fail(fields.Error, type, out fault);
        }
        catch (JsonException e)
        {
            return Fail($"This is not JSON: {e.Message}", null, out fault);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are no UTF-8, within a text.
            return Fail("A text in it is not Unicode.", type, out fault);
        }
    }

    private static ClientMessage? Read(string type, MessageFields fields) => type switch
    {
        JoinMessage.TypeName => ReadJoin(fields),
        OfferMessage.TypeName => ReadOffer(fields),
        MuteMessage.TypeName => new MuteMessage(
            fields.Choice("publication", (ProtocolWords.Camera, PublicationSource.Camera), (ProtocolWords.Screen, PublicationSource.Screen)),
            fields.Choice("kind", (MediaKind.Audio.Word(), MediaKind.Audio), (MediaKind.Video.Word(), MediaKind.Video)),
            fields.Flag("muted")),
        SettingsMessage.TypeName => ReadSettings(fields),
        LeaveMessage.TypeName => new LeaveMessage(),
        PingMessage.TypeName => new PingMessage(),
        _ => Unknown(type, fields),
    };

    private static JoinMessage ReadJoin(MessageFields fields) => new(
        (int)fields.Integer("version", int.MaxValue),
        fields.DisplayName("name", MaxNameLength),
        fields.OptionalText("resume", MaxSecretLength),
        fields.Has("lastN"),
        fields.LastN("lastN"));

    private static OfferMessage ReadOffer(MessageFields fields)
    {
        PeerConnectionRole role = fields.Choice(
            "pc", (PeerConnectionRole.Send.Word(), PeerConnectionRole.Send), (PeerConnectionRole.Receive.Word(), PeerConnectionRole.Receive));
        string sdp = fields.Text("sdp", 1, int.MaxValue);
        List<OfferedTrack> tracks = fields.List("tracks", MaxTracks, track => ReadTrack(track, role));
        if (tracks.Select(track => track.Mid).Distinct(StringComparer.Ordinal).Count() != tracks.Count) fields.Fail("tracks", "name a mid twice");
        return new OfferMessage(role, sdp, [.. tracks], fields.OptionalInteger("request"));
    }

    private static OfferedTrack ReadTrack(MessageFields fields, PeerConnectionRole role)
    {
        var track = new OfferedTrack(fields.Text("mid", 1, MaxMidLength), fields.Text("publication", 1, RoomName.MaxLength));
        if (fields.Error is not null) return track;
        if (role == PeerConnectionRole.Send && ProtocolWords.Source(track.Publication) is null)
            fields.Fail("publication", $"must be one of: {ProtocolWords.Camera}, {ProtocolWords.Screen}");
        else if (!RoomName.IsValid(track.Publication)) fields.Fail("publication", "is no name of a publication");
        return track;
    }

    private static SettingsMessage ReadSettings(MessageFields fields)
    {
        if (!fields.Has("lastN")) fields.Fail("lastN", "is missing");
        return new SettingsMessage(fields.LastN("lastN"));
    }

    private static ClientMessage? Unknown(string type, MessageFields fields)
    {
        bool isWord = type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        fields.Fail("type", isWord ? $"\"{type}\" is not known" : "is not known");
        return null;
    }

    private static ClientMessage? Fail(string detail, string? type, out MessageFault fault)
    {
        fault = new MessageFault(detail, type);
        return null;
    }
}

/// <summary>What is wrong with a message.</summary>
/// <param name="Of">The message's type; null = it has none that could be read.</param>
internal readonly record struct MessageFault(string Detail, string? Of);
