import type { DescribeCompilationJobCommandInput, DescribeCompilationJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { compilationJobs } from './compilation-job.ts'
import { onResource } from '../resource-needs.ts'

export const describeCompilationJob = operation<
  DescribeCompilationJobCommandInput,
  DescribeCompilationJobCommandOutput
>('sagemaker', 'DescribeCompilationJob', {
  needs: (input, call) => onResource(call, compilationJobs.arn(call, input.CompilationJobName)),
  perform: (input, { call, world }) => compilationJobs.must(world.store, call, input.CompilationJobName).description,
})
