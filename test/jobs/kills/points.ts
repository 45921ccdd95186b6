import { setTimeout as delay } from 'node:timers/promises'
import type { Document } from './documents.ts'
import type { Kind } from './kinds.ts'
import type { Moment } from './moment.ts'
import { account, region, type KillWorld } from './world.ts'

/** Where a job is cut. */
export interface Point {
  title: string
  moment: Moment
  /** Of a training job that it conducts: what its name goes on with. */
  child?: string
  /** How long the moment lasts when nobody cuts it. */
  lastsMs: number
}

export const keyOf = (name: string) => `${account}/${region}/${name}`

/** The points of a kind, as a run shows them that nobody disturbs. */
export async function pointsOf(world: KillWorld, kind: Kind): Promise<Point[]> {
  const name = `whole-${kind.title.replaceAll(/\W/g, '').slice(0, 12)}`
  await world.ask('sagemaker', `Create${kind.noun}`, kind.request(world, name, false))
  const own = { kind: `sagemaker/${kind.type}`, key: keyOf(name) }
  for (let tries = 0; !world.documents.find(own)?.over; tries++) {
    if (tries > 1200) throw new Error(`${kind.title} does not end`)
    await delay(50)
  }
  const whole = world.documents.find(own)!
  const status = statusOf(kind, whole)
  if (status !== 'completed') throw new Error(`${kind.title} is ${status}: ${whole.description.FailureReason}`)
  const children = (kind.children ?? []).flatMap((child) => {
    const found = world.documents.find({ kind: 'sagemaker/training-job', key: keyOf(name + child), prefix: true })
    if (!found) throw new Error(`${kind.title} has no training job ${child}`)
    return [
      ...stepsOf(found).map((one) => ({ ...one, child, title: `its training job ${child}: ${one.title}` })),
      { title: `its training job ${child} is over`, moment: { at: 'over' } as const, child, lastsMs: 20 },
    ]
  })
  const steps = stepsOf(whole)
  return [
    { title: 'queued', moment: { at: 'queued' }, lastsMs: 0 },
    ...steps,
    ...(kind.state ? [{ title: kind.state.value, moment: { at: 'state', ...kind.state } as const, lastsMs: 50 }] : []),
    { title: 'over', moment: { at: 'over' }, lastsMs: 0 },
    { title: 'stopping', moment: { at: 'stopping' }, lastsMs: 0 },
    ...children,
  ]
}

function stepsOf({ steps = [], description }: Document): Point[] {
  const end = description.LastModifiedTime as number
  const names = steps.map(({ name }) => name)
  return steps.map(({ name, at }, index) => {
    const again = names.slice(0, index).includes(name) ? ', once more' : ''
    const lastsMs = ((steps[index + 1]?.at ?? end) - at) * 1000
    return { title: name + again, moment: { at: 'step', index } as const, lastsMs }
  })
}

/** In small letters: compilation jobs have theirs in capital ones. */
export const statusOf = (kind: Kind, { description }: Document): string =>
  String(description[`${kind.noun}Status`]).toLowerCase()
