using System.Runtime.InteropServices;

namespace Protocols.Net;

/// <summary>Native memory for one recvmmsg or sendmmsg: headers, vectors, addresses and control data.</summary>
internal sealed unsafe class MessageBatch : IDisposable
{
    /// <summary>Larger batches were measured to gain nothing.</summary>
    public const int Size = 64;

    private const int NameStride = 32;    // sockaddr_in6 has 28
    private const int ControlStride = 64; // one packet info has 40

    private readonly byte* _names;
    private readonly byte* _controls;

    public MessageBatch()
    {
        Headers = (Libc.MessageHeader*)NativeMemory.AllocZeroed(Size, (nuint)sizeof(Libc.MessageHeader));
        Vectors = (Libc.IoVector*)NativeMemory.AllocZeroed(Size, (nuint)sizeof(Libc.IoVector));
        _names = (byte*)NativeMemory.AllocZeroed(Size, NameStride);
        _controls = (byte*)NativeMemory.AllocZeroed(Size, ControlStride);
        for (int i = 0; i < Size; i++)
        {
            Headers[i].Vectors = Vectors + i;
            Headers[i].VectorCount = 1;
        }
    }

    public Libc.MessageHeader* Headers { get; }

    public Libc.IoVector* Vectors { get; }

    public Span<byte> Name(int index) => new(_names + (index * NameStride), NameStride);

    public Span<byte> Control(int index) => new(_controls + (index * ControlStride), ControlStride);

    /// <summary>Points a header at the address and control data of slot <paramref name="slot"/>.</summary>
    public void Aim(int header, int slot, int nameLength, int controlLength)
    {
        Headers[header].Name = _names + (slot * NameStride);
        Headers[header].NameLength = (uint)nameLength;
        Headers[header].Control = _controls + (slot * ControlStride);
        Headers[header].ControlLength = (nuint)controlLength;
    }

    /// <summary>Makes a header ready to be filled by the kernel.</summary>
    public void Open(int index) => Aim(index, index, NameStride, ControlStride);

    public void Dispose()
    {
        NativeMemory.Free(Headers);
        NativeMemory.Free(Vectors);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }
}
