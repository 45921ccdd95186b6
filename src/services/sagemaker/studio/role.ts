import { Acting, type ActingJob } from '../../../jobs/acting.ts'
import type { World } from '../../../world.ts'
import { checkTrust } from '../training/check-training-request.ts'

/**
 * SageMaker acting for a domain or what it holds. Studio sends a literal `*` in aws:SourceArn, never the ARN of the domain:
 * "the asterisk does not stand for wildcard" (facts: errors.md B4).
 */
export function studioActing(world: World, job: ActingJob): Acting {
  return new Acting(world, { ...job, sourceArn: `arn:aws:sagemaker:${job.region}:${job.account}:*` })
}

/** Each role must let itself be assumed by SageMaker (facts: errors.md B2, row 8). */
export async function checkTrusts(
  world: World,
  at: Omit<ActingJob, 'roleArn'>,
  roles: readonly (string | undefined)[],
): Promise<void> {
  for (const roleArn of new Set(roles)) {
    if (roleArn !== undefined) await checkTrust(studioActing(world, { ...at, roleArn }), roleArn)
  }
}
