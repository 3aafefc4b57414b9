using System.Buffers.Binary;
using System.Globalization;
using Xunit.Sdk;

namespace TestKit;

/// <summary>
/// Feeds a parser with mutated seeds. The random is seeded, so a failure comes back; the environment variable
/// FUZZ_ROUNDS lengthens a run. The target fails by throwing anything.
/// </summary>
public static class Fuzzer
{
    private const int MaxLength = 16 * 1024;
    private static readonly uint[] s_interesting =
        [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    public static void Run(IEnumerable<byte[]> seeds, Action<byte[]> target, int rounds = 2000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(target);
        byte[][] corpus = [.. seeds];
        if (corpus.Length == 0) corpus = [[]];
        if (int.TryParse(Environment.GetEnvironmentVariable("FUZZ_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted))
            rounds = wanted;

        foreach (byte[] input in corpus) Try(target, input, -1);
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++) Try(target, Mutate(corpus, random), round);
    }

    private static void Try(Action<byte[]> target, byte[] input, int round)
    {
        // The target gets a copy of the exact length: a read past the end must fail, not hit spare room.
        try
        {
            target([.. input]);
        }
        catch (Exception fault)
        {
            throw new XunitException(
                $"Fuzz round {round} failed with {fault.GetType().Name}: {fault.Message}\ninput ({input.Length} bytes): {Convert.ToHexString(input)}", fault);
        }
    }

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        byte[] data = [.. corpus[random.Next(corpus.Length)]];
        int steps = 1 << random.Next(4);
        for (int i = 0; i < steps; i++) data = MutateOnce(data, corpus, random);
        return data;
    }

    private static byte[] MutateOnce(byte[] data, byte[][] corpus, Random random)
    {
        switch (random.Next(8))
        {
            case 0: return Set(data, random, value => (byte)(value ^ (1 << random.Next(8))));
            case 1: return Set(data, random, _ => (byte)random.Next(256));
            case 2: return data[..random.Next(data.Length + 1)];
            case 3: return Insert(data, random, Noise(random, random.Next(1, 17)));
            case 4: return Remove(data, random);
            case 5: return Splice(data, corpus[random.Next(corpus.Length)], random);
            case 6: return PutInteger(data, random);
            default: return Repeat(data, random);
        }
    }

    private static byte[] Set(byte[] data, Random random, Func<byte, byte> change)
    {
        if (data.Length == 0) return Noise(random, 1);
        int at = random.Next(data.Length);
        data[at] = change(data[at]);
        return data;
    }

    private static byte[] Noise(Random random, int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Insert(byte[] data, Random random, byte[] more)
    {
        if (data.Length + more.Length > MaxLength) return data;
        int at = random.Next(data.Length + 1);
        return [.. data[..at], .. more, .. data[at..]];
    }

    private static byte[] Remove(byte[] data, Random random)
    {
        if (data.Length == 0) return data;
        int at = random.Next(data.Length);
        int end = Math.Min(data.Length, at + random.Next(1, 17));
        return [.. data[..at], .. data[end..]];
    }

    private static byte[] Splice(byte[] data, byte[] other, Random random)
    {
        byte[] spliced = [.. data[..random.Next(data.Length + 1)], .. other[random.Next(other.Length + 1)..]];
        return spliced.Length <= MaxLength ? spliced : spliced[..MaxLength];
    }

    private static byte[] Repeat(byte[] data, Random random)
    {
        if (data.Length == 0) return data;
        int at = random.Next(data.Length);
        return Insert(data, random, data[at..Math.Min(data.Length, at + random.Next(1, 65))]);
    }

    private static byte[] PutInteger(byte[] data, Random random)
    {
        int size = 1 << random.Next(3);
        if (data.Length < size) return data;
        Span<byte> at = data.AsSpan(random.Next(data.Length - size + 1), size);
        uint value = s_interesting[random.Next(s_interesting.Length)];
        if (size == 1) at[0] = (byte)value;
        else if (size == 2) BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)value);
        else if (random.Next(4) == 0) BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        else BinaryPrimitives.WriteUInt32BigEndian(at, value);
        return data;
    }
}
