namespace Protocols.Stun;

/// <summary>Error codes that a lite agent answers with (RFC 8489 §14.8, RFC 8445 §7.3.1.1).</summary>
public enum StunErrorCode
{
    BadRequest = 400,
    Unauthenticated = 401,
    UnknownAttribute = 420,
    RoleConflict = 487,
    ServerError = 500,
}
