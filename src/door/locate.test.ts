import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatIp } from '../network/addresses.ts'
import { publicAddressOf, services } from '../network/services.ts'
import type { World } from '../world.ts'
import { locate } from './locate.ts'

const region = 'us-east-1'

/** A call to a service that came in at a public address; nothing of the world is asked for such a one. */
function arriving(address: string, service: string) {
  const origin = { kind: 'internet', ip: '198.51.100.7', dialled: { address, port: 443 } } as const
  return locate({} as World, origin, { service, account: '123456789012', region })
}

const sts = services(region).find(({ id }) => id === 'sts')!

for (const [what, address] of [
  ['IPv4', formatIp(sts.publicAddress)],
  ['IPv6', formatIp(sts.publicAddress6)],
] as const) {
  test(`a public address answers for its own service: ${what}`, () => {
    assert.equal(arriving(address, 'sts').via, 'public')
  })
  test(`a public address answers for no other service: ${what}`, () => {
    assert.throws(() => arriving(address, 's3'), /does not serve this operation/)
  })
}

test('an address of the published blocks is Amazon S3', () => {
  const address = publicAddressOf(region, 's3')!
  assert.equal(arriving(address, 's3').via, 'public')
  assert.throws(() => arriving(address, 'sts'), /does not serve this operation/)
})

test('an address of nobody answers for nothing', () => {
  assert.throws(() => arriving('203.0.113.9', 'sts'), /203\.0\.113\.9 does not serve this operation/)
})
