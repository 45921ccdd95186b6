import { join } from 'node:path'
import type { Network } from '../network/types.ts'
import type { World } from '../world.ts'
import type { Answering } from './arrivals.ts'
import { openAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { answerWithInternet } from './dns-internet.ts'
import type { Internet } from './internet.ts'
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
): (
  vpc: VpcPlace,
  network?: () => Network,
  internet?: Internet,
) => Omit<Answering, 'interfaceAt' | 'account' | 'region'> {
  const tls = tlsOptions(authorityOf(world))
  return ({ account, region }, network = () => world.network(account, region), internet) => ({
    tls,
    dns: (id, packet, transport) => answerWithInternet(network(), id, packet, transport, internet),
    internet,
  })
}

/** Where programs' views of certificate bundles are kept. */
export const trustFolder = (world: World) => join(world.config.dataDir, 'fabric', 'trust')
