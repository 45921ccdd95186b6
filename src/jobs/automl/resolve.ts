import type { MetricData, ProblemType } from '@aws-sdk/client-sagemaker'
import { tabular } from '../../services/sagemaker/automl/automl-job.ts'
import type { AutoMLDescription, Mode } from '../../services/sagemaker/automl/automl-job.ts'
import { objectiveByDefault } from '../../services/sagemaker/automl/check-automl-request.ts'
import type { Shape } from '../../wire/shape.ts'

/** AUTO chooses ENSEMBLING for datasets smaller than this (API_TabularJobConfig, Mode). */
const SMALL_BYTES = 100 * 1000 * 1000

/** What the job is about: as asked, else as the preparation found (its metrics `data:…`). Undefined when it told nothing. */
export function resolve(
  description: AutoMLDescription,
  metrics: readonly Shape<MetricData>[],
): AutoMLDescription['resolved'] {
  const told = (name: string) => metrics.find(({ MetricName }) => MetricName === `data:${name}`)?.Value
  const [classes, bytes] = [told('Classes'), told('Bytes')]
  if (classes === undefined || bytes === undefined) return undefined
  const { ProblemType: asked, Mode: mode = 'AUTO' } = tabular(description)
  const problem: ProblemType = asked ?? problemOf(classes)
  const chosen: Mode = mode === 'AUTO' ? (bytes < SMALL_BYTES ? 'ENSEMBLING' : 'HYPERPARAMETER_TUNING') : mode
  return {
    ProblemType: problem,
    AutoMLJobObjective: description.request.AutoMLJobObjective ?? { MetricName: objectiveByDefault[problem] },
    mode: chosen,
  }
}

const problemOf = (classes: number): ProblemType =>
  classes === 0 ? 'Regression' : classes === 2 ? 'BinaryClassification' : 'MulticlassClassification'
