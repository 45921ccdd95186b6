import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Explanation } from '../../src/advise/explanation.ts'
import { kinds, type KindName } from './kinds.ts'
import { openPainsLab, type Case, type Ended, type PainsLab } from './lab.ts'
import type { Pain } from './pain.ts'
import { painsOfData } from './pains-of-data.ts'
import { painsOfNetworks } from './pains-of-networks.ts'
import { painsOfRoles } from './pains-of-roles.ts'
import { filled } from './site.ts'
import { pattern } from './words.ts'

// No more at once: an account takes five guard-rails, and each case of pain 7 hangs one on it.
const AT_ONCE = 4

/**
 * What people stumble over, for every kind of request that it can hit: AWS's words, the right explanation, and its fix —
 * done as calls, as the JSON has them — after which the very same request succeeds.
 */
describe('what people stumble over, how AWS says it, and how it is mended', { concurrency: AT_ONCE }, () => {
  let lab: PainsLab
  before(async () => {
    lab = await openPainsLab()
  })
  after(() => lab.close())

  let number = 0
  for (const pain of [...painsOfRoles, ...painsOfData, ...painsOfNetworks])
    for (const name of pain.kinds) {
      const site = `pain-${++number}`
      test(`${pain.pain}: ${pain.name} (${name})`, () => suffer(lab, site, pain, name))
    }
})

async function suffer(lab: PainsLab, site: string, pain: Pain, name: KindName): Promise<void> {
  const kind = kinds[name]
  const { request, caller, input = '{bucket}', says, layer, blames, fixSpares, requestIsWrong, ...broken } = pain
  const one = await lab.open(site, kind, {
    ...broken,
    ...(request && { request: request(kind) }),
    ...(caller && { caller: caller(kind) }),
  })

  const ended = await one.attempt()
  assert.equal(ended.good, false, 'it succeeded')
  assert.match(ended.text ?? '', pattern(says, name, { ...one.site, input: filled(input, one.site) }))

  const explanation = await one.explained(ended)
  const [first] = explanation.blockers
  assert.equal(first?.layer, typeof layer === 'string' ? layer : layer[name])
  const said = `${first!.component}: ${first!.text}`
  assert.ok(said.includes(filled(blames, one.site)), said)

  // That a job runs outside the VPC surprises people whose SDK has dropped half a VpcConfig (pain 21).
  if (explanation.job?.arn.includes('-job/'))
    assert.equal(explanation.notes?.some((note) => note.includes('no VpcConfig')) ?? false, pain.place === undefined)

  if (requestIsWrong) return assert.deepEqual(explanation.fixes, [])
  await mended(one, ended, explanation, fixSpares)
}

async function mended(one: Case, ended: Ended, explanation: Explanation, spares: RegExp | undefined): Promise<void> {
  assert.notEqual(explanation.fixes.length, 0, `no fix is known of: ${ended.text}`)
  const inputs = JSON.stringify(explanation.fixes.map(({ call }) => call.input)).replaceAll('\\"', '"')
  if (spares) assert.doesNotMatch(inputs, new RegExp(filled(spares.source, one.site)))
  await one.mend(explanation)
  const again = await one.attempt()
  assert.deepEqual({ good: again.good, text: again.text }, { good: true, text: undefined })
}
