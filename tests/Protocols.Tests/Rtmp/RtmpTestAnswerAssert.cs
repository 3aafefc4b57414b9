using TestKit;

namespace Protocols.Tests.Rtmp;

internal static class RtmpTestAnswerAssert
{
    internal static void Names(IEnumerable<RtmpTestAnswer> answers, params string[] names) =>
        Assert.Equal(names, answers.Select(answer => answer.Name));
}
