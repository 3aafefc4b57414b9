using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>Completes HMAC-SHA1 jobs (RFC 2104), one by one or side by side.</summary>
internal abstract unsafe class HmacSha1
{
    /// <summary>With libcrypto's SHA-1.</summary>
    public static HmacSha1 ByLibrary { get; } = new SingleHmacSha1(isLibrary: true);

    /// <summary>With our own.</summary>
    public static HmacSha1 Single { get; } = new SingleHmacSha1(isLibrary: false);

    /// <summary>By AVX2.</summary>
    public static HmacSha1 Lanes8 { get; } = new LaneHmacSha1<Vector256<uint>, Sha1Lanes8>();

    /// <summary>By AVX-512.</summary>
    public static HmacSha1 Lanes16 { get; } = new LaneHmacSha1<Vector512<uint>, Sha1Lanes16>();

    /// <summary>How many jobs it can do at once.</summary>
    public abstract int Lanes { get; }

    /// <summary>One block in each lane takes about as long as so many blocks one by one with instructions for SHA.</summary>
    public int BlockCost => Lanes switch { 16 => 4, 8 => 6, _ => 1 };

    /// <summary>Writes the tags of up to <see cref="Lanes"/> jobs, whose states are used up by that.</summary>
    public abstract void Complete(HmacSha1Job** jobs, int count);
}
