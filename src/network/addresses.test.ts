import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { contains, formatCidr, formatIpv4, parseCidr, parseIpv4, privateRange, size } from './addresses.ts'

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
