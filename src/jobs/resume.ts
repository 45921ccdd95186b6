import { rm } from 'node:fs/promises'
import { allJobs, changeJob, isOver, transition, type TrainingJob } from '../services/sagemaker/training-job.ts'
import type { World } from '../world.ts'
import { Acting } from './acting.ts'
import { folderOf } from './container.ts'
import { reasons } from './failure.ts'
import { deleteInterfaces, keepLeftovers } from './interfaces.ts'
import { closeJobs, isUnderWay, startJob } from './running.ts'

/**
 * After a start: jobs that had not begun are queued again, jobs that were under way end as Failed with the truth, and
 * what they left (folders, interfaces) is taken away, interfaces by their role.
 */
export function resumeJobs(world: World): { stop(): Promise<void> } {
  const cut: TrainingJob[] = []
  for (const job of allJobs(world.store)) {
    if (isUnderWay(world, job)) continue
    if (isOver(job)) {
      if (job.leftovers) cut.push(job)
    } else if (!job.steps.length) startJob(world, job)
    else cut.push(endCut(world, job))
  }
  void tidy(world, cut)
  return { stop: () => closeJobs(world) }
}

function endCut(world: World, job: TrainingJob): TrainingJob {
  return changeJob(world.store, job, (changed) => {
    const step = changed.steps.findLast((one) => one.status === 'running') ?? changed.steps.at(-1)!
    changed.description.FailureReason = reasons.restarted(step.name)
    step.status = 'failed'
    step.text = changed.description.FailureReason
    transition(changed, 'Failed', 'Failed', 'Training job failed', world.now() / 1000)
  })
}

async function tidy(world: World, jobs: readonly TrainingJob[]): Promise<void> {
  try {
    for (const job of jobs) {
      const { TrainingJobArn: jobArn, RoleArn: roleArn } = job.description
      const acting = new Acting(world, { jobArn: jobArn, roleArn: roleArn!, account: job.account, region: job.region })
      if (job.leftovers) {
        const left = await deleteInterfaces(acting, job.leftovers)
        changeJob(world.store, job, (changed) => keepLeftovers(changed, left))
      }
      await rm(folderOf(world, job), { recursive: true, force: true })
    }
  } catch (error) {
    world.log.warn({ err: error }, 'what a stopped server left behind could not be tidied wholly')
  }
}
