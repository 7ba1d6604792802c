import type { Endpoint } from '../../messages/index.ts'

/** The network of what has none of its own, in Mesos' words: it is reached where its agent is. */
export function networkInfosOf({ ip }: Endpoint) {
  const protocol = ip.includes(':') ? 'IPv6' : 'IPv4'
  return [{ ip_addresses: [{ protocol, ip_address: ip }] }]
}
