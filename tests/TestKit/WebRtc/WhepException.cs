using System.Net;

namespace TestKit.WebRtc;

/// <summary>The gateway did not accept a test client's offer, or did not connect.</summary>
public sealed class WhepException(string message, HttpStatusCode? status = null, string? body = null) : Exception(message)
{
    public HttpStatusCode? Status { get; } = status;

    /// <summary>A problem details document, where the gateway sent one.</summary>
    public string? Body { get; } = body;
}
