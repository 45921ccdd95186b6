import type { DecisionTrace } from '../door/trace.ts'
import type { Work } from './job-work.ts'

/** What people take for granted of a job and is not so (facts: pains.md 21: an SDK drops half a VpcConfig and says nothing). */
export function jobNotes({ vpcs }: Work): string[] {
  return vpcs.length > 0
    ? []
    : [
        'The job has no VpcConfig: its container runs outside your VPC, and its data comes by SageMaker\u2019s own network.',
      ]
}

/** Who really made a call that nobody remembers to have made. */
export function notesOf({ service, operation, needs, account, region, decision }: DecisionTrace): string[] {
  const [first] = needs
  const isDefaultBucket = first?.resource === `arn:aws:s3:::sagemaker-${region}-${account}`
  if (decision !== 'denied' || service !== 's3' || operation !== 'CreateBucket' || !isDefaultBucket) return []
  // Facts: pains.md 12.
  return [
    'The SageMaker Python SDK makes this bucket in Session.default_bucket() unless it sees that it is there: a bucket that exists already needs s3:ListBucket on it instead, or its name as Session(default_bucket=\u2026).',
  ]
}
