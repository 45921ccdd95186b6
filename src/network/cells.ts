/** A set of (address, port) cells, written down as blocks. */
import { formatCidr } from './addresses.ts'
import type { Ip } from './addresses.ts'
import type { PortSet } from './port-set.ts'
import type { Opening } from './reach.ts'

/** One past the last address of each family. */
export const END4 = 2 ** 32
export const END6 = 1n << 128n

interface Stretch {
  readonly first: Ip
  /** One past the last. */
  end: Ip
}

/** Cells by what is open in them; stretches are added in the order of their addresses and grow together. */
export class Cells {
  readonly #kinds = new Map<string, { opening: Omit<Opening, 'cidr'>; stretches: Stretch[] }>()

  add(first: Ip, end: Ip, { any, tcp, udp, icmp }: PortSet): void {
    if (any) return this.#open(first, end, 'any', 0, 65535)
    for (const { from, to } of tcp) this.#open(first, end, 'tcp', from, to)
    for (const { from, to } of udp) this.#open(first, end, 'udp', from, to)
    for (const { from, to } of icmp) this.#open(first, end, 'icmp', from, to)
  }

  #open(first: Ip, end: Ip, protocol: Opening['protocol'], fromPort: number, toPort: number): void {
    const key = `${protocol} ${fromPort} ${toPort}`
    let kind = this.#kinds.get(key)
    if (!kind) this.#kinds.set(key, (kind = { opening: { protocol, fromPort, toPort }, stretches: [] }))
    const last = kind.stretches.at(-1)
    if (last?.end === first) last.end = end
    else kind.stretches.push({ first, end })
  }

  list(): Opening[] {
    return [...this.#kinds.values()].flatMap(({ opening, stretches }) =>
      stretches.flatMap(({ first, end }) => blocksOf(first, end).map((cidr) => ({ cidr, ...opening }))),
    )
  }
}

/** The fewest blocks that make up a stretch. */
function blocksOf(first: Ip, end: Ip): string[] {
  const four = typeof first === 'number'
  const found: string[] = []
  let at = BigInt(first)
  const stop = BigInt(end)
  const bits = four ? 32 : 128
  while (at < stop) {
    let free = 0
    while (free < bits && ((at >> BigInt(free)) & 1n) === 0n && at + (2n << BigInt(free)) <= stop) free++
    found.push(formatCidr(four ? { base: Number(at), length: bits - free } : { base: at, length: bits - free }))
    at += 1n << BigInt(free)
  }
  return found
}
