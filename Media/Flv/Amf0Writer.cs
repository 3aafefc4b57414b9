using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Media.Flv;

/// <summary>Writes AMF0 values one after the other.</summary>
public static class Amf0Writer
{
    private const int LongestShortString = ushort.MaxValue;

    public static void Write(IBufferWriter<byte> output, in AmfValue value)
    {
        switch (value.Kind)
        {
            case AmfKind.Number:
                WriteMarker(output, Amf0Marker.Number);
                WriteDouble(output, value.Number);
                break;
            case AmfKind.Boolean:
                output.Write<byte>([Amf0Marker.Boolean, value.IsTrue ? (byte)1 : (byte)0]);
                break;
            case AmfKind.String:
                WriteText(output, value.Text!);
                break;
            case AmfKind.Date:
                WriteMarker(output, Amf0Marker.Date);
                WriteDouble(output, value.Number);
                output.Write<byte>([0, 0]);
                break;
            case AmfKind.Object:
                WriteMarker(output, Amf0Marker.Object);
                WriteProperties(output, value);
                break;
            case AmfKind.Array:
                WriteItems(output, value);
                break;
            default:
                WriteMarker(output, value.Kind == AmfKind.Null ? Amf0Marker.Null : Amf0Marker.Undefined);
                break;
        }
    }

    /// <summary>Writes an object as an ECMA array, the form that players expect of onMetaData.</summary>
    public static void WriteEcmaArray(IBufferWriter<byte> output, in AmfValue value)
    {
        WriteMarker(output, Amf0Marker.EcmaArray);
        WriteUInt32(output, (uint)value.Properties.Length);
        WriteProperties(output, value);
    }

    private static void WriteProperties(IBufferWriter<byte> output, in AmfValue value)
    {
        foreach (AmfProperty property in value.Properties)
        {
            WriteName(output, property.Name);
            Write(output, property.Value);
        }

        output.Write<byte>([0, 0, Amf0Marker.ObjectEnd]);
    }

    private static void WriteItems(IBufferWriter<byte> output, in AmfValue value)
    {
        WriteMarker(output, Amf0Marker.StrictArray);
        WriteUInt32(output, (uint)value.Items.Length);
        foreach (AmfValue item in value.Items) Write(output, item);
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length <= LongestShortString)
        {
            WriteMarker(output, Amf0Marker.String);
            WriteName(output, text);
            return;
        }

        WriteMarker(output, Amf0Marker.LongString);
        WriteUInt32(output, (uint)length);
        Encoding.UTF8.GetBytes(text, output);
    }

    private static void WriteName(IBufferWriter<byte> output, string name)
    {
        int length = Encoding.UTF8.GetByteCount(name);
        if (length > LongestShortString) throw new ArgumentException("The name is longer than 65535 bytes.", nameof(name));
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), (ushort)length);
        output.Advance(2);
        Encoding.UTF8.GetBytes(name, output);
    }

    private static void WriteMarker(IBufferWriter<byte> output, byte marker)
    {
        output.GetSpan(1)[0] = marker;
        output.Advance(1);
    }

    private static void WriteUInt32(IBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void WriteDouble(IBufferWriter<byte> output, double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(output.GetSpan(8), value);
        output.Advance(8);
    }
}
