import {BlockList, isIPv6} from 'node:net'

/** Networks that are not the public internet (the registries of RFC 6890), as `address/prefix`. */
const closed = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  closed.addSubnet(network, prefix, 'ipv4')
}

/** Only global unicast is open, and in it neither tunnels that lead to IPv4 addresses nor what is for documents. */
const openV6 = new BlockList()
openV6.addSubnet('2000::', 3, 'ipv6')
const closedV6 = new BlockList()
closedV6.addSubnet('2001::', 23, 'ipv6')
closedV6.addSubnet('2001:db8::', 32, 'ipv6')
closedV6.addSubnet('2002::', 16, 'ipv6')

/** Whether an IP address is one of the public internet; addresses that only wrap an IPv4 one are not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6')
  return !closed.check(address, 'ipv4')
}
