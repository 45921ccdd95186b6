import { findByArn, type TrainingJob } from '../services/sagemaker/training-job.ts'
import type { World } from '../world.ts'
import { runTrainingJob } from './training.ts'

/** At most so many jobs run at once; the rest wait their turn, first come first served. */
const slots = 8

interface Queue {
  waiting: string[]
  running: Map<string, { done: Promise<void>; stop: AbortController }>
  /** Aborted when this server ends. */
  shutdown: AbortController
}

const queues = new WeakMap<World, Queue>()

function queueOf(world: World): Queue {
  let queue = queues.get(world)
  if (!queue) {
    queue = { waiting: [], running: new Map(), shutdown: new AbortController() }
    queues.set(world, queue)
  }
  return queue
}

/** Puts a stored job in the queue. */
export function startJob(world: World, job: TrainingJob): void {
  if (isUnderWay(world, job)) return
  const queue = queueOf(world)
  queue.waiting.push(job.description.TrainingJobArn)
  next(world, queue)
}

/** True for a job that this process runs or holds in its queue. */
export function isUnderWay(world: World, job: TrainingJob): boolean {
  const { waiting, running } = queueOf(world)
  const arn = job.description.TrainingJobArn
  return running.has(arn) || waiting.includes(arn)
}

/** Tells a running job to stop; one that still waits is told when its turn comes (its document says so). */
export function stopJob(world: World, arn: string): void {
  queueOf(world).running.get(arn)?.stop.abort()
}

/** Takes no more jobs, kills what runs and waits until its traces are written; the next start ends those jobs as Failed. */
export async function closeJobs(world: World): Promise<void> {
  const queue = queueOf(world)
  queue.waiting.length = 0
  queue.shutdown.abort()
  await Promise.all([...queue.running.values()].map((one) => one.done))
}

function next(world: World, queue: Queue): void {
  const shutdown = queue.shutdown.signal
  while (!shutdown.aborted && queue.running.size < slots && queue.waiting.length) {
    const arn = queue.waiting.shift()!
    const stop = new AbortController()
    const job = findByArn(world.store, arn)!
    const done = runTrainingJob(world, job, { stop: stop.signal, shutdown })
      // Its outcome could not even be written down; the next start finds it unfinished and says so.
      .catch((error: unknown) => world.log.error({ err: error, job: arn }, 'a training job was lost sight of'))
      .finally(() => {
        queue.running.delete(arn)
        next(world, queue)
      })
    queue.running.set(arn, { done, stop })
  }
}
