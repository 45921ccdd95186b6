import type { Job, JobType } from '../services/sagemaker/job.ts'
import { findJobByArn } from '../services/sagemaker/job-table.ts'
import type { World } from '../world.ts'
import { kindOf } from './job-kinds.ts'

/** At most so many jobs run programs at once; the rest wait their turn: accounts in turn, and of each first come, first served. */
const slots = 8

/** They run no programs of their own, and would keep the places that their jobs wait for. */
const CONDUCTORS: readonly JobType[] = ['hyper-parameter-tuning-job', 'automl-job']

interface Queue {
  /** Account → ARNs. The account whose turn is next comes first. */
  waiting: Map<string, string[]>
  running: Map<string, { done: Promise<void>; stop: AbortController; conducts: boolean }>
  /** Who waits for the end of a job, by its ARN. */
  awaited: Map<string, PromiseWithResolvers<void>>
  /** Aborted when this server ends. */
  shutdown: AbortController
  /** Looks again whether the next may start. */
  later?: NodeJS.Timeout | undefined
  /** How often in a row it was too busy to start one. */
  putOff: number
}

const queues = new WeakMap<World, Queue>()

function queueOf(world: World): Queue {
  let queue = queues.get(world)
  if (!queue) {
    queue = { waiting: new Map(), running: new Map(), awaited: new Map(), shutdown: new AbortController(), putOff: 0 }
    queues.set(world, queue)
  }
  return queue
}

/** Puts a stored job in the queue. */
export function startJob(world: World, job: Pick<Job, 'arn' | 'account' | 'type'>): void {
  if (isUnderWay(world, job)) return
  const queue = queueOf(world)
  if (CONDUCTORS.includes(job.type)) return begin(world, queue, job.arn, true)
  const own = queue.waiting.get(job.account)
  if (own) own.push(job.arn)
  else queue.waiting.set(job.account, [job.arn])
  next(world, queue)
}

/** True for a job that this process runs or holds in its queue. */
export function isUnderWay(world: World, { arn, account }: Pick<Job, 'arn' | 'account'>): boolean {
  const { waiting, running } = queueOf(world)
  return running.has(arn) || (waiting.get(account)?.includes(arn) ?? false)
}

/** Tells a running job to stop; one that still waits is told when its turn comes (its document says so). */
export function stopJob(world: World, arn: string): void {
  queueOf(world).running.get(arn)?.stop.abort()
}

/** Resolves when a job that this process runs or holds in its queue has ended; never rejects. At the end of this server nobody is told. */
export async function whenEnded(world: World, arn: string): Promise<void> {
  const { awaited } = queueOf(world)
  const [, , , , account = ''] = arn.split(':', 5)
  if (!isUnderWay(world, { arn, account })) return
  let end = awaited.get(arn)
  if (!end) awaited.set(arn, (end = Promise.withResolvers()))
  await end.promise
}

/** Takes no more jobs, kills what runs and waits until its traces are written; the next start ends those jobs as Failed. */
export async function closeJobs(world: World): Promise<void> {
  const queue = queueOf(world)
  clearTimeout(queue.later)
  queue.waiting.clear()
  queue.shutdown.abort()
  await Promise.all([...queue.running.values()].map((one) => one.done))
}

/** Starting a job is work for this process, and whoever asks it something goes first: one at a time, when there is time. */
function next(world: World, queue: Queue): void {
  if (queue.later || queue.shutdown.signal.aborted || taken(queue) >= slots || queue.waiting.size === 0) return
  const mayStart = taken(queue) === 0 || queue.putOff >= PUT_OFF_MAX || !isBusy()
  queue.putOff = mayStart ? 0 : queue.putOff + 1
  if (mayStart) begin(world, queue, nextInTurn(queue)!, false)
  queue.later = setTimeout(() => {
    queue.later = undefined
    next(world, queue)
  }, LATER_MS).unref()
}

const LATER_MS = 50
/** However busy this process is, one is started each second. */
const PUT_OFF_MAX = 20

/** Since this was last asked, the event loop was at work for more than this share of the time. */
const BUSY = 0.15
let lastLook = performance.eventLoopUtilization()

function isBusy(): boolean {
  const now = performance.eventLoopUtilization()
  const { utilization } = performance.eventLoopUtilization(now, lastLook)
  lastLook = now
  return utilization > BUSY
}

const taken = ({ running }: Queue) => [...running.values()].filter(({ conducts }) => !conducts).length

/** The account goes to the end of the round. */
function nextInTurn({ waiting }: Queue): string | undefined {
  const [first] = waiting
  if (!first) return undefined
  const [account, arns] = first
  const arn = arns.shift()
  waiting.delete(account)
  if (arns.length > 0) waiting.set(account, arns)
  return arn
}

function begin(world: World, queue: Queue, arn: string, conducts: boolean): void {
  const stop = new AbortController()
  const done = carryOut(world, arn, { stop: stop.signal, shutdown: queue.shutdown.signal })
    // Its outcome could not even be written down; the next start finds it unfinished and says so.
    .catch((error: unknown) => world.log.error({ err: error, job: arn }, 'a job was lost sight of'))
    .finally(() => {
      queue.running.delete(arn)
      queue.awaited.get(arn)?.resolve()
      queue.awaited.delete(arn)
      next(world, queue)
    })
  queue.running.set(arn, { done, stop, conducts })
}

async function carryOut(world: World, arn: string, signals: { stop: AbortSignal; shutdown: AbortSignal }) {
  const found = findJobByArn(world.store, arn)
  // It was deleted while it waited.
  if (found) await (await kindOf(found.job.type)).run(world, found.job, signals)
}
