/**
 * The part of the real internet that programs of a VPC may reach: names of the allow-list are resolved on this machine,
 * what they lead to is open for a while, and connections there are passed on. Closed to everything else.
 */
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { formatCidr, parseIp } from '../network/addresses.ts'
import type { Reply } from './dns-message.ts'
import { startOf } from './dns-records.ts'
import { blocksOf, guarded, isExplicit, isGuarded, opensAddress, portsOfName } from './egress-list.ts'
import type { EgressEntry } from './egress-list.ts'
import type { InternetPlan } from './filter-plan.ts'
import { namedAddresses } from './named-addresses.ts'
import type { Outside } from './outside.ts'
import { relay } from './relay.ts'

export interface Internet {
  /** All ports that entries name. */
  readonly ports: readonly number[]
  openings(): Omit<InternetPlan, 'own'>
  /** Whether a connection to this address is the real internet's. */
  admits(address: string, port: number): boolean
  /** Of a name that the model does not know; undefined: the list does not either. What it leads to is open before it resolves. */
  resolve(networkInterfaceId: string, name: string, type: number): Promise<Reply> | undefined
  /** Passes a connection on that was admitted. */
  take(networkInterfaceId: string, socket: Socket, port: number): void
  close(): void
}

/** What the internet of a VPC asks of the VPC. */
export interface Place {
  /** An address that the fabric itself answers at. */
  isOfFabric(address: string): boolean
  /** Puts the packet filter in step. */
  changed(): Promise<void>
}

/** Seconds for which a program may keep an answer, at most. */
const TTL = 60
/** Questions and connections under way, per VPC. */
const MOST_QUESTIONS = 64
const MOST_CONNECTIONS = 1024

const families: Readonly<Record<number, 4 | 6>> = { 1: 4, 28: 6 }

export function openInternet(entries: readonly EgressEntry[], outside: Outside, log: Logger, place: Place): Internet {
  const named = namedAddresses(() => performance.now())
  const under = new Set<Socket>()
  let questions = 0
  /** The packet filter, once it has what names led to; undefined: it has not. */
  let inStep: Promise<void> | undefined
  let expiry: NodeJS.Timeout | undefined

  /** Again when the first address is over. */
  const sweep = () => {
    clearTimeout(expiry)
    const left = named.expire()
    if (left !== undefined) expiry = setTimeout(() => (sweep(), void place.changed().catch(() => {})), left + 1).unref()
  }

  async function answer(networkInterfaceId: string, name: string, family: 4 | 6): Promise<Reply> {
    const records = await outside.resolve(name, family)
    const own = outside.own()
    const bad = records.find(({ address }) => {
      const number = parseIp(address)
      return number === undefined || isGuarded(entries, own, number) || place.isOfFabric(address)
    })
    if (bad) {
      // A name of the internet that leads into somebody's own network ("DNS rebinding") is none that was allowed.
      log.warn(
        { networkInterfaceId, name, address: bad.address },
        'a name of the internet is refused: its address is not of the internet',
      )
      return { rcode: 'NXDOMAIN', authorities: [startOf('')] }
    }
    const ports = portsOfName(entries, name)
    const isNew = records.map(({ address, ttl }) => named.remember(address, ports, ttl)).includes(true)
    sweep()
    if (isNew || !inStep) {
      inStep = place.changed()
      inStep.catch(() => (inStep = undefined))
    }
    await inStep
    log.info({ networkInterfaceId, name, addresses: records.map(({ address }) => address) }, 'a name of the internet')
    return {
      rcode: 'NOERROR',
      answers: records.map(({ address, ttl }) => ({
        type: family === 4 ? 'A' : 'AAAA',
        name,
        ttl: Math.min(TTL, ttl),
        data: address,
      })),
    }
  }

  return {
    ports: [...new Set(entries.flatMap(({ ports }) => ports))],
    openings() {
      const own = outside.own()
      const served = (all: ReturnType<typeof blocksOf>) =>
        all.map(({ block, ports }) => ({ cidr: formatCidr(block), ports }))
      const blocks = blocksOf(entries)
      return {
        named: [
          ...named.open().map(({ address, ports }) => ({ cidr: address, ports })),
          ...served(blocks.filter((one) => isExplicit(one, own))),
        ],
        guarded: guarded(own).map(formatCidr),
        blocks: served(blocks.filter((one) => !isExplicit(one, own))),
      }
    },
    admits: (address, port) =>
      !place.isOfFabric(address) &&
      (named.admits(address, port) || opensAddress(entries, outside.own(), address, port)),
    resolve(networkInterfaceId, name, type) {
      if (portsOfName(entries, name).length === 0) return undefined
      const family = families[type]
      // Only addresses are looked up: what else a name holds is no matter of egress.
      if (family === undefined) return Promise.resolve({ rcode: 'NOERROR', authorities: [startOf('')] })
      if (questions >= MOST_QUESTIONS) return Promise.resolve({ rcode: 'SERVFAIL' })
      questions += 1
      return answer(networkInterfaceId, name, family)
        .catch((error: NodeJS.ErrnoException) => failed(error))
        .finally(() => (questions -= 1))
    },
    take(networkInterfaceId, socket, port) {
      const address = socket.localAddress ?? ''
      if (under.size >= MOST_CONNECTIONS) {
        log.warn({ networkInterfaceId, address, port }, 'a connection to the internet is refused: too many')
        socket.on('error', () => {})
        return void socket.resetAndDestroy()
      }
      under.add(socket)
      void relay(socket, outside.connect(address, port)).then((error) => {
        under.delete(socket)
        const bytes = { sent: socket.bytesRead, received: socket.bytesWritten }
        log.info({ networkInterfaceId, address, port, ...bytes, err: error }, 'a connection to the internet is over')
      })
      log.info({ networkInterfaceId, address, port }, 'a connection to the internet')
    },
    close() {
      clearTimeout(expiry)
      for (const socket of under) socket.destroy()
    },
  }
}

function failed({ code }: NodeJS.ErrnoException): Reply {
  if (code === 'ENOTFOUND') return { rcode: 'NXDOMAIN', authorities: [startOf('')] }
  return code === 'ENODATA' ? { rcode: 'NOERROR', authorities: [startOf('')] } : { rcode: 'SERVFAIL' }
}
