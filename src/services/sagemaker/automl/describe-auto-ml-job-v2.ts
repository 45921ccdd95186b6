import type { DescribeAutoMLJobV2CommandInput, DescribeAutoMLJobV2CommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { autoMLJobs } from './automl-job.ts'
import { outcome, resolvedCriteria } from './describe-auto-ml-job.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_DescribeAutoMLJobV2: jobs of both versions. */
export const describeAutoMLJobV2 = operation<DescribeAutoMLJobV2CommandInput, DescribeAutoMLJobV2CommandOutput>(
  'sagemaker',
  'DescribeAutoMLJobV2',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
      return [need('sagemaker:DescribeAutoMLJobV2', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = autoMLJobs.must(world.store, call, input.AutoMLJobName)
      const { request, resolved } = job.description
      const { ModelDeployConfig: _, AutoMLComputeConfig: __, ...asked } = request
      return {
        ...asked,
        AutoMLJobArn: job.arn,
        AutoMLProblemTypeConfigName: 'Tabular',
        ...outcome(job),
        ...(resolved && {
          ResolvedAttributes: {
            AutoMLJobObjective: resolved.AutoMLJobObjective,
            CompletionCriteria: resolvedCriteria(job),
            AutoMLProblemTypeResolvedAttributes: { TabularResolvedAttributes: { ProblemType: resolved.ProblemType } },
          },
        }),
      }
    },
  },
)
