namespace Vedette.Linux;

/// <summary>
/// What a system call answered: the numbers of <c>asm-generic/errno.h</c>, which x64 and arm64 share. Values without a name here occur too.
/// </summary>
public enum Errno
{
    /// <summary>It succeeded.</summary>
    None = 0,

    /// <summary>EPERM: not allowed, by capability or by a firewall's rule.</summary>
    NotPermitted = 1,

    /// <summary>EINTR: a signal came first.</summary>
    Interrupted = 4,

    /// <summary>EAGAIN: nothing to read, or no room to write, right now.</summary>
    TryAgain = 11,

    /// <summary>ENOMEM.</summary>
    NoMemory = 12,

    /// <summary>EACCES: not allowed, such as a ping socket outside of <c>net.ipv4.ping_group_range</c>.</summary>
    AccessDenied = 13,

    /// <summary>EINVAL.</summary>
    InvalidArgument = 22,

    /// <summary>ENFILE: the system is out of files.</summary>
    SystemOutOfFiles = 23,

    /// <summary>EMFILE: the process is out of files.</summary>
    OutOfFiles = 24,

    /// <summary>EMSGSIZE: larger than the link takes, and not to be cut.</summary>
    MessageTooLong = 90,

    /// <summary>EPROTONOSUPPORT.</summary>
    ProtocolNotSupported = 93,

    /// <summary>EAFNOSUPPORT: the address family is not there, such as IPv6 switched off.</summary>
    FamilyNotSupported = 97,

    /// <summary>EADDRNOTAVAIL: not an address of this host.</summary>
    AddressNotAvailable = 99,

    /// <summary>ENETDOWN: the interface is down.</summary>
    NetworkDown = 100,

    /// <summary>ENETUNREACH: no route.</summary>
    NetworkUnreachable = 101,

    /// <summary>ENOBUFS: a queue of this host is full.</summary>
    NoBuffers = 105,

    /// <summary>EHOSTUNREACH: a route that says unreachable, or a neighbour that did not answer.</summary>
    HostUnreachable = 113,
}
