using Xunit;
using Xunit.Sdk;

namespace TestKit.Skipping;

/// <summary>A fact that may find while it runs that it can't be judged here (see <see cref="NotJudgedException"/>).</summary>
[XunitTestCaseDiscoverer("TestKit.Skipping.TimedFactDiscoverer", "TestKit")]
public sealed class TimedFactAttribute : FactAttribute;

/// <summary>The same for a theory.</summary>
[XunitTestCaseDiscoverer("TestKit.Skipping.TimedTheoryDiscoverer", "TestKit")]
public sealed class TimedTheoryAttribute : TheoryAttribute;
