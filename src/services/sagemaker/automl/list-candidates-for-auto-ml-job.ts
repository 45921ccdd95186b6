import type {
  CandidateSortBy,
  ListCandidatesForAutoMLJobCommandInput,
  ListCandidatesForAutoMLJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { objectiveOf, shownCandidate } from './automl-candidates.ts'
import { autoMLJobs } from './automl-job.ts'
import type { AutoMLJob, Candidate } from './automl-job.ts'
import { page } from '../page.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_ListCandidatesForAutoMLJob: by default by status, in ascending order. */
export const listCandidatesForAutoMLJob = operation<
  ListCandidatesForAutoMLJobCommandInput,
  ListCandidatesForAutoMLJobCommandOutput
>('sagemaker', 'ListCandidatesForAutoMLJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
    return [need('sagemaker:ListCandidatesForAutoMLJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
  },
  perform(input, { call, world }) {
    const job = autoMLJobs.must(world.store, call, input.AutoMLJobName)
    const key = keys[input.SortBy ?? 'Status'](job)
    const sign = input.SortOrder === 'Descending' ? -1 : 1
    const wanted = job.description.candidates
      .filter((one) => input.StatusEquals === undefined || one.status === input.StatusEquals)
      .filter((one) => input.CandidateNameEquals === undefined || one.name === input.CandidateNameEquals)
      .toSorted((a, b) => sign * compare(key(a), key(b)))
    const { items, next } = page(wanted, input, 10)
    return { Candidates: items.map((one) => shownCandidate(job, one)), ...(next !== undefined && { NextToken: next }) }
  },
})

type Key = string | number | undefined

const keys: Readonly<Record<CandidateSortBy, (job: AutoMLJob) => (one: Candidate) => Key>> = {
  CreationTime: () => (one) => one.created,
  Status: () => (one) => one.status,
  FinalObjectiveMetricValue:
    ({ description: { resolved } }) =>
    (one) =>
      objectiveOf(one, resolved?.AutoMLJobObjective.MetricName ?? ''),
}

/** What has no score yet comes first. */
function compare(a: Key, b: Key): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  return a < b ? -1 : 1
}
