using System.Net;
using System.Text;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Stun;
using Protocols.Tests.Ice;
using Protocols.Tests.Stun;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class StunMessageFuzzTests
{
    private static readonly byte[][] Seeds =
        [Rfc5769.Request, Rfc5769.IPv4Response, Rfc5769.IPv6Response, Rfc5769.LongTermRequest, OwnRequest()];

    [Fact]
    public void Any_bytes_can_be_parsed_and_asked() => Fuzzer.Run(Seeds, static data =>
    {
        if (!StunMessage.TryParse(data, out StunMessage message)) return;
        foreach (StunAttributeType type in Enum.GetValues<StunAttributeType>()) message.TryGet(type, out _);
        message.CopyUnknownRequired(stackalloc ushort[3]);
        message.TryGetXorMappedAddress(out _);
        message.IsFingerprintValid();
        message.IsIntegrityValid("password"u8);
        Assert.InRange(message.ErrorCode, 0, 955);
        Assert.InRange(message.Method, 0, 0xFFF);
        Assert.Equal(12, message.TransactionId.Length);
    });

    [Fact]
    public void Any_bytes_can_be_given_to_an_agent()
    {
        var agent = new IceLiteAgent(new IceCredentials("Aown", "0123456789012345678901"), new RecordingIceListener(), 0);
        var route = new Route(TransportAddress.From(IPAddress.Loopback, 1), TransportAddress.From(IPAddress.Loopback, 2));
        Fuzzer.Run(Seeds, data => agent.Receive(data, route, 0));
    }

    private static byte[] OwnRequest()
    {
        byte[] buffer = new byte[256];
        int length = StunWriter.WriteBindingRequest(buffer, Encoding.ASCII.GetBytes("transaction!"), "Aown:peer", "0123456789012345678901", 1, true);
        return buffer[..length];
    }
}
