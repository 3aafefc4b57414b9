using System.Buffers;

namespace Protocols.Tests.Net;

/// <summary>Bytes in several pieces, as a pipe has them.</summary>
internal sealed class Segmented : ReadOnlySequenceSegment<byte>
{
    private Segmented(ReadOnlyMemory<byte> memory, long start) => (Memory, RunningIndex) = (memory, start);

    public static ReadOnlySequence<byte> Of(params byte[][] pieces)
    {
        var first = new Segmented(pieces[0], 0);
        Segmented last = first;
        foreach (byte[] piece in pieces.Skip(1))
        {
            var next = new Segmented(piece, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
