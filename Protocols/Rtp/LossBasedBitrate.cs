namespace Protocols.Rtp;

/// <summary>
/// The bitrate to allow a sender that takes REMB and no transport feedback, from the loss it has
/// (draft-ietf-rmcat-gcc-02 §6): up below 2 %, down above 10 %.
/// </summary>
internal sealed class LossBasedBitrate
{
    private const long Min = 100_000;

    private readonly long _max;

    public LossBasedBitrate(long max) => BitsPerSecond = _max = max;

    public long BitsPerSecond { get; private set; }

    /// <param name="fractionLost">0 to 1, of the last interval.</param>
    /// <param name="received">Bits per second that came in it.</param>
    public void Update(double fractionLost, long received)
    {
        if (fractionLost > 0.1)
            BitsPerSecond = Math.Clamp((long)(Math.Min(BitsPerSecond, received) * (1 - (0.5 * fractionLost))), Min, _max);
        else if (fractionLost < 0.02)
            BitsPerSecond = Math.Min(_max, (long)(BitsPerSecond * 1.08) + 1000);
    }
}
