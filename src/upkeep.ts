import { setImmediate as nextTurn } from 'node:timers/promises'
import type { World } from './world.ts'

/** Work that goes on as long as the server runs. */
export interface Upkeep {
  /** Resolves when what was begun has come to an end. */
  stop(): Promise<void> | void
}

interface Rhythm {
  everyMs: number
  /** Also at once, and not only after the first interval. */
  atOnce?: boolean
  /** What the log says when a round failed; the next one tries again. */
  failure: string
}

/** Rounds of work, one after the other: a round that is due while one runs waits for it. */
export function repeat(
  world: World,
  { everyMs, atOnce = false, failure }: Rhythm,
  round: (stopped: () => boolean) => Promise<void> | void,
): Upkeep {
  let stopped = false
  let waiting = 0
  let running: Promise<void> = Promise.resolve()
  const begin = () => {
    if (waiting > 0) return
    waiting++
    running = running
      .then(() => {
        waiting--
        return stopped ? undefined : round(() => stopped)
      })
      .catch((error: unknown) => world.log.error({ err: error }, failure))
  }
  const timer = setInterval(begin, everyMs).unref()
  if (atOnce) begin()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

/** What looks after jobs, and what services do by themselves; read only once calls are taken, for it is much code. */
const keepers: readonly (() => Promise<(world: World) => Upkeep>)[] = [
  async () => (await import('./jobs/resume.ts')).resumeJobs,
  async () => (await import('./services/sagemaker/settlers.ts')).keepSettling,
  async () => (await import('./services/sagemaker/monitoring/run-schedules.ts')).keepSchedules,
  async () => (await import('./services/kms/due.ts')).keepKeys,
  async () => (await import('./services/logs/upkeep.ts')).keepLogs,
  async () => (await import('./services/s3/lifecycle-run.ts')).keepLifecycles,
  async () => (await import('./services/ecr/upkeep.ts')).keepRegistries,
  async () => (await import('./services/cloudwatch/watch.ts')).watchAlarms,
  async () => (await import('./services/application-autoscaling/watch.ts')).watchScaling,
  async () => (await import('./objects/scrubber.ts')).startScrubber,
]

/** Starts all of them, one at a time. */
export function startUpkeep(world: World): Upkeep {
  const started: Upkeep[] = []
  let stopped = false
  const starting = start()
  async function start(): Promise<void> {
    for (const keeper of keepers) {
      await nextTurn()
      if (stopped) return
      started.push((await keeper())(world))
    }
  }
  return {
    async stop() {
      stopped = true
      await starting
      for (const upkeep of started) await upkeep.stop()
    },
  }
}
