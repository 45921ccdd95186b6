import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { parseIp } from '../network/addresses.ts'
import type { Ip } from '../network/addresses.ts'

/** The machine's own network, as far as programs in VPCs are led there. */
export interface Outside {
  /** Rejects as node:dns does. */
  resolve(name: string, family: 4 | 6): Promise<{ address: string; ttl: number }[]>
  connect(address: string, port: number): Socket
  /** Addresses of this machine. */
  own(): readonly Ip[]
}

/** Asks the machine's DNS servers, not its hosts file: what is written there is meant for this machine. */
export function machinesNetwork(): Outside {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  return {
    resolve: (name, family) =>
      family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true }),
    connect: (host, port) => connect({ host, port, allowHalfOpen: true }),
    own: () =>
      Object.values(networkInterfaces()).flatMap((all) => (all ?? []).flatMap(({ address }) => parseIp(address) ?? [])),
  }
}
