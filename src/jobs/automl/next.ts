import { isMinimized, objectiveOf, ranked } from '../../services/sagemaker/automl/automl-candidates.ts'
import { candidatesByDefault, tabular } from '../../services/sagemaker/automl/automl-job.ts'
import type { Algorithm, AutoMLJob, Candidate } from '../../services/sagemaker/automl/automl-job.ts'
import { algorithmsOf } from '../../services/sagemaker/automl/check-automl-request.ts'
import { propose } from './search.ts'

/** Candidates that an ensemble joins. */
const MEMBERS = 3

/** What the next candidate is made of; undefined when none is to be begun, or none before those that run have ended. */
export function nextCandidate(
  job: Pick<AutoMLJob, 'arn' | 'description'>,
): Pick<Candidate, 'algorithm' | 'parameters' | 'members'> | undefined {
  const { description } = job
  const { candidates, resolved } = description
  const { mode, AutoMLJobObjective } = resolved!
  const most = tabular(description).CompletionCriteria?.MaxCandidates ?? candidatesByDefault[mode]
  if (candidates.length >= most) return undefined
  // The last one joins the best of the others, which must be there; of less than two there is nothing to join.
  if (mode === 'ENSEMBLING' && most > 2 && candidates.length === most - 1) {
    const members = ranked(job).slice(0, MEMBERS)
    if (members.length < 2 || candidates.some(({ status }) => status === 'InProgress')) return undefined
    return { algorithm: 'ensemble', parameters: {}, members: members.map(({ name }) => name) }
  }
  const metric = AutoMLJobObjective.MetricName
  const sign = isMinimized(metric) ? 1 : -1
  const history = candidates.map((one) => {
    const value = objectiveOf(one, metric)
    return { ...one, algorithm: one.algorithm as Algorithm, cost: value === undefined ? undefined : sign * value }
  })
  const algorithms = algorithmsOf(description.request) as Algorithm[] | undefined
  return propose(history, { mode, algorithms, seed: job.arn })
}
