import { join } from 'node:path'
import type { Network } from '../network/types.ts'
import type { World } from '../world.ts'
import type { Answering } from './arrivals.ts'
import { openAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { answerDns } from './dns-server.ts'
import { tlsOptions } from './tls.ts'
import type { VpcPlace } from './vpc.ts'

const authorities = new WeakMap<World, Authority>()

/** The authority of a server's data folder. */
export function authorityOf(world: World): Authority {
  const kept = authorities.get(world) ?? openAuthority(world.config.dataDir)
  authorities.set(world, kept)
  return kept
}

/** What answers at a VPC's sockets, whoever comes: name server, certificates. */
export function openParts(
  world: World,
): (vpc: VpcPlace, network?: () => Network) => Omit<Answering, 'interfaceAt' | 'account' | 'region'> {
  const tls = tlsOptions(authorityOf(world))
  return ({ account, region }, network = () => world.network(account, region)) => ({
    tls,
    dns: (id, packet, transport) => answerDns(network(), id, packet, transport),
  })
}

/** Where programs' views of certificate bundles are kept. */
export const trustFolder = (world: World) => join(world.config.dataDir, 'fabric', 'trust')
