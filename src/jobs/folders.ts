import { join } from 'node:path'
import type { Job } from '../services/sagemaker/job.ts'
import type { World } from '../world.ts'

/** Where a job works, below the server's data folder. */
export function folderOf(world: World, { account, region, type, name }: Job): string {
  return join(world.config.dataDir, 'jobs', account, region, type, name)
}
