import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../world.ts'
import type { Runner } from './runner.ts'
import { removeStage, staleStages } from './stage.ts'

const loaders: Record<string, () => Promise<Runner>> = {
  process: async () => (await import('./process.ts')).processRunner,
  docker: async () => (await import('./docker/docker.ts')).engineRunner('docker'),
  podman: async () => (await import('./docker/docker.ts')).engineRunner('podman'),
}

const runners = new Map<string, Promise<Runner>>()

/** What `serve --runner` may name. */
export const RUNNERS = Object.keys(loaders)

/** The runner of a name, the same each time. */
export function runnerNamed(name: string): Promise<Runner> {
  const load = loaders[name]
  if (!load) throw new Error(`unknown runner ${name}`)
  const runner = runners.get(name) ?? load()
  runners.set(name, runner)
  return runner
}

/** The runner that the server was started with; read when the first job needs it. */
export async function runnerOf(world: World): Promise<Runner> {
  return runnerNamed(world.config.runner)
}

/** Folder of the records of what runs, which outlive a crash of the server. */
export function recordsOf(world: World): string {
  return join(world.config.dataDir, 'running')
}

/** Ends what a server that crashed has left running. To be called before any job can start, for it ends all that it finds. */
export async function reapOrphans(world: World): Promise<void> {
  const records = recordsOf(world)
  const names = existsSync(records) ? readdirSync(records) : []
  // It may have had another runner.
  if (names.some((name) => name.endsWith('.json'))) await (await runnerNamed('process')).reap(records)
  if (names.some((name) => name.endsWith('.container')))
    await (await import('./docker/reap.ts')).reapContainers(records)
  // Of what was about to run there is no record yet.
  for (const stage of staleStages()) await removeStage(stage)
}
