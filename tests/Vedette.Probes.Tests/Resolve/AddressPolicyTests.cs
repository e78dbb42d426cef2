using System.Net;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Resolve;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("fe80::1")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("::%1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd00:ec2::254%2")]
    [InlineData("fd20:ce::254")]
    [InlineData("100.100.100.200")]
    public void Some_addresses_are_never_probed(string address) => new AddressPolicy(allowLoopback: true).Refuse(IPAddress.Parse(address)).ShouldNotBeNull();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.1")]
    [InlineData("::1")]
    [InlineData("::1%1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    public void Loopback_is_only_for_those_who_may(string address)
    {
        new AddressPolicy(allowLoopback: false).Refuse(IPAddress.Parse(address)).ShouldNotBeNull();
        new AddressPolicy(allowLoopback: true).Refuse(IPAddress.Parse(address)).ShouldBeNull();
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("192.0.2.1")]
    [InlineData("fd00::1")]
    [InlineData("2001:db8::1")]
    public void Private_and_public_hosts_are_the_job(string address) => new AddressPolicy(allowLoopback: false).Refuse(IPAddress.Parse(address)).ShouldBeNull();
}
