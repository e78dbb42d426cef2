namespace Vedette;

/// <summary>The fixed words that say why a run is not up, or why it could not be measured. A kind may add its own beside its descriptor.</summary>
public static class Reasons
{
    // The target's doing: the run is down.
    public const string Timeout = "timeout";
    public const string Refused = "refused";
    public const string Reset = "reset";
    public const string Closed = "closed";
    public const string NxDomain = "nxdomain";
    public const string NoAddress = "no_address";
    public const string HostUnreachable = "host_unreachable";
    public const string NetworkUnreachable = "network_unreachable";
    public const string PortUnreachable = "port_unreachable";
    public const string ProtocolUnreachable = "protocol_unreachable";
    public const string AdminProhibited = "admin_prohibited";
    public const string NoNeighbor = "no_neighbor";
    public const string TtlExceeded = "ttl_exceeded";
    public const string FragmentationNeeded = "fragmentation_needed";
    public const string UnexpectedSource = "unexpected_source";
    public const string UnexpectedAnswer = "unexpected_answer";
    public const string ProtocolError = "protocol_error";
    public const string Truncated = "truncated";
    public const string TooLarge = "too_large";
    public const string StatusMismatch = "status_mismatch";
    public const string BodyMismatch = "body_mismatch";
    public const string ExpectMismatch = "expect_mismatch";
    public const string RedirectRefused = "redirect_refused";
    public const string RedirectLoop = "redirect_loop";
    public const string TlsHandshake = "tls_handshake";
    public const string TlsPolicy = "tls_policy";
    public const string TlsVersion = "tls_version";
    public const string CertExpired = "cert_expired";
    public const string CertNotYetValid = "cert_not_yet_valid";
    public const string CertUntrusted = "cert_untrusted";
    public const string CertWrongName = "cert_wrong_name";
    public const string CertWrongUsage = "cert_wrong_usage";
    public const string CertExpiresSoon = "cert_expires_soon";
    public const string ChainIncomplete = "chain_incomplete";
    public const string WeakKey = "weak_key";
    public const string WeakSignature = "weak_signature";
    public const string AssertionFailed = "assertion_failed";
    public const string PacketLoss = "packet_loss";

    // Ours or the path's own doing: the run is unknown.
    public const string AgentLate = "agent_late";
    public const string Cancelled = "cancelled";
    public const string ClockUnsynced = "clock_unsynced";
    public const string InternalError = "internal_error";
    public const string Paused = "paused";
    public const string Stopped = "stopped";
    public const string NoPermission = "no_permission";
    public const string NoRoute = "no_route";
    public const string NoSockets = "no_sockets";
    public const string NoPorts = "no_ports";
    public const string PolicyDenied = "policy_denied";
    public const string ResolverFailed = "resolver_failed";
    public const string SendFailed = "send_failed";
    public const string Unsupported = "unsupported";
}
