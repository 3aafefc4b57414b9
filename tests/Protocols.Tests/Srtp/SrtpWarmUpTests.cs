using Protocols.Srtp;

namespace Protocols.Tests.Srtp;

public sealed class SrtpWarmUpTests
{
    [Fact]
    public async Task A_warm_up_names_the_kernels_and_finds_none_that_errs()
    {
        (string kernels, IReadOnlyList<string> failed) = await SrtpWarmUp.RunAsync(TimeProvider.System);

        Assert.Empty(failed);
        Assert.Equal(SrtpKernels.Supported.ToString(), kernels);
    }
}
