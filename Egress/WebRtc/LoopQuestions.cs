using Media.Scheduling;

namespace Egress.WebRtc;

/// <summary>What a session asks the home loop of a publication, which may be its own.</summary>
internal static class LoopQuestions
{
    /// <summary>
    /// Runs the question on the home loop and the answer on this one: at once where both are the same, else by posts. To be
    /// called on this loop.
    /// </summary>
    public static void Ask<T>(this MediaLoop loop, MediaLoop home, Func<T> question, Action<T> answer)
    {
        if (home == loop)
        {
            answer(question());
            return;
        }

        home.Post(() =>
        {
            T value = question();
            loop.Post(() => answer(value));
        });
    }

    /// <summary>Runs it on the home loop: at once where that is this one.</summary>
    public static void Tell(this MediaLoop loop, MediaLoop home, Action news)
    {
        if (home == loop) news();
        else home.Post(news);
    }
}
