namespace Media.Mp4;

/// <summary>Types of boxes, sample entries and handlers (ISO/IEC 14496-12, -14, -15 and the bindings of the codecs): four letters, big-endian.</summary>
internal static class BoxType
{
    public const uint Ftyp = 0x66747970; // ftyp
    public const uint Free = 0x66726565; // free
    public const uint Skip = 0x736b6970; // skip
    public const uint Wide = 0x77696465; // wide
    public const uint Mdat = 0x6d646174; // mdat
    public const uint Moov = 0x6d6f6f76; // moov
    public const uint Mvhd = 0x6d766864; // mvhd
    public const uint Trak = 0x7472616b; // trak
    public const uint Tkhd = 0x746b6864; // tkhd
    public const uint Edts = 0x65647473; // edts
    public const uint Elst = 0x656c7374; // elst
    public const uint Mdia = 0x6d646961; // mdia
    public const uint Mdhd = 0x6d646864; // mdhd
    public const uint Hdlr = 0x68646c72; // hdlr
    public const uint Minf = 0x6d696e66; // minf
    public const uint Vmhd = 0x766d6864; // vmhd
    public const uint Smhd = 0x736d6864; // smhd
    public const uint Nmhd = 0x6e6d6864; // nmhd
    public const uint Dinf = 0x64696e66; // dinf
    public const uint Dref = 0x64726566; // dref
    public const uint Stbl = 0x7374626c; // stbl
    public const uint Stsd = 0x73747364; // stsd
    public const uint Stts = 0x73747473; // stts
    public const uint Ctts = 0x63747473; // ctts
    public const uint Stss = 0x73747373; // stss
    public const uint Stsz = 0x7374737a; // stsz
    public const uint Stz2 = 0x73747a32; // stz2
    public const uint Stsc = 0x73747363; // stsc
    public const uint Stco = 0x7374636f; // stco
    public const uint Co64 = 0x636f3634; // co64
    public const uint Mvex = 0x6d766578; // mvex
    public const uint Mehd = 0x6d656864; // mehd
    public const uint Trex = 0x74726578; // trex
    public const uint Moof = 0x6d6f6f66; // moof
    public const uint Mfhd = 0x6d666864; // mfhd
    public const uint Traf = 0x74726166; // traf
    public const uint Tfhd = 0x74666864; // tfhd
    public const uint Tfdt = 0x74666474; // tfdt
    public const uint Trun = 0x7472756e; // trun
    public const uint Udta = 0x75647461; // udta
    public const uint Meta = 0x6d657461; // meta
    public const uint Sidx = 0x73696478; // sidx
    public const uint Mfra = 0x6d667261; // mfra
    public const uint Styp = 0x73747970; // styp
    public const uint Avc1 = 0x61766331; // avc1
    public const uint Avc3 = 0x61766333; // avc3
    public const uint AvcC = 0x61766343; // avcC
    public const uint Hvc1 = 0x68766331; // hvc1
    public const uint Hev1 = 0x68657631; // hev1
    public const uint HvcC = 0x68766343; // hvcC
    public const uint Av01 = 0x61763031; // av01
    public const uint Av1C = 0x61763143; // av1C
    public const uint Vp08 = 0x76703038; // vp08
    public const uint Vp09 = 0x76703039; // vp09
    public const uint VpcC = 0x76706343; // vpcC
    public const uint Mp4a = 0x6d703461; // mp4a
    public const uint Esds = 0x65736473; // esds
    public const uint Wave = 0x77617665; // wave
    public const uint Opus = 0x4f707573; // Opus
    public const uint OpusSpecific = 0x644f7073; // dOps
    public const uint Ulaw = 0x756c6177; // ulaw
    public const uint Alaw = 0x616c6177; // alaw
    public const uint Url = 0x75726c20; // url 
    public const uint Vide = 0x76696465; // vide
    public const uint Soun = 0x736f756e; // soun
    public const uint Pasp = 0x70617370; // pasp
    public const uint Colr = 0x636f6c72; // colr
    public const uint Btrt = 0x62747274; // btrt
    public const uint Enca = 0x656e6361; // enca
    public const uint Encv = 0x656e6376; // encv
    public const uint Mp3 = 0x2e6d7033; // .mp3
    public const uint Sgpd = 0x73677064; // sgpd
    public const uint Sbgp = 0x73626770; // sbgp

    /// <summary>The letters, as far as they are safe to print.</summary>
    public static string Name(uint type)
    {
        Span<char> letters = stackalloc char[4];
        for (int i = 3; i >= 0; i--, type >>= 8)
        {
            char letter = (char)(type & 0xff);
            letters[i] = letter is >= ' ' and < (char)127 ? letter : '?';
        }

        return new string(letters);
    }
}
