namespace Media.Rtp.Payloads;

/// <summary>How large the payloads are that a frame is cut into.</summary>
public static class PayloadSize
{
    /// <summary>
    /// 1,200 bytes of UDP payload, less 12 of RTP header, 20 of header extensions, 16 of SRTP trailer and 2 of RTX.
    /// </summary>
    public const int Default = 1150;

    private const int Smallest = 64;

    /// <summary>
    /// The size of each part where a length is cut into as few parts as possible of equal size, the last one shorter:
    /// equal datagrams can go to the kernel in one call.
    /// </summary>
    internal static int Share(int length, int max)
    {
        int parts = (length + max - 1) / max;
        return parts <= 1 ? length : (length + parts - 1) / parts;
    }

    internal static void ThrowIfUnusable(int maxPayload) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayload, Smallest);
}
