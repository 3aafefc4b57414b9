using System.Text;
using System.Text.Json;
using Gateway.Participants;
using Media;
using Rooms.Participants;
using TestKit;
using TestKit.Signalling;

namespace Gateway.Tests.Participants;

public class ClientMessageReaderTests
{
    private static readonly string[] s_good =
    [
        """{"type":"join","version":1,"name":"Ada"}""",
        """{"type":"join","version":1,"name":"  Ada Lovelace 👩‍💻 ","resume":"abc","lastN":4,"more":{"un":"known"}}""",
        """{"type":"offer","pc":"send","sdp":"v=0","tracks":[{"mid":"0","publication":"camera"},{"mid":"1","publication":"screen"}],"request":7}""",
        """{"type":"offer","pc":"receive","sdp":"v=0","tracks":[{"mid":"a","publication":"k3v9x0a2b1-screen"}]}""",
        """{"type":"mute","publication":"camera","kind":"audio","muted":true}""",
        """{"type":"settings","lastN":null}""",
        """{"type":"settings","lastN":0}""",
        """{"type":"leave"}""",
        """{"type":"ping"}""",
    ];

    public static TheoryData<string> Good => [.. s_good];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_message_that_fits_the_schema_is_read(string text)
    {
        Assert.Empty(JsonSchema.OfRooms(isStrict: false).Check(JsonDocument.Parse(text).RootElement, "clientMessage"));
        Assert.NotNull(Read(text, out _));
    }

    [Fact]
    public void What_was_sent_is_what_is_read()
    {
        Assert.Equal(new JoinMessage(1, "Ada", "abc", true, 4), Read("""{"type":"join","version":1,"name":" Ada ","resume":"abc","lastN":4}""", out _));
        Assert.Equal(new JoinMessage(1, "Ada", null, false, null), Read("""{"type":"join","version":1,"name":"Ada"}""", out _));
        Assert.Equal(new MuteMessage(PublicationSource.Screen, MediaKind.Video, true), Read("""{"type":"mute","publication":"screen","kind":"video","muted":true}""", out _));
        Assert.Equal(new SettingsMessage(3), Read("""{"type":"settings","lastN":3}""", out _));
        var offer = (OfferMessage)Read("""{"type":"offer","pc":"receive","sdp":"v=0","tracks":[{"mid":"0","publication":"main"}],"request":2}""", out _)!;
        Assert.Equal((PeerConnectionRole.Receive, "v=0", 2L), (offer.Role, offer.Sdp, offer.Request));
        Assert.Equal([new OfferedTrack("0", "main")], offer.Tracks.ToArray());
    }

    [Theory]
    [InlineData("hello", null, "This is not JSON")]
    [InlineData("", null, "This is not JSON")]
    [InlineData("[]", null, "A message is a JSON object.")]
    [InlineData("{}", null, "type is missing")]
    [InlineData("""{"type":5}""", null, "type must be a text")]
    [InlineData("""{"type":"dance"}""", "dance", "type \"dance\" is not known")]
    [InlineData("""{"type":"ping","type":"leave"}""", null, "This is not JSON")]
    [InlineData("""{"type":"join","version":1}""", "join", "name is missing")]
    [InlineData("""{"type":"join","version":"1","name":"Ada"}""", "join", "version must be a number")]
    [InlineData("""{"type":"join","version":1,"name":""}""", "join", "name must not be empty")]
    [InlineData("""{"type":"join","version":1,"name":"   "}""", "join", "name must not be blank")]
    [InlineData("""{"type":"join","version":1,"name":"a\u0007b"}""", "join", "name must have no control characters")]
    [InlineData("""{"type":"join","version":1,"name":"a\u202eb"}""", "join", "name must have no control characters")]
    [InlineData("""{"type":"join","version":1,"name":"\ud83d"}""", "join", "A text in it is not Unicode.")]
    [InlineData("""{"type":"join","version":1,"name":"12345678901234567890123456789012345678901234567890123456789012345"}""", "join", "name must have at most 64 characters")]
    [InlineData("""{"type":"join","version":1,"name":"Ada","lastN":-1}""", "join", "lastN must be a whole number from 0 to 1000")]
    [InlineData("""{"type":"join","version":1,"name":"Ada","resume":null}""", "join", "resume must be a text")]
    [InlineData("""{"type":"offer","pc":"both","sdp":"v=0","tracks":[]}""", "offer", "pc must be one of: send, receive")]
    [InlineData("""{"type":"offer","pc":"send","tracks":[]}""", "offer", "sdp is missing")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0"}""", "offer", "tracks is missing")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0","tracks":[5]}""", "offer", "tracks[0] must be an object")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0","tracks":[{"mid":"0","publication":"window"}]}""", "offer", "tracks[0].publication must be one of: camera, screen")]
    [InlineData("""{"type":"offer","pc":"receive","sdp":"v=0","tracks":[{"mid":"0","publication":"no name"}]}""", "offer", "tracks[0].publication is no name of a publication")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0","tracks":[{"publication":"camera"}]}""", "offer", "tracks[0].mid is missing")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0","tracks":[{"mid":"0","publication":"camera"},{"mid":"0","publication":"screen"}]}""", "offer", "tracks name a mid twice")]
    [InlineData("""{"type":"offer","pc":"send","sdp":"v=0","tracks":[],"request":1.5}""", "offer", "request must be a whole number from 0 to 9007199254740991")]
    [InlineData("""{"type":"mute","publication":"camera","kind":"smell","muted":true}""", "mute", "kind must be one of: audio, video")]
    [InlineData("""{"type":"mute","publication":"camera","kind":"audio","muted":1}""", "mute", "muted must be true or false")]
    [InlineData("""{"type":"settings"}""", "settings", "lastN is missing")]
    public void What_is_wrong_is_said(string text, string? of, string detail)
    {
        Assert.Null(Read(text, out MessageFault fault));
        Assert.Equal(of, fault.Of);
        Assert.StartsWith(detail, fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_brackets_are_no_message() =>
        Assert.Null(Read("{\"type\":" + new string('[', 1000), out _));

    [Fact]
    public void Whatever_comes_is_a_message_or_a_fault() => Fuzzer.Run(
        s_good.Select(Encoding.UTF8.GetBytes),
        bytes =>
        {
            ClientMessage? message = ClientMessageReader.Read(bytes, out MessageFault fault);
            Assert.NotEqual(message is null, fault.Detail is null);
        },
        rounds: 5000);

    private static ClientMessage? Read(string text, out MessageFault fault) => ClientMessageReader.Read(Encoding.UTF8.GetBytes(text), out fault);
}
