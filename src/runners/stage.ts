import { readdirSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processIdentity } from '../store/lock.ts'

/** A stage is a folder of mount points, made for one run. */
const NAME = /^sallyport-(\d+)\.(\d+|\?)-[^-]+$/

/** How the path of a stage begins that this process makes: whose it is stands in its name, so that it is found when its maker was killed. */
export const stagePrefix = (parent: string): string =>
  join(parent, `sallyport-${processIdentity(process.pid)!.replace(' ', '.')}-`)

/** Stages whose makers are gone. */
export function staleStages(): string[] {
  const parents = new Set([tmpdir(), '/tmp'])
  return [...parents].flatMap((parent) =>
    readdirSync(parent).flatMap((name) => {
      const [, pid, began] = NAME.exec(name) ?? []
      return pid === undefined || processIdentity(Number(pid)) === `${pid} ${began}` ? [] : [join(parent, name)]
    }),
  )
}

/** Only what is empty is removed, one by one: were a job's folder still mounted there, its files must not go. */
export async function removeStage(stage: string): Promise<void> {
  const entries = await readdir(stage, { withFileTypes: true }).catch(() => []) // gone already
  for (const entry of entries) {
    const path = join(stage, entry.name)
    await (entry.isDirectory() ? rmdir(path) : rm(path)).catch(() => {})
  }
  await rmdir(stage).catch(() => {})
}
