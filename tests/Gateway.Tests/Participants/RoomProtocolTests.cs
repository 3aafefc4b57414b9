using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Options;
using Gateway.Participants;
using TestKit;
using TestKit.Signalling;

namespace Gateway.Tests.Participants;

/// <summary>The document, the schema and the code say the same.</summary>
public partial class RoomProtocolTests
{
    private static readonly string s_document = File.ReadAllText(RepositoryRoot.Combine("docs", "room-protocol.md"));
    private static readonly JsonSchema s_schema = JsonSchema.OfRooms(isStrict: true);

    [Fact]
    public void The_documents_examples_fit_the_schema()
    {
        MatchCollection examples = Example().Matches(s_document);

        Assert.True(examples.Count >= 8);
        Assert.All(examples, example =>
        {
            string definition = example.Groups["from"].Value == ">" ? "clientMessage" : "gatewayMessage";
            string text = Indent().Replace(example.Groups["text"].Value, "").Replace("5f…", new string('5', 32), StringComparison.Ordinal);
            Assert.Empty(s_schema.Check(JsonDocument.Parse(text).RootElement, definition));
        });
    }

    public static TheoryData<string> Words =>
    [
        .. typeof(SessionEnd).GetFields().Select(word => word.GetValue(null)).OfType<SessionEnd>().Select(end => end.Word),
        .. typeof(ErrorCode).GetFields().Select(word => (string)word.GetValue(null)!),
    ];

    [Theory]
    [MemberData(nameof(Words))]
    public void The_document_names_every_word_that_a_client_may_be_told(string word) =>
        Assert.Contains($"| `{word}` |", s_document, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"error","code":"flood"}""", "it lacks detail")]
    [InlineData("""{"type":"pong","extra":1}""", "extra is not in the schema")]
    [InlineData("""{"type":"speaker","participant":5}""", "participant is not of type")]
    [InlineData("""{"type":"closed","reason":"Not A Word"}""", "reason does not match ^[a-z][a-z-]*$")]
    [InlineData("""{"type":"participant","event":"danced","participant":{"id":"a","name":"a","entrance":"room","away":false,"publications":[]}}""", "event is none of")]
    [InlineData("""{"type":"settings","lastN":1}""", "type is none that is known")]
    public void The_check_against_the_schema_finds_what_is_wrong(string message, string error) =>
        Assert.StartsWith(error, s_schema.Check(JsonDocument.Parse(message).RootElement, "gatewayMessage")[0], StringComparison.Ordinal);

    [Fact]
    public void The_numbers_of_the_document_are_the_defaults()
    {
        GatewayOptions options = OptionsReader.Read(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), "/base");
        ParticipantOptions limits = options.Participants;

        Assert.Contains(
            $"\"limits\":{{\"participants\":{limits.MaxPerRoom},\"tracks\":{limits.MaxTracks},\"messagesPerSecond\":{limits.MessagesPerSecond},"
            + $"\"messageBytes\":{limits.MaxMessageBytes},\"sections\":{limits.SdpLimits.MaxMediaSections}}}",
            s_document, StringComparison.Ordinal);
        Assert.Contains($"\"resumeSeconds\":{limits.ResumeTime.TotalSeconds}", s_document, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^    (?<from>[<>]) (?<text>\{.*(\n       .*)*)", RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\n\s+")]
    private static partial Regex Indent();
}
