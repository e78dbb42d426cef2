using System.Diagnostics;
using System.Globalization;
using Processes;

namespace Interop;

/// <summary>BIND with a zone that has a record of each type, authoritative only, on a port of loopback.</summary>
public sealed class Named : IAsyncLifetime
{
    private const string Zone = """
        $TTL 300
        @ SOA ns.zoo.test. keeper\.one.zoo.test. 4294967295 3600 600 86400 60
        @ NS ns
        @ A 192.0.2.1
        @ A 192.0.2.2
        @ AAAA 2001:db8::1
        @ MX 10 mail
        @ MX 20 mail2
        @ TXT "v=spf1 -all" "second, \"part\" \001\200"
        @ CAA 0 issue "letsencrypt.org; a=b"
        @ HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1,192.0.2.2 port=8443 ech=AEX+DQ== key667="hello\210qoo"
        @ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
        ns A 127.0.0.1
        www CNAME @
        dead CNAME gone
        old DNAME new
        n.new A 192.0.2.9
        sub NS ns
        sub DS 12345 13 2 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
        _sip._tcp SRV 10 20 5060 ns
        x TYPE65280 \# 4 0A000001
        empty TYPE65280 \# 0
        sshfp SSHFP 4 2 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
        tlsa TLSA 3 1 1 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
        naptr NAPTR 100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" .
        uri URI 10 1 "ftp://ftp1.example.com/public"
        hinfo HINFO "PC Intel" Linux
        nsec NSEC www A MX TYPE1234
        nsec3param NSEC3PARAM 1 0 10 AABB
        csync CSYNC 66 3 A NS AAAA
        svcb SVCB 16 foo.example. mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1
        svcb SVCB 1 foo.example. alpn="f\\\\oo\\,bar,h2"
        svcb SVCB 0 foo.example.
        svcb SVCB 1 foo.example. ipv6hint=2001:db8::1,2001:db8::53:1 no-default-alpn alpn=h2
        w\.dot\032sp\;\(x\$ A 192.0.2.4
        """;

    private readonly TemporaryDirectory directory = new();
    private Command? named;

    public int Port { get; } = VedetteProcess.FreePort();

    /// <summary>As an option of a check.</summary>
    public string Server => string.Create(CultureInfo.InvariantCulture, $"server=127.0.0.1:{Port}");

    public async ValueTask InitializeAsync()
    {
        var configuration = Path.Combine(directory.Path, "named.conf");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            options {
              directory "{{directory.Path}}"; pid-file none; session-keyfile none; managed-keys-directory "{{directory.Path}}";
              listen-on port {{Port}} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; notify no; dnssec-validation no;
            };
            controls { };
            zone "zoo.test" { type primary; check-names ignore; file "zoo"; };
            zone "2.0.192.in-addr.arpa" { type primary; file "backwards"; };
            zone "broken.test" { type primary; file "missing"; };
            """));
        var many = Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"many A 198.51.100.{i}"));
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "zoo"), $"{Zone}\n{string.Join('\n', many)}\n");
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "backwards"), "$TTL 60\n@ SOA ns.zoo.test. keeper.zoo.test. 1 1 1 1 1\n@ NS ns.zoo.test.\n1 PTR zoo.test.\n");
        named = Command.Start("/usr/sbin/named", "-f", "-c", configuration);
        await Wait.ForListenerAsync(Port);
        await LoadedAsync();
    }

    // It listens before it has read its zones.
    private async Task LoadedAsync()
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(10))
            if ((await Command.RunAsync("dig", "@127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "zoo.test", "SOA", "+short")).Output.Length > 0) return;
        throw new TimeoutException("named did not load its zone within 10 s");
    }

    public async ValueTask DisposeAsync()
    {
        if (named is not null) await named.DisposeAsync();
        directory.Dispose();
    }
}
