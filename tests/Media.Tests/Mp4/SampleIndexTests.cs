using Media.Mp4;

namespace Media.Tests.Mp4;

public sealed class SampleIndexTests
{
    [Fact]
    public void Samples_and_chunks_come_back_as_they_were()
    {
        var random = new Random(5);
        var index = new SampleIndex();
        var samples = new List<(int Size, long Decode, int Composition, bool IsKeyframe)>();
        long decode = 1_000;
        for (int i = 0; i < 20_000; i++, decode += random.Next(1, 9000))
        {
            samples.Add((random.Next(1, 1 << 24), decode, random.Next(-9000, 9000), random.Next(30) == 0));
            index.Add(samples[^1].Size, decode, samples[^1].Composition, 3000, samples[^1].IsKeyframe);
            if (i % 10 == 9) index.AddChunk((long)i << 25, 10);
        }

        SampleIndex.SampleCursor cursor = index.Samples();
        long time = index.FirstDecode;
        foreach (var sample in samples)
        {
            Assert.True(cursor.MoveNext());
            time += cursor.Delta;
            Assert.Equal(sample, (cursor.Size, time, cursor.Composition, cursor.IsKeyframe));
        }

        Assert.False(cursor.MoveNext());
        SampleIndex.ChunkCursor chunks = index.Chunks();
        for (int i = 9; i < samples.Count; i += 10)
        {
            Assert.True(chunks.MoveNext());
            Assert.Equal(((long)i << 25, 10), (chunks.Offset, chunks.Samples));
        }
    }

    [Fact]
    public void A_day_of_jittering_video_takes_less_than_eight_bytes_per_sample()
    {
        const int Samples = 24 * 3600 * 30;
        var random = new Random(6);
        var index = new SampleIndex();
        long decode = 0;
        for (int i = 0; i < Samples; i++, decode += 3000 + random.Next(-300, 300))
        {
            index.Add(random.Next(500, 20_000), decode, 0, 3000, i % 300 == 0);
            if (i % 9 == 8) index.AddChunk(i * 10_000L, 9);
        }

        Assert.InRange(index.Capacity, 0, Samples * 8L);
    }
}
