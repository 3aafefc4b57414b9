using System.Net;
using Microsoft.Extensions.Primitives;

namespace Gateway.Authorization;

/// <summary>Reads from an HTTP request who calls and with which key.</summary>
internal static class Caller
{
    private const string Bearer = "Bearer ";

    /// <summary><c>Authorization: Bearer</c>, or <c>?token=</c> where a header can't be sent.</summary>
    public static string? Credential(HttpRequest request)
    {
        string? header = request.Headers.Authorization.FirstOrDefault();
        if (header is not null && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return Nonempty(header[Bearer.Length..]);
        return Nonempty(request.Query["token"].FirstOrDefault());
    }

    public static Remote Remote(HttpRequest request)
    {
        IPAddress? address = request.HttpContext.Connection.RemoteIpAddress;
        return new Remote(address, IsLoopback(address) && !IsForwarded(request) && !IsFromForeignPage(request));
    }

    public static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>A proxy on this machine makes everybody look local.</summary>
    private static bool IsForwarded(HttpRequest request) =>
        request.Headers.ContainsKey("Forwarded") || request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A page from elsewhere, opened in a browser on this machine, calls from loopback too: it gives itself away by its
    /// Origin, or (its own name pointed at 127.0.0.1) by a Host that is no name of this machine.
    /// </summary>
    private static bool IsFromForeignPage(HttpRequest request)
    {
        StringValues origin = request.Headers.Origin;
        bool sameOrigin = origin.Count == 0
            || (Uri.TryCreate(origin[0], UriKind.Absolute, out Uri? uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
        return !sameOrigin || !IsLocalName(request.Host.Host);
    }

    private static bool IsLocalName(string host) =>
        !host.Contains('.', StringComparison.Ordinal)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    private static string? Nonempty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
