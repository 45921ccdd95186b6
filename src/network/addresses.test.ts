import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import {
  contains,
  formatCidr,
  formatIpv4,
  formatIpv6,
  parseBlock,
  parseCidr,
  parseIpv4,
  parseIpv6,
  privateRange,
  size,
} from './addresses.ts'

const RUNS = { seed: 1, numRuns: 500 }
const address = fc.nat(0xffffffff)

it('reads what it writes', () => {
  fc.assert(
    fc.property(address, (value) => assert.equal(parseIpv4(formatIpv4(value)), value)),
    RUNS,
  )
})

it('accepts the four-part decimal that ipaddr.js accepts, and nothing else', () => {
  const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '00', '01', '-1', '1e1', ' 1', 'a'))
  const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
  fc.assert(
    fc.property(text, (value) =>
      assert.equal(parseIpv4(value) !== undefined, ipaddr.IPv4.isValidFourPartDecimal(value)),
    ),
    RUNS,
  )
})

it('places addresses in blocks as ipaddr.js does', () => {
  fc.assert(
    fc.property(address, address, fc.nat(32), (one, other, length) => {
      const cidr = parseCidr(`${formatIpv4(one)}/${length}`)!
      const expected = ipaddr.IPv4.parse(formatIpv4(other)).match(ipaddr.IPv4.parse(formatIpv4(one)), length)
      assert.equal(contains(cidr, other), expected)
      assert.equal(contains(cidr, one), true)
    }),
    RUNS,
  )
})

it('clears host bits as EC2 does', () => assert.equal(formatCidr(parseCidr('100.68.0.18/18')!), '100.68.0.0/18'))

it('refuses what is no block', () => {
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', '::/0'])
    assert.equal(parseCidr(text), undefined)
})

it('counts and names', () => {
  assert.equal(size(parseCidr('10.0.0.0/28')!), 16)
  const named = ['10.1.2.3', '172.31.0.1', '192.168.9.9', '100.64.0.1', '169.254.1.1', '172.32.0.1'].map((text) =>
    privateRange(parseIpv4(text)!),
  )
  assert.deepEqual(named, ['RFC1918', 'RFC1918', 'RFC1918', 'RFC6598', 'link-local', undefined])
})

/** Sixteen bits at a time, many of them zero. */
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n))

it('reads what it writes in IPv6, and writes it as RFC 5952 asks', () => {
  fc.assert(
    fc.property(ipv6, (value) => {
      const text = formatIpv6(value)
      assert.equal(parseIpv6(text), value)
      assert.equal(text, ipaddr.IPv6.parse(text).toRFC5952String())
    }),
    RUNS,
  )
})

it('accepts the IPv6 addresses that ipaddr.js accepts, and nothing else', () => {
  const part = fc.oneof(
    fc.nat(0xffff).map((n) => n.toString(16)),
    fc.constantFrom('', '', '0', '00000', 'g', '1.2.3.4', 'FE80'),
  )
  const text = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(':'))
  fc.assert(
    fc.property(text, (value) => assert.equal(parseIpv6(value) !== undefined, ipaddr.IPv6.isValid(value), value)),
    { ...RUNS, numRuns: 3000 },
  )
})

it('knows which block has an IPv6 address', () => {
  fc.assert(
    fc.property(ipv6, ipv6, fc.nat(128), (one, other, length) => {
      const block = parseBlock(`${formatIpv6(one)}/${length}`)!
      const expected = ipaddr.IPv6.parse(formatIpv6(other)).match(ipaddr.IPv6.parse(formatIpv6(one)), length)
      assert.equal(contains(block, other), expected)
      assert.equal(contains(block, one), true)
    }),
    RUNS,
  )
})
