/**
 * kill -9 in every step of every kind of job. Which steps there are is found out by a run that nobody disturbs.
 * Each run of this file tries some of them, as SEED draws them (a random one is told); all of them at their
 * beginning: `FULL=1 npm test -- jobs/killed`; in their middle as well: `FULL=2 …`; of some kinds: `ONLY=spot FULL=1 …`.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cutAt } from './kills/cut.ts'
import { AT, draw, FULL, ONLY, SEED } from './kills/draw.ts'
import { kinds, type Kind } from './kills/kinds.ts'
import { checkNothingLeft, checkOutcome } from './kills/left.ts'
import { keyOf, pointsOf, statusOf, type Point } from './kills/points.ts'
import { openKillWorld, type KillWorld } from './kills/world.ts'
import { until } from '../clients/until.ts'

/** How many of a kind are drawn. */
const DRAWN = 1
/** A step may be over before the server stands still: then it is tried again. */
const TRIES = 4

describe('a server that is killed while a job runs', () => {
  let world: KillWorld
  let jobs = 0
  const table: Record<string, string>[] = []
  const points = new Map<Kind, Point[]>()
  const chosen = kinds.filter(({ title }) => FULL === undefined || title.includes(ONLY))

  before(async () => {
    world = await openKillWorld()
    await Promise.all(chosen.map(async (kind) => points.set(kind, await pointsOf(world, kind))))
    await world.kill()
    await world.start()
  })
  after(async () => {
    if (FULL !== undefined) console.table(table)
    await world.close()
  })

  for (const kind of chosen) {
    test(`${kind.title} (SEED=${SEED})`, async (t) => {
      const all = points.get(kind)!
      const drawn = all.toSorted((a, b) => draw(SEED + kind.title + a.title) - draw(SEED + kind.title + b.title))
      let name = ''
      for (const point of FULL === undefined ? drawn.slice(0, DRAWN) : all.filter(({ title }) => title.includes(AT))) {
        const parts =
          FULL === undefined ? [draw(`${SEED} ${point.title}`)] : FULL === '2' && point.lastsMs > 50 ? [0, 0.5] : [0]
        for (const part of parts)
          await t.test(`${point.title}${part > 0 ? ', in its middle' : ''}`, async () => {
            name = await cut(kind, point, part)
          })
      }
      await t.test('another completes, by the same name where that can be given away', () => again(kind, name))
    })
  }

  /** `part`: of the time that the point lasts. Returns the job's name. */
  async function cut(kind: Kind, point: Point, part: number): Promise<string> {
    for (let tries = 1; ; tries++) {
      const name = `cut-${String(++jobs).padStart(3, '0')}`
      // What is not met in its middle is met at its beginning.
      const laterMs = tries === 1 ? part * point.lastsMs : 0
      const met = await cutAt(world, kind, point, { name, laterMs })
      await world.start()
      const { description } = await checkOutcome(world, kind, met)
      await checkNothingLeft(world, met)
      const hit = met.hit ? 'met' : 'missed'
      table.push({
        kind: kind.title,
        point: point.title,
        laterMs: laterMs.toFixed(),
        hit,
        outcome: description.FailureReason ?? description[`${kind.noun}Status`],
      })
      if (met.hit) return name
      assert.ok(tries < TRIES, `the job was never met at ${point.title}`)
    }
  }

  async function again(kind: Kind, name: string): Promise<void> {
    if (kind.deletes) await world.ask('sagemaker', `Delete${kind.noun}`, { [`${kind.noun}Name`]: name })
    const next = kind.deletes ? name : `${name}-b`
    const place = { kind: `sagemaker/${kind.type}`, key: keyOf(next) }
    await world.ask('sagemaker', `Create${kind.noun}`, kind.request(world, next, false))
    await until(`${next} is over`, () => world.documents.find(place)?.over === true)
    const job = world.documents.find(place)!
    assert.equal(statusOf(kind, job), 'completed', job.description.FailureReason)
    await until(`${next} is tidy`, () => world.documents.all('sagemaker/unfinished-jobs').length === 0)
  }
})
