import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../world.ts'
import type { Runner } from './runner.ts'

const loaders: Record<string, () => Promise<Runner>> = {
  process: async () => (await import('./process.ts')).processRunner,
}

/** The runner that the server was started with; read when the first job needs it. */
export async function runnerOf(world: World): Promise<Runner> {
  const load = loaders[world.config.runner]
  if (!load) throw new Error(`unknown runner ${world.config.runner}`)
  return load()
}

/** Folder of the records of what runs, which outlive a crash of the server. */
export function recordsOf(world: World): string {
  return join(world.config.dataDir, 'running')
}

/** Ends what a server that crashed has left running. To be called before any job can start, for it ends all that it finds. */
export async function reapOrphans(world: World): Promise<void> {
  const records = recordsOf(world)
  if (existsSync(records) && readdirSync(records).length > 0) await (await runnerOf(world)).reap(records)
}
