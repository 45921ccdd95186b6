import { createHash } from 'node:crypto'
import type { Algorithm, Mode } from '../../services/sagemaker/automl/automl-job.ts'

/** A range that a parameter is searched in. */
interface Range {
  from: number
  to: number
  scale: 'linear' | 'log' | 'integer'
}

/** What is varied of each algorithm, by the names that SageMaker's algorithms and scikit-learn give it. */
const spaces: Readonly<Record<Algorithm, Readonly<Record<string, Range>>>> = {
  'linear-learner': {
    learning_rate: { from: 0.005, to: 0.1, scale: 'log' },
    wd: { from: 1e-6, to: 0.3, scale: 'log' },
    epochs: { from: 15, to: 40, scale: 'integer' },
  },
  xgboost: {
    num_round: { from: 30, to: 120, scale: 'integer' },
    max_depth: { from: 2, to: 7, scale: 'integer' },
    eta: { from: 0.03, to: 0.4, scale: 'log' },
    lambda: { from: 0.01, to: 20, scale: 'log' },
    min_child_weight: { from: 0.5, to: 20, scale: 'log' },
    gamma: { from: 1e-6, to: 2, scale: 'log' },
    subsample: { from: 0.6, to: 1, scale: 'linear' },
    colsample_bytree: { from: 0.5, to: 1, scale: 'linear' },
  },
  randomforest: {
    n_estimators: { from: 30, to: 80, scale: 'integer' },
    max_depth: { from: 5, to: 14, scale: 'integer' },
    min_samples_leaf: { from: 1, to: 10, scale: 'log' },
    max_features: { from: 0.4, to: 1, scale: 'linear' },
  },
  'extra-trees': {
    n_estimators: { from: 30, to: 80, scale: 'integer' },
    max_depth: { from: 6, to: 16, scale: 'integer' },
    min_samples_leaf: { from: 1, to: 10, scale: 'log' },
    max_features: { from: 0.5, to: 1, scale: 'linear' },
  },
}

/** What is tried first of each. */
const defaults: Readonly<Record<Algorithm, Readonly<Record<string, string>>>> = {
  'linear-learner': { learning_rate: '0.03', wd: '0.0001', epochs: '25' },
  xgboost: {
    num_round: '80',
    max_depth: '4',
    eta: '0.15',
    lambda: '1',
    min_child_weight: '1',
    gamma: '0.000001',
    subsample: '0.8',
    colsample_bytree: '0.9',
  },
  randomforest: { n_estimators: '50', max_depth: '12', min_samples_leaf: '2', max_features: '0.8' },
  'extra-trees': { n_estimators: '50', max_depth: '14', min_samples_leaf: '2', max_features: '0.9' },
}

/** Which are tried where the request selects none. */
const usual: Readonly<Record<Mode, readonly Algorithm[]>> = {
  ENSEMBLING: ['xgboost', 'linear-learner', 'randomforest', 'extra-trees'],
  HYPERPARAMETER_TUNING: ['xgboost', 'linear-learner'],
}

/** A configuration and how good it turned out: the smaller `cost`, the better; undefined while it is not known. */
export interface Tried {
  algorithm: Algorithm
  parameters: Readonly<Record<string, string>>
  cost?: number | undefined
}

/**
 * What to try next: each algorithm's defaults; then, of the best half of what is known, a neighbour, closer as the search
 * goes on; every third time a point anywhere. Pure: the same history and seed give the same answer.
 */
export function propose(
  history: readonly Tried[],
  { mode, algorithms, seed }: { mode: Mode; algorithms?: readonly Algorithm[] | undefined; seed: string },
): Tried {
  const among = algorithms ?? usual[mode]
  const at = history.length
  const fresh = among[at]
  if (fresh) return { algorithm: fresh, parameters: defaults[fresh] }
  const chance = dice(`${seed}/${at}`)
  const known = history
    .filter((one): one is Tried & { cost: number } => one.cost !== undefined)
    .toSorted((a, b) => a.cost - b.cost)
  const better = known.slice(0, Math.max(1, Math.ceil(known.length / 2)))
  const anywhere = better.length === 0 || at % 3 === 0
  const model = better[Math.floor(chance() ** 2 * better.length)]
  const algorithm = anywhere ? among[Math.floor(chance() * among.length)]! : model!.algorithm
  const width = Math.max(0.08, 0.5 / Math.sqrt(at))
  const parameters = Object.fromEntries(
    Object.entries(spaces[algorithm]).map(([name, range]) => {
      const place = anywhere ? chance() : placeOf(range, Number(model!.parameters[name])) + (chance() * 2 - 1) * width
      return [name, valueAt(range, Math.min(1, Math.max(0, place)))]
    }),
  )
  return { algorithm, parameters }
}

/** Where in its range a value lies, from 0 to 1. */
function placeOf({ from, to, scale }: Range, value: number): number {
  const map = scale === 'log' ? Math.log : (one: number) => one
  return (map(value) - map(from)) / (map(to) - map(from))
}

function valueAt({ from, to, scale }: Range, place: number): string {
  if (scale === 'log') return Math.exp(Math.log(from) + place * (Math.log(to) - Math.log(from))).toPrecision(6)
  const value = from + place * (to - from)
  return scale === 'integer' ? String(Math.round(value)) : value.toPrecision(6)
}

/** Numbers from 0 to 1 that follow from a text. */
function dice(seed: string): () => number {
  let count = 0
  return () => createHash('sha256').update(`${seed}/${count++}`).digest().readUInt32BE() / 2 ** 32
}
