import type { AutoMLCandidate, AutoMLMetricEnum, MetricDatum } from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../../wire/shape.ts'
import type { AutoMLJob, Candidate } from './automl-job.ts'
import { trainingJobs } from '../training/training-job.ts'

/** Objectives that are better the smaller they are; all others the larger. */
const MINIMIZED: readonly string[] = ['MSE', 'RMSE', 'MAE']
/** Members of AutoMLMetricExtendedEnum that AutoMLMetricEnum has not. */
const STANDARD_ONLY: readonly string[] = ['LogLoss', 'InferenceLatency']

export const isMinimized = (metric: string): boolean => MINIMIZED.includes(metric)

/** A candidate's score on held-out data; undefined while there is none. */
export function objectiveOf(candidate: Candidate, metric: string): number | undefined {
  return candidate.metrics?.find(({ MetricName }) => MetricName === `validation:${metric}`)?.Value
}

/** Completed candidates, the best first; of equals the earlier. */
export function ranked({ description: { candidates, resolved } }: Pick<AutoMLJob, 'description'>): Candidate[] {
  if (!resolved) return []
  const { MetricName: metric } = resolved.AutoMLJobObjective
  const sign = isMinimized(metric) ? 1 : -1
  const scored = candidates.flatMap((one) => {
    const value = one.status === 'Completed' ? objectiveOf(one, metric) : undefined
    return value === undefined ? [] : [{ one, value }]
  })
  return scored.sort((a, b) => sign * (a.value - b.value)).map(({ one }) => one)
}

/** AutoMLCandidate (API reference). */
export function shownCandidate(job: AutoMLJob, candidate: Candidate): Shape<AutoMLCandidate> {
  const { description } = job
  const objective = description.resolved?.AutoMLJobObjective.MetricName
  const value = objective && objectiveOf(candidate, objective)
  const steps = [...(description.preparation ? [description.preparation.name] : []), candidate.name]
  return {
    CandidateName: candidate.name,
    ...(objective &&
      value !== undefined && {
        FinalAutoMLJobObjectiveMetric: {
          Type: isMinimized(objective) ? 'Minimize' : 'Maximize',
          MetricName: objective,
          Value: value,
          StandardMetricName: objective,
        },
      }),
    ObjectiveStatus: value === undefined ? (candidate.status === 'InProgress' ? 'Pending' : 'Failed') : 'Succeeded',
    CandidateSteps: steps.map((name) => ({
      CandidateStepType: 'AWS::SageMaker::TrainingJob',
      CandidateStepArn: trainingJobs.arn(job, name),
      CandidateStepName: name,
    })),
    CandidateStatus: candidate.status,
    ...(candidate.modelUri && {
      InferenceContainers: [
        {
          Image: candidate.image,
          ModelDataUrl: candidate.modelUri,
          Environment: {
            SAGEMAKER_INFERENCE_OUTPUT: 'predicted_label',
            SAGEMAKER_INFERENCE_SUPPORTED:
              description.resolved?.ProblemType === 'Regression'
                ? 'predicted_label'
                : 'predicted_label,probability,probabilities,labels',
          },
        },
      ],
    }),
    CreationTime: candidate.created,
    ...(candidate.ended !== undefined && { EndTime: candidate.ended }),
    LastModifiedTime: candidate.ended ?? candidate.created,
    ...(candidate.reason !== undefined && { FailureReason: candidate.reason }),
    ...(candidate.metrics && { CandidateProperties: { CandidateMetrics: candidate.metrics.map(shownMetric) } }),
  }
}

/** `validation:AUC` of the step is AUC of the set Validation. */
function shownMetric({ MetricName = '', Value }: NonNullable<Candidate['metrics']>[number]): Shape<MetricDatum> {
  const [set, name = ''] = MetricName.split(':')
  return {
    ...(!STANDARD_ONLY.includes(name) && { MetricName: name as AutoMLMetricEnum }),
    StandardMetricName: name as NonNullable<MetricDatum['StandardMetricName']>,
    Value: Value!,
    Set: set === 'train' ? 'Train' : 'Validation',
  }
}
