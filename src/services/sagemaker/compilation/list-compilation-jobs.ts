import type { ListCompilationJobsCommandInput, ListCompilationJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { compilationJobs } from './compilation-job.ts'
import type { CompilationJob } from './compilation-job.ts'
import { toList } from '../resource-needs.ts'

/** API_ListCompilationJobs: by CreationTime, ascending unless asked otherwise. */
export const listCompilationJobs = operation<ListCompilationJobsCommandInput, ListCompilationJobsCommandOutput>(
  'sagemaker',
  'ListCompilationJobs',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = compilationJobs.page(world.store, call, input, { sortOrder: 'Ascending' })
      return { CompilationJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description: job }: CompilationJob) {
  const { TargetDevice: device, TargetPlatform: platform } = job.OutputConfig
  const { Os, Arch, Accelerator } = platform ?? {}
  return {
    CompilationJobName: job.CompilationJobName,
    CompilationJobArn: job.CompilationJobArn,
    CreationTime: job.CreationTime,
    LastModifiedTime: job.LastModifiedTime,
    CompilationJobStatus: job.CompilationJobStatus,
    ...(job.CompilationStartTime !== undefined && { CompilationStartTime: job.CompilationStartTime }),
    ...(job.CompilationEndTime !== undefined && { CompilationEndTime: job.CompilationEndTime }),
    ...(device && { CompilationTargetDevice: device }),
    ...(Os && { CompilationTargetPlatformOs: Os }),
    ...(Arch && { CompilationTargetPlatformArch: Arch }),
    ...(Accelerator && { CompilationTargetPlatformAccelerator: Accelerator }),
  }
}
