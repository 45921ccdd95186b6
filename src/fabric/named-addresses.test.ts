import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { namedAddresses } from './named-addresses.ts'

describe('addresses that names led to', () => {
  it('are open for five minutes at least, else for as long as the record says', () => {
    let time = 0
    const known = namedAddresses(() => time)
    assert.equal(known.remember('198.51.100.1', [443], 1), true)
    assert.equal(known.remember('198.51.100.2', [443], 600), true)
    assert.equal(known.remember('198.51.100.1', [443], 1), false)
    time = 299_999
    assert.equal(known.admits('198.51.100.1', 443), true)
    assert.equal(known.admits('198.51.100.1', 80), false)
    assert.equal(known.expire(), 1)
    time = 300_000
    assert.equal(known.admits('198.51.100.1', 443), false)
    assert.equal(known.expire(), 300_000)
    assert.deepEqual(known.open(), [{ address: '198.51.100.2', ports: [443] }])
    time = 600_000
    assert.equal(known.expire(), undefined)
  })

  it('make room: the one that is over first goes', () => {
    const known = namedAddresses(() => 0, 2)
    known.remember('198.51.100.1', [443], 900)
    known.remember('198.51.100.2', [443], 800)
    known.remember('198.51.100.3', [443], 700)
    assert.deepEqual(
      known.open().map(({ address }) => address),
      ['198.51.100.1', '198.51.100.3'],
    )
  })
})
