import { Acting } from '../../../jobs/acting.ts'
import type { ActingJob } from '../../../jobs/acting.ts'
import type { World } from '../../../world.ts'
import { checkTrust } from '../training/check-training-request.ts'

/**
 * Tries the role's trust; what the role may do beside it matters once a program runs in the instance.
 * inferred: aws:SourceArn is the instance's own ARN; AWS's table of it has no row for notebook instances (errors.md B4).
 */
export async function checkNotebookRole(world: World, role: ActingJob): Promise<void> {
  await checkTrust(new Acting(world, role), role.roleArn)
}
