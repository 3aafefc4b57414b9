using Media.Scheduling;

namespace Protocols.Dtls;

/// <summary>Has a session's handshake computed by a worker, whose results come back to the session's loop.</summary>
public sealed record DtlsOffload(DtlsWorker Worker, MediaLoop Loop);
