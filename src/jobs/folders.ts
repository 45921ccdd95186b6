import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from '../services/sagemaker/job.ts'
import type { World } from '../world.ts'

/** Where a job works, below the server's data folder. */
export function folderOf(world: World, { account, region, type, name }: Job): string {
  return join(world.config.dataDir, 'jobs', account, region, type, name)
}

/** Removes the folders of jobs that are none of `isKept`, by ARN. */
export async function sweepFolders(world: World, isKept: (arn: string, account: string) => boolean): Promise<void> {
  const root = join(world.config.dataDir, 'jobs')
  for (const path of await below(root, 4)) {
    const [account = '', region = '', type = '', name = ''] = path
    if (isKept(`arn:aws:sagemaker:${region}:${account}:${type}/${name}`, account)) continue
    await rm(join(root, ...path), { recursive: true, force: true })
  }
}

/** Paths of so many names that lie below a folder. */
async function below(folder: string, levels: number): Promise<string[][]> {
  if (levels === 0) return [[]]
  const found: string[][] = []
  for (const name of await readdir(folder).catch(() => []))
    for (const rest of await below(join(folder, name), levels - 1)) found.push([name, ...rest])
  return found
}
