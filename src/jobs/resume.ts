import { rm } from 'node:fs/promises'
import { unfinishedJobs } from '../services/sagemaker/job.ts'
import type { Job } from '../services/sagemaker/job.ts'
import { findJobByArn } from '../services/sagemaker/job-table.ts'
import type { FoundJob } from '../services/sagemaker/job-table.ts'
import type { World } from '../world.ts'
import { Acting } from './acting.ts'
import { reasons } from './failure.ts'
import { folderOf, sweepFolders } from './folders.ts'
import { deleteInterfaces, keepLeftovers, strayInterfaces } from './interfaces.ts'
import { kindOf } from './job-kinds.ts'
import type { JobKind } from './job-kinds.ts'
import { retireGrants } from './volume-grants.ts'
import { closeJobs, isUnderWay, startJob } from './running.ts'

/**
 * After a start: jobs that had not begun are queued again, and those that conduct others go on; jobs that were under way end
 * as Failed with the truth, and what they left (folders, interfaces) is taken away, interfaces by their role.
 */
export function resumeJobs(world: World): { stop(): Promise<void> } {
  const resuming = resume(world).catch((error: unknown) =>
    world.log.warn({ err: error }, 'what a stopped server left behind could not be tidied wholly'),
  )
  return {
    async stop() {
      await closeJobs(world)
      await resuming
    },
  }
}

async function resume(world: World): Promise<void> {
  const cut: FoundJob[] = []
  for (const arn of unfinishedJobs(world.store)) {
    const found = findJobByArn(world.store, arn)
    if (!found || isUnderWay(world, found.job)) continue
    const { job } = found
    if (job.over) cut.push(found)
    else {
      const kind = await kindOf(job.type)
      if (job.steps.length === 0 || kind.resumes) startJob(world, job)
      else cut.push({ ...found, job: endCut(world, found, kind) })
    }
  }
  for (const one of cut)
    await tidy(world, one).catch((error: unknown) =>
      world.log.warn({ err: error, job: one.job.arn }, 'a job that was cut has left something behind'),
    )
  // A job that was over and had given all back but its folder is in no list any more.
  await sweepFolders(world, (arn, account) => isUnderWay(world, { arn, account }))
}

function endCut(world: World, { job, jobs }: FoundJob, kind: JobKind): Job {
  return jobs.change(world.store, job, (changed) => {
    const step = changed.steps.findLast((one) => one.status === 'running') ?? changed.steps.at(-1)!
    step.status = 'failed'
    step.text = reasons.restarted(step.name)
    kind.fail(changed, step.text, world.now() / 1000)
  })
}

async function tidy(world: World, { job, jobs }: FoundJob): Promise<void> {
  const acting = new Acting(world, job)
  const cutWhileMade = job.steps.at(-1)?.name === 'CreateNetworkInterface'
  const made = [...(job.leftovers ?? []), ...(cutWhileMade ? await strayInterfaces(acting, job) : [])]
  const { left } = await deleteInterfaces(acting, made)
  if (job.grants) await retireGrants(world, job, job.grants, acting)
  // Meanwhile its user may have deleted it, and made another of its name.
  if (jobs.find(world.store, job, job.name)?.over && (made.length > 0 || job.grants))
    jobs.change(world.store, job, (changed) => {
      keepLeftovers(changed, left)
      delete changed.grants
    })
  if (!isUnderWay(world, job)) await rm(folderOf(world, job), { recursive: true, force: true })
}
