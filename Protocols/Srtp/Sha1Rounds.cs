using System.Runtime.CompilerServices;

namespace Protocols.Srtp;

/// <summary>
/// The compression function of SHA-1 (FIPS 180-4 §6.1.2), for one message or for one in each lane. The schedule is made
/// first and lies in memory: loads and stores are free here, for the rounds are bound by arithmetic.
/// </summary>
internal static unsafe class Sha1Rounds
{
    public const int BlockLength = 64;
    public const int ScheduleLength = 80;
    public const int StateLength = 5;

    /// <param name="w">The sixteen words of the block, and room for the rest of the schedule.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress<TWord, TLanes>(TWord* state, TWord* w)
        where TWord : unmanaged
        where TLanes : struct, ISha1Lanes<TWord>
    {
        for (int t = 16; t < ScheduleLength; t++)
            w[t] = TLanes.RotateLeft1(TLanes.Xor(TLanes.Parity(w[t - 3], w[t - 8], w[t - 14]), w[t - 16]));

        TWord a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        TWord k = TLanes.All(0x5A827999);
        int i = 0;
        for (; i < 20; i += 5)
        {
            Step<TWord, TLanes>(a, ref b, TLanes.Choose(b, c, d), ref e, k, w[i]);
            Step<TWord, TLanes>(e, ref a, TLanes.Choose(a, b, c), ref d, k, w[i + 1]);
            Step<TWord, TLanes>(d, ref e, TLanes.Choose(e, a, b), ref c, k, w[i + 2]);
            Step<TWord, TLanes>(c, ref d, TLanes.Choose(d, e, a), ref b, k, w[i + 3]);
            Step<TWord, TLanes>(b, ref c, TLanes.Choose(c, d, e), ref a, k, w[i + 4]);
        }

        k = TLanes.All(0x6ED9EBA1);
        for (; i < 40; i += 5) FiveParityRounds<TWord, TLanes>(ref a, ref b, ref c, ref d, ref e, k, w + i);
        k = TLanes.All(0x8F1BBCDC);
        for (; i < 60; i += 5)
        {
            Step<TWord, TLanes>(a, ref b, TLanes.Majority(b, c, d), ref e, k, w[i]);
            Step<TWord, TLanes>(e, ref a, TLanes.Majority(a, b, c), ref d, k, w[i + 1]);
            Step<TWord, TLanes>(d, ref e, TLanes.Majority(e, a, b), ref c, k, w[i + 2]);
            Step<TWord, TLanes>(c, ref d, TLanes.Majority(d, e, a), ref b, k, w[i + 3]);
            Step<TWord, TLanes>(b, ref c, TLanes.Majority(c, d, e), ref a, k, w[i + 4]);
        }

        k = TLanes.All(0xCA62C1D6);
        for (; i < 80; i += 5) FiveParityRounds<TWord, TLanes>(ref a, ref b, ref c, ref d, ref e, k, w + i);
        state[0] = TLanes.Add(state[0], a);
        state[1] = TLanes.Add(state[1], b);
        state[2] = TLanes.Add(state[2], c);
        state[3] = TLanes.Add(state[3], d);
        state[4] = TLanes.Add(state[4], e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FiveParityRounds<TWord, TLanes>(
        ref TWord a, ref TWord b, ref TWord c, ref TWord d, ref TWord e, TWord k, TWord* w)
        where TWord : unmanaged
        where TLanes : struct, ISha1Lanes<TWord>
    {
        Step<TWord, TLanes>(a, ref b, TLanes.Parity(b, c, d), ref e, k, w[0]);
        Step<TWord, TLanes>(e, ref a, TLanes.Parity(a, b, c), ref d, k, w[1]);
        Step<TWord, TLanes>(d, ref e, TLanes.Parity(e, a, b), ref c, k, w[2]);
        Step<TWord, TLanes>(c, ref d, TLanes.Parity(d, e, a), ref b, k, w[3]);
        Step<TWord, TLanes>(b, ref c, TLanes.Parity(c, d, e), ref a, k, w[4]);
    }

    /// <summary>One round; the five words keep their places, and their names move on from round to round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TWord, TLanes>(TWord a, ref TWord b, TWord f, ref TWord e, TWord k, TWord w)
        where TWord : unmanaged
        where TLanes : struct, ISha1Lanes<TWord>
    {
        e = TLanes.Add(TLanes.Add(TLanes.Add(e, f), TLanes.Add(k, w)), TLanes.RotateLeft5(a));
        b = TLanes.RotateLeft30(b);
    }
}
