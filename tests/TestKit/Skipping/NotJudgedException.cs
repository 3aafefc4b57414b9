namespace TestKit.Skipping;

/// <summary>The test can't be judged on this machine now; it counts as skipped, with the message as the reason.</summary>
public sealed class NotJudgedException(string reason) : Exception(reason);
