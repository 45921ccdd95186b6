/** IP protocols as EC2 spells them: a name or a number, `-1` for all. */

export const TCP = 6
export const UDP = 17
export const ICMP = 1
export const ICMPV6 = 58
/** ICMP's type of an echo request, which stands for it as its port. */
export const ECHO = 8
export const ECHO6 = 128
export const ALL_PROTOCOLS = -1

const NUMBERS: Readonly<Record<string, number>> = {
  tcp: TCP,
  udp: UDP,
  icmp: ICMP,
  icmpv6: ICMPV6,
  all: ALL_PROTOCOLS,
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(NUMBERS).map(([name, number]) => [number, name]))

/** The number of a protocol; NaN, which matches nothing, for what is no protocol. */
export function protocolNumber(text: string | undefined): number {
  if (text === undefined) return Number.NaN
  return NUMBERS[text.toLowerCase()] ?? (/^-?\d+$/.test(text) ? Number(text) : Number.NaN)
}

/** How people write it: `tcp`, `udp`, `all`, else the number. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol)
}

/** `443` or `1024-65535`; `all ports` for the whole range. */
export function portText(from: number, to: number): string {
  if (from <= 0 && to >= 65535) return 'all ports'
  return from === to ? String(from) : `${from}-${to}`
}
