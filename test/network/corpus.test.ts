/** The network corpus: describe-* documents and what becomes of connections in them. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { applyCall, buildNetwork } from '../../src/network/network.ts'
import type { NetworkDocuments, NetworkOrigin, Protocol, Verdict } from '../../src/network/types.ts'

interface Case {
  name: string
  /** Where AWS says so. */
  source: string
  documents: NetworkDocuments
  connections: {
    origin: NetworkOrigin
    host: string
    port: number
    protocol?: Protocol
    /** `context`: keys, or keys with their values; `address`: the one that the client ends up with. */
    expect: {
      verdict: Verdict
      codes: string[]
      via?: string
      address?: string
      sourceIp?: string
      context?: string[] | Record<string, string>
    }
    /** Operations of the fixes, in any order. */
    fixes?: string[]
  }[]
}

const REGION = 'us-east-1'
const folder = new URL('../../corpus/network/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

for (const file of files) {
  const { name, documents, connections } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case
  const network = buildNetwork(documents, REGION)
  describe(name, () => {
    for (const { origin, host, port, protocol, expect, fixes } of connections) {
      it(`${String(Object.values(origin)[1])} → ${host}:${port} is ${expect.verdict}`, () => {
        const connection = network.connect(origin, host, port, protocol)
        assert.deepEqual(
          { verdict: connection.verdict, codes: connection.blockers.map((blocker) => blocker.code) },
          { verdict: expect.verdict, codes: expect.codes },
        )
        if (expect.via) assert.equal(connection.way?.via, expect.via)
        if (expect.address) assert.equal(connection.address, expect.address)
        if (expect.sourceIp) assert.equal(connection.way?.sourceIp, expect.sourceIp)
        const { context } = connection
        if (expect.context)
          assert.deepEqual(Array.isArray(expect.context) ? Object.keys(context) : context, expect.context)
        const found = network.fixes(origin, host, port, protocol)
        if (fixes) assert.deepEqual(found.map((fix) => fix.call.operation).sort(), [...fixes].sort())
        if (found.length === 0) return
        const mended = network.with((all) => found.reduce((now, fix) => applyCall(now, REGION, fix.call), all))
        assert.equal(mended.connect(origin, host, port, protocol).verdict, 'allowed')
      })
    }
  })
}

it('has cases', () => assert.ok(files.length >= 30))
