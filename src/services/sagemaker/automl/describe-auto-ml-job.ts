import type { DescribeAutoMLJobCommandInput, DescribeAutoMLJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { ranked, shownCandidate } from './automl-candidates.ts'
import { autoMLJobs, candidatesByDefault, tabular } from './automl-job.ts'
import type { AutoMLJob } from './automl-job.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_DescribeAutoMLJob: jobs of version 2 cannot be described by it. */
export const describeAutoMLJob = operation<DescribeAutoMLJobCommandInput, DescribeAutoMLJobCommandOutput>(
  'sagemaker',
  'DescribeAutoMLJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
      return [need('sagemaker:DescribeAutoMLJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = autoMLJobs.must(world.store, call, input.AutoMLJobName)
      const { v1, resolved } = job.description
      if (!v1) {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The AutoML job ${job.arn} was created by CreateAutoMLJobV2. Use DescribeAutoMLJobV2 to describe it.`,
        )
      }
      const { ModelDeployConfig: _, ...request } = v1
      return {
        ...request,
        AutoMLJobArn: job.arn,
        ...outcome(job),
        GenerateCandidateDefinitionsOnly: v1.GenerateCandidateDefinitionsOnly ?? false,
        ...(resolved && {
          ResolvedAttributes: {
            AutoMLJobObjective: resolved.AutoMLJobObjective,
            ProblemType: resolved.ProblemType,
            CompletionCriteria: resolvedCriteria(job),
          },
        }),
      }
    },
  },
)

/** What both versions tell of how it goes. */
export function outcome(job: AutoMLJob) {
  const { description } = job
  const [best] = ranked(job)
  return {
    CreationTime: description.CreationTime,
    LastModifiedTime: description.LastModifiedTime,
    ...(description.EndTime !== undefined && { EndTime: description.EndTime }),
    ...(description.FailureReason !== undefined && { FailureReason: description.FailureReason }),
    ...(description.PartialFailureReasons && { PartialFailureReasons: description.PartialFailureReasons }),
    ...(best && { BestCandidate: shownCandidate(job, best) }),
    AutoMLJobStatus: description.AutoMLJobStatus,
    AutoMLJobSecondaryStatus: description.AutoMLJobSecondaryStatus,
  }
}

/** With the number of candidates that holds where none was given. */
export function resolvedCriteria({ description }: AutoMLJob) {
  const { CompletionCriteria } = tabular(description)
  return { MaxCandidates: candidatesByDefault[description.resolved!.mode], ...CompletionCriteria }
}
