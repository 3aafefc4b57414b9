using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

public class PictureNumbersTests
{
    [Fact]
    public void The_first_source_stays_as_it_is()
    {
        var numbers = new PictureNumbers(Codec.Vp8);
        byte[] payload = Vp8(1234, 200, 7);
        byte[] before = [.. payload];

        numbers.Apply(payload);

        Assert.Equal(before, payload);
    }

    [Fact]
    public void A_second_VP8_source_goes_on_with_the_numbers_of_the_first()
    {
        var numbers = new PictureNumbers(Codec.Vp8);
        numbers.Apply(Vp8(0x7ffe, 254, 30));
        numbers.Apply(Vp8(0x7fff, 255, 31));
        numbers.BeginSource();
        byte[] first = Vp8(5, 9, 3), second = Vp8(6, 10, 3);
        numbers.Apply(first);
        numbers.Apply(second);

        Assert.Equal(Vp8(0, 0, 0), first);
        Assert.Equal(Vp8(1, 1, 0), second);
    }

    [Fact]
    public void Late_packets_do_not_set_the_numbers_back()
    {
        var numbers = new PictureNumbers(Codec.Vp8);
        numbers.Apply(Vp8(10, 10, 1));
        numbers.Apply(Vp8(8, 8, 1));
        numbers.BeginSource();
        byte[] next = Vp8(500, 90, 4);
        numbers.Apply(next);

        Assert.Equal(Vp8(11, 11, 2), next);
    }

    [Fact]
    public void VP9_numbers_go_on_as_well()
    {
        var numbers = new PictureNumbers(Codec.Vp9);
        numbers.Apply(Convert.FromHexString("A8" + "8064" + "00" + "0A" + "AA"));
        numbers.BeginSource();
        byte[] next = Convert.FromHexString("A8" + "8001" + "00" + "F0" + "AA");
        numbers.Apply(next);

        Assert.Equal("A88065000BAA", Convert.ToHexString(next));
    }

    [Fact]
    public void Short_picture_ids_stay_short()
    {
        var numbers = new PictureNumbers(Codec.Vp8);
        numbers.Apply([0x90, 0x80, 0x7f, 0x10]);
        numbers.BeginSource();
        byte[] next = [0x90, 0x80, 0x33, 0x10];
        numbers.Apply(next);

        Assert.Equal([0x90, 0x80, 0x00, 0x10], next);
    }

    private static byte[] Vp8(int picture, byte tl0, byte key) =>
        [0x90, 0xF0, (byte)(0x80 | (picture >> 8)), (byte)picture, tl0, (byte)(0x20 | key), 0x10, 0x02];
}
