import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { contains, formatCidr, mask, parseBlock, parseIp } from '../network/addresses.ts'
import { outermost, ranges } from './address-sets.ts'

const cidr4 = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => formatCidr({ base: (address & mask(length)) >>> 0, length }))

describe('outermost', () => {
  it('leaves no block within another, and loses none', () => {
    fc.assert(
      fc.property(fc.array(cidr4, { maxLength: 30 }), (cidrs) => {
        const kept = outermost(cidrs)
        const holds = (outer: string, inner: string) =>
          contains(parseBlock(outer)!, parseIp(inner.split('/')[0]!)!) && lengthOf(outer) <= lengthOf(inner)
        for (const one of cidrs) assert.ok(kept.some((outer) => holds(outer, one)))
        for (const one of kept) assert.equal(kept.filter((other) => holds(other, one)).length, 1)
      }),
    )
  })

  it('knows IPv6 in its short forms', () => {
    assert.deepEqual(outermost(['2001:db8::/32', '2001:db8:0:1::5', 'fd00::1/128', '::/0']), ['::/0'])
    assert.deepEqual(outermost(['2001:db8::5', '2001:db8::/64', 'fd00::1']), ['2001:db8::/64', 'fd00::1'])
  })
})

describe('ranges', () => {
  it('joins neighbours and leaves blocks alone', () => {
    assert.deepEqual(ranges(['10.0.0.2', '10.0.0.1', '10.0.0.4', '52.0.0.0/8', '10.0.0.3', '10.0.0.9']), [
      '52.0.0.0/8',
      '10.0.0.1-10.0.0.4',
      '10.0.0.9',
    ])
  })
})

const lengthOf = (cidr: string) => Number(cidr.split('/')[1] ?? 32)
