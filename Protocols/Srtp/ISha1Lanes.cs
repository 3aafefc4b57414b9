namespace Protocols.Srtp;

/// <summary>
/// What SHA-1 asks of its 32-bit words (FIPS 180-4 §4.1.1), where a word may be as many words side by side as a register
/// holds: one for each of several messages.
/// </summary>
internal interface ISha1Lanes<TWord>
    where TWord : unmanaged
{
    static abstract TWord All(uint value);

    static abstract TWord Add(TWord a, TWord b);

    static abstract TWord Parity(TWord x, TWord y, TWord z);

    /// <summary>Ch: y where x is set, else z.</summary>
    static abstract TWord Choose(TWord x, TWord y, TWord z);

    static abstract TWord Majority(TWord x, TWord y, TWord z);

    static abstract TWord Xor(TWord x, TWord y);

    static abstract TWord RotateLeft1(TWord x);

    static abstract TWord RotateLeft5(TWord x);

    static abstract TWord RotateLeft30(TWord x);

    /// <summary>Reads the block of each lane, 64 bytes, as sixteen big-endian words.</summary>
    static abstract unsafe void Load(byte** blocks, TWord* words);
}
