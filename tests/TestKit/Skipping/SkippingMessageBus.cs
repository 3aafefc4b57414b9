using Xunit.Abstractions;
using Xunit.Sdk;

namespace TestKit.Skipping;

/// <summary>Turns a failure by <see cref="NotJudgedException"/> into a skipped test: xunit 2 knows no skipping at run time.</summary>
internal sealed class SkippingMessageBus(IMessageBus inner) : IMessageBus
{
    public int Skipped { get; private set; }

    public bool QueueMessage(IMessageSinkMessage message)
    {
        if (message is not ITestFailed failed || failed.ExceptionTypes.FirstOrDefault() != typeof(NotJudgedException).FullName)
            return inner.QueueMessage(message);
        Skipped++;
        return inner.QueueMessage(new TestSkipped(failed.Test, failed.Messages[0]));
    }

    public void Dispose()
    {
        // The inner bus belongs to the runner.
    }

    public RunSummary Correct(RunSummary summary)
    {
        summary.Failed -= Skipped;
        summary.Skipped += Skipped;
        return summary;
    }
}
