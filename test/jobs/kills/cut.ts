import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../clients/until.ts'
import type { Document } from './documents.ts'
import type { Frozen } from './freeze.ts'
import type { Kind } from './kinds.ts'
import { isAt } from './moment.ts'
import { keyOf, type Point } from './points.ts'
import type { KillWorld } from './world.ts'

/** A job that was cut, as its server left it. */
export interface Cut {
  name: string
  /** It was met where it was to be. */
  hit: boolean
  /** What was written down of the job. */
  document: Document
  processes: Frozen['processes']
  /** Objects whose writing was acknowledged. */
  written: string[]
}

/** Begins a job and kills the server at a point of it, while somebody else writes. Null: the job was never there. */
export async function cutAt(
  world: KillWorld,
  kind: Kind,
  point: Point,
  { name, laterMs }: { name: string; laterMs: number },
): Promise<Cut> {
  const own = { kind: `sagemaker/${kind.type}`, key: keyOf(name) }
  const place =
    point.child === undefined
      ? own
      : { kind: 'sagemaker/training-job', key: keyOf(name + point.child), prefix: true as const }
  const { moment } = point
  const { pid } = world.server()
  const freezing = world.watcher.freeze({ pid, dataDir: world.dataDir, place, moment, laterMs })
  const written: string[] = []
  const writing = write(world, name, written)
  const long = moment.at === 'stopping'
  const asked = world.ask('sagemaker', `Create${kind.noun}`, kind.request(world, name, long))
  const refused = asked.then(
    () => {
      if (long) return stopRunning(world, kind, name)
      return undefined
    },
    () => {}, // cut before it could be answered
  )
  const { document, processes } = await freezing
  await world.kill()
  await Promise.all([refused, writing])
  const left = world.documents.find(own)!
  return { name, hit: isAt(moment, document), document: left, processes, written }
}

async function stopRunning(world: KillWorld, kind: Kind, name: string): Promise<void> {
  await until('a program runs', () => {
    const jobs = world.documents
      .all(`sagemaker/${kind.children ? 'training-job' : kind.type}`, keyOf(name))
      .filter(({ key, value }) => kind.children || (key === keyOf(name) && value))
    return jobs.some(({ value }) => value.steps?.some((one) => one.name === (kind.program ?? 'Train')))
  })
  await world.ask('sagemaker', `Stop${kind.noun}`, { [`${kind.noun}Name`]: name }).catch(() => {}) // cut
}

/** Small objects, one after the other, until the server is gone. */
async function write(world: KillWorld, name: string, written: string[]): Promise<void> {
  for (let at = 0; ; at++) {
    const Key = `writes/${name}/${at}`
    try {
      await world.ask('s3', 'PutObject', { Bucket: 'jobs', Key, Body: Key })
    } catch {
      return
    }
    written.push(Key)
    await delay(20)
  }
}
