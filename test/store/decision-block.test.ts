import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { DecisionTrace } from '../../src/door/trace.ts'
import type { LayerDecision } from '../../src/policy/types.ts'
import { pack, unpack } from '../../src/store/decision-block.ts'

const layer: LayerDecision = {
  type: 'identity',
  effect: 'allow',
  policies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  matched: [],
}
const way: DecisionTrace['way'] = { via: 'interface-endpoint', hops: ['eni-1: leaves'], context: {} }
const trace = (requestId: string): DecisionTrace => ({
  requestId,
  time: 1,
  service: 'sts',
  operation: 'GetCallerIdentity',
  decision: 'allowed',
  status: 200,
  way,
  needs: [
    {
      action: 'sts:X',
      resource: '*',
      decision: { effect: 'allow', decidedBy: 'identity', layers: [layer, layer], missing: [] },
    },
  ],
})

describe('a block of records', () => {
  const few = [trace('a'), { requestId: 'b', needs: [] } as unknown as DecisionTrace]
  const many = Array.from({ length: 1000 }, (_, index) => trace(`request-${index}`))

  it('is read as it was written, short or long', () => {
    for (const traces of [[], few, many]) assert.deepEqual(unpack(pack(traces)), traces)
  })

  it('holds what records share once', () => {
    const apart = many.map((one) => structuredClone(one))
    assert.ok(pack(many).length * 1.5 < pack(apart).length)
    assert.deepEqual(unpack(pack(apart)), many)
  })

  it('is read as older servers wrote it', () => {
    const json = Buffer.from(JSON.stringify(few))
    assert.deepEqual(unpack(json), few)
    assert.deepEqual(unpack(Buffer.concat([Buffer.of(0), deflateRawSync(json)])), few)
  })
})
