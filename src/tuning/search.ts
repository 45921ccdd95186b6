import { expectedImprovement, gaussianProcess } from './gaussian-process.ts'
import { normal, randomOf } from './random.ts'
import type { Random } from './random.ts'
import { encode, keyOf, pointAt, pointNumber, sizeOf, unitOf } from './space.ts'
import type { Point, Space } from './space.ts'

export type Goal = 'Maximize' | 'Minimize'

/** How points are chosen ("Understand the hyperparameter tuning strategies"). Hyperband chooses at random, and stops early instead. */
export type Choice = 'Bayesian' | 'Random' | 'Grid'

export interface Search {
  choice: Choice
  space: Space
  goal: Goal
  seed: number
}

/** A point that was suggested, or that a parent tuning job has tried. */
export interface Tried {
  point: Point
  /** The objective; none while it is not known, or when the training job had none. */
  value?: number
  /** Still to come. */
  pending?: boolean
  /** Of a parent: it informs the search, and is no reason not to try the point. */
  inherited?: boolean
}

/** A model is made of so many tries at most, the best and the latest: its cost grows with their cube. */
const modelled = 80
const candidates = 300
const neighbours = 80

/**
 * The next point to try, the `index`th of the search (from 0). The same search with the same results suggests the same.
 * Undefined when there is none left.
 */
export function suggest(search: Search, tried: readonly Tried[], index: number): Point | undefined {
  const { choice, space } = search
  if (choice === 'Grid') return pointNumber(space, index)
  const random = randomOf(search.seed, index)
  const taken = new Set(tried.filter(({ inherited }) => !inherited).map(({ point }) => keyOf(space, point)))
  const known = tried.filter(({ value }) => value !== undefined)
  if (choice === 'Bayesian' && known.length >= firstRandom(space)) {
    const found = mostPromising(search, tried, known, taken, random)
    if (found) return found
  }
  return anyOther(space, taken, random)
}

/** So many results come before a model says anything worth hearing. */
export const firstRandom = (space: Space): number => Math.min(10, space.length + 2)

/** Points are not tried twice while there are others. */
function anyOther(space: Space, taken: ReadonlySet<string>, random: Random): Point | undefined {
  for (let tries = 0; tries < 100; tries++) {
    const point = pointAt(space, draw(space, random))
    if (!taken.has(keyOf(space, point))) return point
  }
  const size = sizeOf(space)
  if (size === Infinity) return pointAt(space, draw(space, random))
  // What is left of a small space is counted out, from a place by chance.
  const start = Math.floor(random() * size)
  for (let at = 0; at <= Math.min(size, taken.size); at++) {
    const point = pointNumber(space, (start + at) % size)!
    if (!taken.has(keyOf(space, point))) return point
  }
  return undefined
}

const draw = (space: Space, random: Random): number[] => space.map(() => random())

/**
 * The point of the greatest expected improvement. Points whose results are still to come count with the mean of those that are
 * known (a constant liar; Ginsbourger, Le Riche, Carraro 2010), so that several at a time go to different places.
 */
function mostPromising(
  { space, goal }: Search,
  tried: readonly Tried[],
  known: readonly Tried[],
  taken: ReadonlySet<string>,
  random: Random,
): Point | undefined {
  const sign = goal === 'Minimize' ? 1 : -1
  const cost = (one: Tried) => sign * one.value!
  const lie = known.reduce((sum, one) => sum + cost(one), 0) / known.length
  const kept = thinned(known, cost)
  const pending = tried.filter((one) => one.pending).slice(-modelled)
  const process = gaussianProcess(
    [...kept, ...pending].map(({ point }) => encode(space, point)),
    [...kept.map(cost), ...pending.map(() => lie)],
  )
  const best = kept.reduce((one, other) => (cost(other) < cost(one) ? other : one))
  let promising: { point: Point; promise: number } | undefined
  for (let at = 0; at < candidates + neighbours; at++) {
    const units = at < candidates ? draw(space, random) : near(space, best.point, random)
    const point = pointAt(space, units)
    if (taken.has(keyOf(space, point))) continue
    const promise = expectedImprovement(process.at(encode(space, point)), cost(best))
    if (!promising || promise > promising.promise) promising = { point, promise }
  }
  return promising?.point
}

/** The best half and the latest. */
function thinned(known: readonly Tried[], cost: (one: Tried) => number): readonly Tried[] {
  if (known.length <= modelled) return known
  const best = known.toSorted((a, b) => cost(a) - cost(b)).slice(0, modelled / 2)
  const chosen = new Set([...best, ...known.slice(-modelled / 2)])
  return known.filter((one) => chosen.has(one))
}

/** A step from the best point, along one axis or along several, short or shorter. */
function near(space: Space, point: Point, random: Random): number[] {
  const length = 0.2 * 0.5 ** Math.floor(random() * 5)
  const one = Math.floor(random() * space.length)
  const all = random() < 0.5
  return space.map((range, axis) => {
    const unit = unitOf(range, point[range.name]!)
    if (axis !== one && !(all && random() < 0.7)) return unit
    if (range.kind === 'categorical') return random()
    return Math.min(1, Math.max(0, unit + length * normal(random)))
  })
}
