using System.Runtime.Intrinsics.X86;
using Protocols.Srtp;
using Xunit;

namespace Protocols.Tests.Srtp;

/// <summary>Each implementation that this machine can run, be it slowly: all of them pass the same tests.</summary>
internal static class KernelSets
{
    public static IReadOnlyList<SrtpKernels> All { get; } = [.. Every().Distinct()];

    public static TheoryData<string, SrtpProfile> WithProfiles { get; } = Product();

    /// <summary>By its description, which names a test case.</summary>
    public static SrtpKernels Named(string name) => All.Single(kernels => kernels.ToString() == name);

    private static IEnumerable<SrtpKernels> Every()
    {
        yield return SrtpKernels.Portable;
        if (!CipherInstructions.IsSupported) yield break;
        yield return SrtpKernels.Supported;
        yield return SrtpKernels.Supported with { Hmac = HmacSha1.Single, Lanes = null };
        if (!Avx2.IsSupported) yield break;
        yield return SrtpKernels.Supported with { Lanes = HmacSha1.Lanes8 };
        yield return SrtpKernels.Supported with { Lanes = HmacSha1.Lanes16 };
    }

    private static TheoryData<string, SrtpProfile> Product()
    {
        var data = new TheoryData<string, SrtpProfile>();
        foreach (SrtpKernels kernels in All)
        {
            foreach (SrtpProfile profile in (SrtpProfile[])[SrtpProfile.Aes128CmSha1Tag80, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm])
                data.Add(kernels.ToString(), profile);
        }

        return data;
    }
}
