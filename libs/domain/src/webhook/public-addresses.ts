import { BlockList, isIPv6 } from 'node:net';

/**
 * IPv4 ranges that are not public, from the IANA registry of special-purpose addresses, and addresses of metadata services
 * of cloud providers outside of them.
 */
const REFUSED_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // metadata service of Azure
  ['169.254.0.0', 16], // link-local, with the metadata services of most providers
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const;

/** Of IPv6, only these ranges are public: global unicast, and the IPv4 addresses behind NAT64. */
const PUBLIC_IPV6 = [
  ['2000::', 3],
  ['64:ff9b::', 96],
] as const;

/** Parts of global unicast that are not public: protocol assignments with Teredo, documentation, 6to4. */
const REFUSED_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const NAT64_BITS = 96;

const refused = new BlockList();
for (const [address, prefix] of REFUSED_IPV4) {
  refused.addSubnet(address, prefix, 'ipv4');
  refused.addSubnet(`64:ff9b::${address}`, NAT64_BITS + prefix, 'ipv6');
}
for (const [address, prefix] of REFUSED_IPV6) refused.addSubnet(address, prefix, 'ipv6');

const publicIpv6 = new BlockList();
for (const [address, prefix] of PUBLIC_IPV6) publicIpv6.addSubnet(address, prefix, 'ipv6');

/** @returns whether an IP address is a public one. An IPv4-mapped IPv6 address is not */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false;
  return isIPv6(address)
    ? publicIpv6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
    : !refused.check(address, 'ipv4');
}

/** @param networks addresses and CIDR ranges @returns a check whether an address is in one of them */
export function addressCheckOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string?];
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => !address.includes('%') && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
