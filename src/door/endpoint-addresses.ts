import { createHash } from 'node:crypto'
import type { Server } from 'node:http'
import type { World } from '../world.ts'
import { listen } from './listen.ts'

/**
 * Where there is no fabric, each interface endpoint is stood for by a loopback address of its own (Linux answers on all of
 * 127/8). A call is known to have come through the endpoint by the socket that accepted it, never by a header.
 */
const kind = 'door/endpoint-address'

interface EndpointAddress {
  address: string
}

const open = new WeakMap<World, Map<string, Server>>()

/** Opens the addresses that were given out before; call once at start. */
export async function openEndpointAddresses(world: World): Promise<{ close(): Promise<void> }> {
  const servers = new Map<string, Server>()
  open.set(world, servers)
  for (const row of world.store.list<EndpointAddress>(kind)) await stand(world, row.key, row.value.address)
  return {
    async close() {
      for (const server of servers.values()) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

/** The URL that stands for an endpoint; the address is chosen once and kept. */
export async function endpointUrl(world: World, vpcEndpointId: string): Promise<string> {
  const kept = world.store.get<EndpointAddress>(kind, vpcEndpointId)
  const address = kept?.address ?? freeAddress(world, vpcEndpointId)
  if (!kept) world.store.put(kind, vpcEndpointId, { address })
  await stand(world, vpcEndpointId, address)
  return `http://${address}:${world.config.port}`
}

async function stand(world: World, vpcEndpointId: string, address: string): Promise<void> {
  const servers = open.get(world)
  if (!servers || servers.has(vpcEndpointId)) return
  const origin = { kind: 'endpoint-address', vpcEndpointId } as const
  const server = await listen(world, { host: address, port: world.config.port }, origin)
  if (servers.has(vpcEndpointId)) return void server.close()
  servers.set(vpcEndpointId, server)
}

/** Derived from the endpoint's id, so that it is the same again on a fresh folder; 127.0 is left to the host. */
function freeAddress(world: World, vpcEndpointId: string): string {
  const taken = new Set(world.store.list<EndpointAddress>(kind).map((row) => row.value.address))
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`${vpcEndpointId}#${attempt}`).digest()
    const address = `127.${(digest[0]! % 254) + 1}.${digest[1]}.${(digest[2]! % 254) + 1}`
    if (!taken.has(address)) return address
  }
}
