/**
 * kill -9 while a resource is on its way from one state to another: it comes to rest as if nothing had been.
 * Each run of this file cuts some of the ways, as SEED draws them; all of them: `FULL=1 npm test -- on-the-way`.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { until } from '../clients/until.ts'
import { draw, FULL, ONLY, SEED } from './kills/draw.ts'
import { isAt } from './kills/moment.ts'
import { checkNothingLeft } from './kills/left.ts'
import { keyOf } from './kills/points.ts'
import { lives, prepareTurns, type Turn } from './kills/turns.ts'
import { openKillWorld, type KillWorld } from './kills/world.ts'

/** Some states last for a part of a millisecond: then the server may be killed right after, which the table of FULL=1 tells. */
const PATIENCE_MS = 2000
/** One in so many is cut. */
const ONE_IN = 5

describe('a server that is killed while resources are on their way', () => {
  let world: KillWorld
  const table: Record<string, string>[] = []
  before(async () => {
    world = await openKillWorld()
    await prepareTurns(world)
  })
  after(async () => {
    if (FULL !== undefined) console.table(table)
    await world.close()
  })

  for (const life of lives.filter(({ title }) => title.includes(ONLY))) {
    test(`${life.title} (SEED=${SEED})`, async (t) => {
      const idOf = (type: string) => world.documents.all(`sagemaker/${type}`)[0]!.value.name
      for (const turn of life.turns(world, idOf)) {
        const title = `${turn.operation}: ${turn.passing}`
        const cuts = FULL !== undefined || draw(SEED + title) < 1 / ONE_IN
        if (cuts) await t.test(title, () => cut(life.title, turn))
        else await go(turn)
      }
      await checkNothingLeft(world, { processes: [] })
    })
  }

  const placeOf = ({ type, name, prefix }: Turn) => ({
    kind: `sagemaker/${type}`,
    key: keyOf(name),
    ...(prefix && { prefix }),
  })

  async function cut(title: string, turn: Turn): Promise<void> {
    const moment = { at: 'state', member: turn.member, value: turn.passing } as const
    const { pid } = world.server()
    const watch = { pid, dataDir: world.dataDir, place: placeOf(turn), moment, patienceMs: PATIENCE_MS }
    const freezing = world.watcher.freeze(watch)
    const asked = world.ask('sagemaker', turn.operation, turn.input).then(
      () => undefined,
      (error: Error) => error, // most are cut before they could be answered
    )
    const { document } = await freezing.catch(async (error: Error) => {
      throw new Error(error.message, { cause: await asked })
    })
    await world.kill()
    const error = await asked
    await world.start()
    await atRest(turn)
    // On a slow machine it may not have been begun: then nobody was told that it was.
    if (error && stateOf(turn) !== turn.lasting) await go(turn)
    assert.equal(stateOf(turn), turn.lasting)
    table.push({
      resource: title,
      operation: turn.operation,
      killed: turn.passing,
      met: String(isAt(moment, document)),
      'comes to': turn.lasting ?? 'gone',
    })
  }

  async function go(turn: Turn): Promise<void> {
    await world.ask('sagemaker', turn.operation, turn.input)
    await atRest(turn)
    assert.equal(stateOf(turn), turn.lasting)
  }

  const stateOf = (turn: Turn) => world.documents.find(placeOf(turn))?.description[turn.member]

  /** Nothing is on its way any more. */
  const atRest = (turn: Turn) =>
    until(
      `${turn.operation} is through`,
      () => stateOf(turn) !== turn.passing && world.documents.all('sagemaker/unsettled').length === 0,
    )
})
