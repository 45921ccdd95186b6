import type { World } from '../../world.ts'

/** A value as a job's program told it. */
export interface Metric {
  name: string
  value: number
  /** Epoch milliseconds. */
  timestamp: number
}

type Listener = (metric: Metric) => void

const listeners = new WeakMap<World, Map<string, Listener>>()

/** Who conducts a job hears its metrics while it runs, from now until `ignore`. */
export function listenToMetrics(world: World, jobArn: string, listener: Listener): void {
  let all = listeners.get(world)
  if (!all) listeners.set(world, (all = new Map()))
  all.set(jobArn, listener)
}

export function ignoreMetrics(world: World, jobArn: string): void {
  listeners.get(world)?.delete(jobArn)
}

/** Told by the run of a job, for each value that it reads. */
export function tellMetric(world: World, jobArn: string, metric: Metric): void {
  listeners.get(world)?.get(jobArn)?.(metric)
}
