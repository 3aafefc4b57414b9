using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public class PictureShiftTests
{
    [Fact]
    public void VP8_numbers_go_on_behind_those_of_the_source_before()
    {
        var shift = PictureShift.Behind(Codec.Vp8, Vp8(0x7fff, 255, 31), Vp8(5, 9, 3));
        byte[] first = Vp8(5, 9, 3), second = Vp8(6, 10, 3);
        shift.Apply(Codec.Vp8, first);
        shift.Apply(Codec.Vp8, second);

        Assert.Equal(Vp8(0, 0, 0), first);
        Assert.Equal(Vp8(1, 1, 0), second);
    }

    [Fact]
    public void VP9_numbers_do_whatever_lies_behind_them()
    {
        // I, L, B, V: picture id, layers, TL0PICIDX, a scalability structure that is longer than what is kept
        byte[] newest = Convert.FromHexString("AA" + "8064" + "00" + "0A" + "38014000B4");
        byte[] first = Convert.FromHexString("AA" + "8001" + "00" + "F0" + "18014000B4AA");
        PictureShift.Behind(Codec.Vp9, newest, first).Apply(Codec.Vp9, first);

        Assert.Equal("AA8065000B", Convert.ToHexString(first)[..10]);
    }

    [Fact]
    public void Short_picture_ids_stay_short()
    {
        byte[] next = [0x90, 0x80, 0x05, 0x10, 0, 0, 0, 0];
        PictureShift.Behind(Codec.Vp8, Vp8(200, 0, 0), next).Apply(Codec.Vp8, next);

        Assert.Equal(201 & 0x7f, next[2]);
    }

    [Fact]
    public void Sources_without_numbers_and_other_codecs_stay_as_they_are()
    {
        byte[] plain = [0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0, 0];
        Assert.True(PictureShift.Behind(Codec.Vp8, Vp8(1, 2, 3), plain).IsNone);
        Assert.True(PictureShift.Behind(Codec.Vp8, plain, Vp8(1, 2, 3)).IsNone);
        Assert.True(PictureShift.Behind(Codec.H264, Vp8(1, 2, 3), Vp8(4, 5, 6)).IsNone);
    }

    [Fact]
    public void Any_payload_is_survived() => TestKit.Fuzzer.Run([Vp8(1, 2, 3), Convert.FromHexString("AA8064000A38014000B4")], data =>
    {
        foreach (Codec codec in (Codec[])[Codec.Vp8, Codec.Vp9])
        {
            PictureShift.Behind(codec, data, Vp8(1, 2, 3));
            PictureShift.Behind(codec, Vp8(1, 2, 3), data);
            new PictureShift(1, 2, 3).Apply(codec, data);
        }
    });

    /// <summary>A payload with all numbers: X, S | I, L, T, K | 15 bits | TL0PICIDX | TID 0, KEYIDX | keyframe.</summary>
    private static byte[] Vp8(int picture, int tl0, int key) =>
        [0x90, 0xF0, (byte)(0x80 | (picture >> 8)), (byte)picture, (byte)tl0, (byte)key, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
}
