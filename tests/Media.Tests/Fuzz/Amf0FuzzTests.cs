using Media.Flv;
using TestKit;

namespace Media.Tests.Fuzz;

public sealed class Amf0FuzzTests
{
    [Fact]
    public void Any_bytes_give_values_or_false()
    {
        IEnumerable<byte[]> seeds =
        [
            Convert.FromHexString("020007636F6E6E656374003FF0000000000000030003617070020004" + "6C697665000009"),
            Convert.FromHexString("02000D4073657444617461467261" + "6D6502000A6F6E4D65746144617461080000000200057769647468004094000000000000000663756501" + "01000009"),
            Convert.FromHexString("0A00000003050600000000000000000003000009"),
            Convert.FromHexString("0B42780C7A1F28000000000C0000000568656C6C6F10000154000161050000090F000000033C612F3E"),
        ];
        Fuzzer.Run(seeds, data =>
        {
            var reader = new Amf0Reader(data);
            while (reader.TryRead(out AmfValue value)) _ = value["app"];
        });
    }
}
