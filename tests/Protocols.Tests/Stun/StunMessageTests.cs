using System.Net;
using System.Security.Cryptography;
using System.Text;
using Protocols.Net;
using Protocols.Stun;

namespace Protocols.Tests.Stun;

public sealed class StunMessageTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Rfc5769.Password);

    [Fact]
    public void The_sample_request_of_RFC_5769_is_read_and_verified()
    {
        Assert.True(StunMessage.TryParse(Rfc5769.Request, out StunMessage message));
        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunMessage.BindingMethod, message.Method);
        Assert.Equal("b7e7a701bc34d686fa87dfae", Convert.ToHexStringLower(message.TransactionId));
        Assert.True(message.TryGet(StunAttributeType.Username, out ReadOnlySpan<byte> username));
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(username));
        Assert.True(message.TryGet(StunAttributeType.Priority, out ReadOnlySpan<byte> priority));
        Assert.Equal("6e0001ff", Convert.ToHexStringLower(priority));
        Assert.True(message.Has(StunAttributeType.IceControlled));
        Assert.True(message.IsIntegrityValid(Key));
        Assert.True(message.IsFingerprintValid());
    }

    [Fact]
    public void The_sample_responses_of_RFC_5769_give_their_addresses()
    {
        Assert.True(StunMessage.TryParse(Rfc5769.IPv4Response, out StunMessage v4));
        Assert.True(v4.IsIntegrityValid(Key) && v4.IsFingerprintValid());
        Assert.True(v4.TryGetXorMappedAddress(out TransportAddress address4));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 32853), address4.ToEndPoint());

        Assert.True(StunMessage.TryParse(Rfc5769.IPv6Response, out StunMessage v6));
        Assert.True(v6.IsIntegrityValid(Key) && v6.IsFingerprintValid());
        Assert.True(v6.TryGetXorMappedAddress(out TransportAddress address6));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853), address6.ToEndPoint());
        Assert.Equal(StunClass.Success, v6.Class);
    }

    [Fact]
    public void The_long_term_sample_of_RFC_5769_is_verified_and_has_no_fingerprint()
    {
#pragma warning disable CA5351 // the hash is fixed by the RFC
        byte[] key = MD5.HashData(Encoding.UTF8.GetBytes("マトリックス:example.org:TheMatrIX"));
#pragma warning restore CA5351
        Assert.True(StunMessage.TryParse(Rfc5769.LongTermRequest, out StunMessage message));
        Assert.True(message.IsIntegrityValid(key));
        Assert.False(message.HasFingerprint);
        Assert.False(message.IsFingerprintValid());
    }

    [Fact]
    public void Every_flipped_byte_breaks_integrity_or_fingerprint_or_shape()
    {
        for (int i = 0; i < Rfc5769.Request.Length; i++)
        {
            byte[] broken = (byte[])Rfc5769.Request.Clone();
            broken[i] ^= 0x10;
            bool accepted = StunMessage.TryParse(broken, out StunMessage message)
                && message.IsIntegrityValid(Key) && message.IsFingerprintValid();
            Assert.False(accepted, $"byte {i}");
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int i = 0; i < Rfc5769.Request.Length; i++)
            Assert.False(StunMessage.TryParse(Rfc5769.Request.AsSpan(0, i), out _));
    }

    [Fact]
    public void A_wrong_password_is_noticed()
    {
        Assert.True(StunMessage.TryParse(Rfc5769.Request, out StunMessage message));
        Assert.False(message.IsIntegrityValid("VOkJxbRl1RmTxUk/WvJxBu"u8));
    }

    [Fact]
    public void An_attribute_longer_than_the_message_is_refused()
    {
        byte[] broken = (byte[])Rfc5769.IPv4Response.Clone();
        broken[23] = 0xFF;
        Assert.False(StunMessage.TryParse(broken, out _));
    }

    [Fact]
    public void A_fingerprint_that_is_not_last_is_refused()
    {
        byte[] buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.AddFingerprint();
        writer.Add(StunAttributeType.Priority, 1u);
        Assert.False(StunMessage.TryParse(writer.Written, out _));
    }

    [Fact]
    public void Attributes_behind_the_integrity_are_not_seen()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.AddIntegrity(Key);
        writer.Add(StunAttributeType.UseCandidate, []);
        Assert.True(StunMessage.TryParse(writer.Written, out StunMessage message));
        Assert.False(message.Has(StunAttributeType.UseCandidate));
        Assert.True(message.IsIntegrityValid(Key));
    }

    [Fact]
    public void Only_unknown_attributes_below_0x8000_are_required()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.Add((StunAttributeType)0x0003, 6u);
        writer.Add((StunAttributeType)0xC057, 0u);
        writer.Add((StunAttributeType)0x7FFF, []);
        writer.Add(StunAttributeType.Priority, 6u);
        Assert.True(StunMessage.TryParse(writer.Written, out StunMessage message));
        Span<ushort> unknown = stackalloc ushort[4];
        Assert.Equal(2, message.CopyUnknownRequired(unknown));
        Assert.Equal([0x0003, 0x7FFF], unknown[..2].ToArray());
    }

    [Fact]
    public void Media_and_DTLS_do_not_look_like_STUN()
    {
        Assert.False(StunMessage.LooksLikeStun([0x80, 96, .. new byte[30]]));
        Assert.False(StunMessage.LooksLikeStun([22, 0xFE, 0xFF, .. new byte[30]]));
        Assert.True(StunMessage.LooksLikeStun(Rfc5769.Request));
    }
}
