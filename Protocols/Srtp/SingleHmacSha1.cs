namespace Protocols.Srtp;

/// <summary>One message at a time.</summary>
internal sealed unsafe class SingleHmacSha1(bool isLibrary) : HmacSha1
{
    public override int Lanes => 1;

    public override void Complete(HmacSha1Job** jobs, int count)
    {
        for (int i = 0; i < count; i++)
        {
            HmacSha1Job* job = jobs[i];
            uint* inner = HmacSha1Job.Inner(job);
            Compress(inner, job->Data, job->WholeBlocks);
            Compress(inner, HmacSha1Job.Block(job, job->WholeBlocks), job->Blocks - job->WholeBlocks);
            HmacSha1Job.SetOuterBlock(job);
            Compress(HmacSha1Job.Outer(job), HmacSha1Job.OuterBlock(job), 1);
            HmacSha1Job.WriteTag(job);
        }
    }

    private void Compress(uint* state, byte* data, int blocks)
    {
        if (blocks == 0) return;
        if (isLibrary) Sha1.CompressByLibrary(state, data, blocks);
        else Sha1.Compress(state, data, blocks);
    }
}
