using System.Buffers.Binary;
using System.Security.Cryptography;
using Protocols.Stun;

namespace Protocols.Tests.Stun;

public sealed class IntegrityKeyTests
{
    [Fact]
    public void It_agrees_with_the_class_library_for_each_length()
    {
        var random = new Random(1);
        for (int length = StunMessage.HeaderLength; length < 400; length += 1)
        {
            byte[] password = new byte[random.Next(1, 130)], message = new byte[length];
            random.NextBytes(password);
            random.NextBytes(message);
            byte[] hashed = [.. message];
            BinaryPrimitives.WriteUInt16BigEndian(hashed.AsSpan(2), (ushort)(length + 4));
#pragma warning disable CA5350 // the hash is fixed by ICE
            byte[] mac = HMACSHA1.HashData(password, hashed);
#pragma warning restore CA5350
            var key = new IntegrityKey(password);
            Assert.True(key.IsValid(message, length + 4, mac), $"{length} bytes");
            mac[random.Next(mac.Length)] ^= 1;
            Assert.False(key.IsValid(message, length + 4, mac));
        }
    }

    [Fact]
    public void The_sum_is_that_of_the_standard_for_each_remainder()
    {
        // ITU V.42: the check value of "123456789", and of what is left of it.
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
        Assert.Equal(0x9AE0DAAFu, Crc32.Compute("12345678"u8));
        Assert.Equal(0x5003699Fu, Crc32.Compute("1234567"u8));
        Assert.Equal(0x0972D361u, Crc32.Compute("123456"u8));
    }
}
