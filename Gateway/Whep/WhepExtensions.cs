namespace Gateway.Whep;

/// <summary>The two extensions of the WHEP draft that a session offers, as its Link headers name them.</summary>
internal static class WhepExtensions
{
    public const string EventTypes = "active,inactive,layers,viewercount";

    private const string ServerSentEvents = "urn:ietf:params:whep:ext:core:server-sent-events";
    private const string Layer = "urn:ietf:params:whep:ext:core:layer";

    public static IEnumerable<string> Links(string session) =>
    [
        $"<{session}/events>; rel=\"{ServerSentEvents}\"; events=\"{EventTypes}\"",
        $"<{session}/layer>; rel=\"{Layer}\"",
    ];
}
