using System.Net;
using System.Text;
using Protocols.Net;
using Protocols.Stun;
using TestKit;

namespace Protocols.Tests.Stun;

public sealed class StunWriterTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Rfc5769.Password);

    [Fact]
    public void The_sample_responses_of_RFC_5769_are_written_byte_for_byte_but_for_the_padding()
    {
        // The samples pad SOFTWARE with a space; ours pads with zero, so the check goes over an even-length name.
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Success, Rfc5769.IPv4Response.AsSpan(8, 12));
        writer.Add(StunAttributeType.Software, "test vector "u8);
        writer.AddXorMappedAddress(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853));
        byte[] expected = Rfc5769.IPv4Response[..48];
        expected[3] = (byte)(writer.Length - StunMessage.HeaderLength);
        expected[23] = 12;
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_binding_success_carries_address_integrity_and_fingerprint_only()
    {
        byte[] buffer = new byte[StunWriter.ResponseCapacity];
        var mapped = TransportAddress.From(IPAddress.Parse("2001:db8::7"), 40000);
        int length = StunWriter.WriteBindingSuccess(buffer, new byte[12], mapped, Key);
        Assert.Equal(20 + 24 + 24 + 8, length);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out StunMessage message));
        Assert.Equal(StunClass.Success, message.Class);
        Assert.True(message.IsIntegrityValid(Key) && message.IsFingerprintValid());
        Assert.True(message.TryGetXorMappedAddress(out TransportAddress read));
        Assert.Equal(mapped, read);
    }

    [Theory]
    [InlineData(StunErrorCode.BadRequest)]
    [InlineData(StunErrorCode.Unauthenticated)]
    [InlineData(StunErrorCode.UnknownAttribute)]
    [InlineData(StunErrorCode.RoleConflict)]
    public void An_error_response_carries_its_code(StunErrorCode code)
    {
        byte[] buffer = new byte[StunWriter.ResponseCapacity];
        int length = StunWriter.WriteBindingError(buffer, new byte[12], code, [3, 0x7FFF, 5, 6, 7, 8, 9, 10], Key);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out StunMessage message));
        Assert.Equal(StunClass.Error, message.Class);
        Assert.Equal((int)code, message.ErrorCode);
        Assert.Equal(code == StunErrorCode.UnknownAttribute, message.Has(StunAttributeType.UnknownAttributes));
        Assert.True(message.IsIntegrityValid(Key) && message.IsFingerprintValid());
    }

    [Fact]
    public void Writing_and_checking_a_response_does_not_allocate()
    {
        byte[] buffer = new byte[StunWriter.ResponseCapacity];
        var mapped = TransportAddress.From(IPAddress.Loopback, 40000);
        RoundTrip(buffer, mapped);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) RoundTrip(buffer, mapped);
        });
    }

    private static void RoundTrip(byte[] buffer, TransportAddress mapped)
    {
        int length = StunWriter.WriteBindingSuccess(buffer, Rfc5769.Request.AsSpan(8, 12), mapped, Key);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out StunMessage message) && message.IsIntegrityValid(Key));
    }
}
