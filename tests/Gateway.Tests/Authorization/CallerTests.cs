using System.Net;
using Gateway.Authorization;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Authorization;

public class CallerTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.2", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    public void A_loopback_address_is_local(string address, bool isLocal) =>
        Assert.Equal(isLocal, Caller.Remote(Request(address)).IsLocal);

    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("x-forwarded-host", "example.org")]
    public void What_a_proxy_forwards_is_not_local(string header, string value)
    {
        HttpRequest request = Request("127.0.0.1");
        request.Headers[header] = value;
        Assert.False(Caller.Remote(request).IsLocal);
    }

    [Theory]
    [InlineData("localhost:8080", "http://localhost:8080", true)]
    [InlineData("[::1]:8080", "http://[::1]:8080", true)]
    [InlineData("studio:8080", null, true)]
    [InlineData("localhost:8080", "https://evil.example", false)]
    [InlineData("localhost:8080", "null", false)]
    [InlineData("evil.example:8080", "http://evil.example:8080", false)]
    [InlineData("evil.example:8080", null, false)]
    public void A_page_from_elsewhere_is_not_local(string host, string? origin, bool isLocal)
    {
        HttpRequest request = Request("127.0.0.1");
        request.Host = new HostString(host);
        if (origin is not null) request.Headers.Origin = origin;
        Assert.Equal(isLocal, Caller.Remote(request).IsLocal);
    }

    [Theory]
    [InlineData("Bearer abc", "", "abc")]
    [InlineData("bearer abc", "?token=xyz", "abc")]
    [InlineData("Basic abc", "?token=xyz", "xyz")]
    [InlineData(null, "?token=xyz", "xyz")]
    [InlineData(null, "?token=", null)]
    [InlineData("Bearer ", "", null)]
    public void A_key_comes_as_bearer_or_as_token(string? header, string query, string? credential)
    {
        HttpRequest request = Request("127.0.0.1");
        if (header is not null) request.Headers.Authorization = header;
        request.QueryString = new QueryString(query);
        Assert.Equal(credential, Caller.Credential(request));
    }

    private static HttpRequest Request(string address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost:8080");
        return context.Request;
    }
}
