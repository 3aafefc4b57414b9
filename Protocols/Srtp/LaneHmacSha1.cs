using System.Runtime.CompilerServices;

namespace Protocols.Srtp;

/// <summary>
/// Several messages side by side, each with its own key and length: a lane that is done goes idle until the longest is.
/// </summary>
internal sealed unsafe class LaneHmacSha1<TWord, TLanes> : HmacSha1
    where TWord : unmanaged
    where TLanes : struct, ISha1Lanes<TWord>
{
    public override int Lanes => sizeof(TWord) / sizeof(uint);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Complete(HmacSha1Job** jobs, int count)
    {
        TWord* words = stackalloc TWord[Sha1Rounds.ScheduleLength];
        TWord* state = stackalloc TWord[Sha1Rounds.StateLength];
        byte** blocks = stackalloc byte*[Lanes];
        int longest = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            HmacSha1Job* job = jobs[lane < count ? lane : 0]; // lanes too many do the first one's work once more
            longest = Math.Max(longest, job->Blocks);
            Put(state, lane, HmacSha1Job.Inner(job));
        }

        for (int block = 0; block < longest; block++)
        {
            for (int lane = 0; lane < Lanes; lane++) blocks[lane] = HmacSha1Job.Block(jobs[lane < count ? lane : 0], block);
            TLanes.Load(blocks, words);
            Sha1Rounds.Compress<TWord, TLanes>(state, words);
            for (int lane = 0; lane < count; lane++)
                if (jobs[lane]->Blocks == block + 1) Take(state, lane, HmacSha1Job.Inner(jobs[lane]));
        }

        for (int lane = 0; lane < count; lane++)
        {
            HmacSha1Job.SetOuterBlock(jobs[lane]);
            Put(state, lane, HmacSha1Job.Outer(jobs[lane]));
        }

        for (int lane = 0; lane < Lanes; lane++) blocks[lane] = HmacSha1Job.OuterBlock(jobs[lane < count ? lane : 0]);
        TLanes.Load(blocks, words);
        Sha1Rounds.Compress<TWord, TLanes>(state, words);
        for (int lane = 0; lane < count; lane++)
        {
            Take(state, lane, HmacSha1Job.Outer(jobs[lane]));
            HmacSha1Job.WriteTag(jobs[lane]);
        }
    }

    private static void Put(TWord* state, int lane, uint* words)
    {
        for (int i = 0; i < Sha1Rounds.StateLength; i++) ((uint*)(state + i))[lane] = words[i];
    }

    private static void Take(TWord* state, int lane, uint* words)
    {
        for (int i = 0; i < Sha1Rounds.StateLength; i++) words[i] = ((uint*)(state + i))[lane];
    }
}
