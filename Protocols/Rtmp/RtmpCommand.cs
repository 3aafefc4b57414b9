using Media.Flv;

namespace Protocols.Rtmp;

/// <summary>A command message: name, transaction id, command object or null, arguments. RTMP 1.0 §7.2.</summary>
internal readonly record struct RtmpCommand(string Name, double TransactionId, AmfValue Object, AmfValue[] Arguments)
{
    /// <summary>Commands are a few hundred bytes; longer ones are not worth a parser's time.</summary>
    internal const int MaxLength = 64 << 10;

    private const int MaxArguments = 16;

    /// <summary>The encoder wants no answer.</summary>
    internal bool WantsAnswer => TransactionId != 0;

    internal AmfValue Argument(int index) => index < Arguments.Length ? Arguments[index] : AmfValue.Undefined;

    /// <param name="isAmf3">Message type 17: a byte that says "AMF0 follows" comes first.</param>
    internal static bool TryParse(ReadOnlySpan<byte> payload, bool isAmf3, out RtmpCommand command)
    {
        command = default;
        if (payload.Length > MaxLength) return false;
        if (isAmf3 && payload.Length > 0) payload = payload[1..];
        var reader = new Amf0Reader(payload);
        if (!reader.TryRead(out AmfValue name) || name.Text is null) return false;
        AmfValue transaction = default, item = default;
        if (!reader.IsAtEnd && (!reader.TryRead(out transaction) || transaction.Kind != AmfKind.Number)) return false;
        if (!reader.IsAtEnd && !reader.TryRead(out item)) return false;
        var arguments = new List<AmfValue>();
        while (!reader.IsAtEnd && arguments.Count < MaxArguments && reader.TryRead(out AmfValue argument))
            arguments.Add(argument);
        command = new RtmpCommand(name.Text, transaction.Number, item, [.. arguments]);
        return true;
    }
}
