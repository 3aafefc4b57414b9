namespace Media.Flv;

/// <summary>AMF0 specification §2.1: the byte before each value.</summary>
internal static class Amf0Marker
{
    internal const byte Number = 0x00;
    internal const byte Boolean = 0x01;
    internal const byte String = 0x02;
    internal const byte Object = 0x03;
    internal const byte Null = 0x05;
    internal const byte Undefined = 0x06;
    internal const byte Reference = 0x07;
    internal const byte EcmaArray = 0x08;
    internal const byte ObjectEnd = 0x09;
    internal const byte StrictArray = 0x0A;
    internal const byte Date = 0x0B;
    internal const byte LongString = 0x0C;
    internal const byte Unsupported = 0x0D;
    internal const byte XmlDocument = 0x0F;
    internal const byte TypedObject = 0x10;
}
