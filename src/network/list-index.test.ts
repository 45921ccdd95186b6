import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { canonicalLists, partitioned } from './list-index.ts'
import { noDocuments } from './network.ts'
import type { NetworkDocuments } from './types.ts'

type Document = NetworkDocuments['NetworkInterfaces'][number]

const id = fc.nat(40).map((n) => `eni-${n}`)
const edit = fc.record({ at: fc.nat(60), remove: fc.nat(3), add: fc.array(fc.tuple(id, fc.nat(2)), { maxLength: 3 }) })

/** As an index that knows nothing of earlier lists has it. */
function fresh(list: readonly Document[]): Map<string, Document> {
  return new Map(list.map((document) => [`${document.VpcId} ${document.NetworkInterfaceId}`, document]))
}

it('finds after any edits what an index made anew would find', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      const index = partitioned<Document, string>(
        (document) => document.VpcId,
        (document) => [document.NetworkInterfaceId!],
      )
      let list: Document[] = Array.from({ length: 30 }, (_, n) => ({ NetworkInterfaceId: `own-${n}`, VpcId: 'vpc-0' }))
      for (const { at, remove, add } of edits) {
        list = [...list]
        const taken = new Set(list.map((document) => document.NetworkInterfaceId))
        const come = add
          .filter(([name], n) => !taken.has(name) && add.findIndex(([other]) => other === name) === n)
          .map(([NetworkInterfaceId, vpc]) => ({ NetworkInterfaceId, VpcId: `vpc-${vpc}` }))
        list.splice(at % (list.length + 1), remove, ...come)
        const parts = index(canonicalLists({ ...noDocuments, NetworkInterfaces: list }).NetworkInterfaces)
        const expected = fresh(list)
        for (const vpc of ['vpc-0', 'vpc-1', 'vpc-2']) {
          for (const name of [...Array.from({ length: 41 }, (_, n) => `eni-${n}`), 'own-0', 'own-29'])
            assert.equal(parts.get(vpc)?.get(name), expected.get(`${vpc} ${name}`), `${name} in ${vpc}`)
        }
      }
    }),
    { seed: 20261123, numRuns: 200 },
  )
})

it('takes a list with the same elements for the same list', () => {
  const documents = [{ NetworkInterfaceId: 'eni-0' }, { NetworkInterfaceId: 'eni-1' }]
  const one = canonicalLists({ ...noDocuments, NetworkInterfaces: [...documents] }).NetworkInterfaces
  const other = canonicalLists({ ...noDocuments, NetworkInterfaces: [...documents] }).NetworkInterfaces
  assert.equal(one, other)
  const changed = canonicalLists({ ...noDocuments, NetworkInterfaces: [documents[0]!, {}] }).NetworkInterfaces
  assert.notEqual(changed, one)
})
