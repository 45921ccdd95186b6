import { formatIpv4, parseIpv4 } from '../network/addresses.ts'

/** Neighbouring single addresses of IPv4 as one range: AWS's public services stand in rows. */
export function ranges(cidrs: readonly string[]): string[] {
  const singles = cidrs.filter((cidr) => !cidr.includes(':') && !cidr.includes('/'))
  const numbers = singles.map((cidr) => parseIpv4(cidr) ?? 0).toSorted((a, b) => a - b)
  const rows: [number, number][] = []
  for (const number of numbers) {
    const row = rows.at(-1)
    if (row && number === row[1] + 1) row[1] = number
    else rows.push([number, number])
  }
  return [
    ...cidrs.filter((cidr) => !singles.includes(cidr)),
    ...rows.map(([from, to]) => (from === to ? formatIpv4(from) : `${formatIpv4(from)}-${formatIpv4(to)}`)),
  ]
}

/** Blocks either lie apart or within one another. nft(8) merges neighbours but refuses the latter. */
export function outermost(cidrs: readonly string[]): string[] {
  const blocks = [...new Set(cidrs)].map(blockOf).toSorted((a, b) => a.length - b.length)
  const seen = new Map<number, Set<string>>()
  return blocks.flatMap(({ text, bits, length }) => {
    for (const [shorter, heads] of seen) if (heads.has(bits.slice(0, shorter))) return []
    const heads = seen.get(length) ?? new Set<string>()
    seen.set(length, heads.add(bits.slice(0, length)))
    return [text]
  })
}

function blockOf(text: string): { text: string; bits: string; length: number } {
  const [address = '', length] = text.split('/')
  const wide = text.includes(':')
  const bits = wide
    ? groupsOf(address).map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    : address.split('.').map((part) => Number(part).toString(2).padStart(8, '0'))
  return { text, bits: bits.join(''), length: length === undefined ? (wide ? 128 : 32) : Number(length) }
}

/** The eight groups of an IPv6 address, `::` written out. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}
