import { backward, cholesky, forward } from './cholesky.ts'
import type { Triangle } from './cholesky.ts'

/** What is thought of the objective at a place. */
export interface Belief {
  mean: number
  deviation: number
}

/** How far along each axis values have to do with each other, and how much of them is chance. */
interface Shape {
  lengths: readonly number[]
  noise: number
}

export interface GaussianProcess {
  at(place: readonly number[]): Belief
}

const lengthsTried = [0.1, 0.2, 0.4, 0.8, 1.6]
const noisesTried = [1e-6, 1e-3, 1e-1]
/** Beside the chance that is in the values, for the sake of arithmetic. */
const jitter = 1e-8

/**
 * A Gaussian process with a Matérn 5/2 kernel over values that are standardised within. The kernel's lengths, one for each
 * axis, and the noise are those of some tried that make the values most likely (Snoek, Larochelle, Adams 2012).
 */
export function gaussianProcess(places: readonly (readonly number[])[], values: readonly number[]): GaussianProcess {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length) || 1
  const standard = values.map((one) => (one - mean) / spread)
  const fitted = fit(places, standard)
  return {
    at(place) {
      const near = places.map((one) => kernel(place, one, fitted.shape.lengths))
      const half = forward(fitted.lower, near)
      const expected = near.reduce((sum, one, index) => sum + one * fitted.weights[index]!, 0)
      const variance = Math.max(1e-12, 1 - half.reduce((sum, one) => sum + one * one, 0))
      return { mean: mean + spread * expected, deviation: spread * Math.sqrt(variance) }
    },
  }
}

interface Fit {
  shape: Shape
  lower: Triangle
  weights: Float64Array
  likelihood: number
}

function fit(places: readonly (readonly number[])[], values: readonly number[]): Fit {
  const axes = places[0]?.length ?? 0
  const alike = lengthsTried.flatMap((length) =>
    noisesTried.map((noise): Shape => ({ lengths: Array.from({ length: axes }, () => length), noise })),
  )
  let best = mostLikely(places, values, alike)
  // Axis by axis from there: one that does not matter is given a great length.
  for (let axis = 0; axis < axes; axis++) {
    const { lengths, noise } = best.shape
    const shapes = [0.5, 2, 4].map((factor) => ({ lengths: lengths.with(axis, lengths[axis]! * factor), noise }))
    const better = mostLikely(places, values, shapes)
    if (better.likelihood > best.likelihood) best = better
  }
  return best
}

function mostLikely(places: readonly (readonly number[])[], values: readonly number[], shapes: readonly Shape[]): Fit {
  const fits = shapes.map((shape) => fitOf(places, values, shape))
  return fits.reduce((best, one) => (one.likelihood > best.likelihood ? one : best))
}

function fitOf(places: readonly (readonly number[])[], values: readonly number[], shape: Shape): Fit {
  let extra = jitter
  for (;;) {
    const lower = cholesky(covariance(places, shape, extra))
    if (lower) {
      const weights = backward(lower, forward(lower, values))
      const fits = values.reduce((sum, one, index) => sum + one * weights[index]!, 0)
      const volume = lower.reduce((sum, row) => sum + Math.log(row.at(-1)!), 0)
      return { shape, lower, weights, likelihood: -fits / 2 - volume }
    }
    extra *= 100
  }
}

function covariance(places: readonly (readonly number[])[], { lengths, noise }: Shape, extra: number): Triangle {
  return places.map((one, i) => {
    const row = new Float64Array(i + 1)
    for (let j = 0; j < i; j++) row[j] = kernel(one, places[j]!, lengths)
    row[i] = 1 + noise + extra
    return row
  })
}

/** Matérn 5/2 */
function kernel(a: readonly number[], b: readonly number[], lengths: readonly number[]): number {
  let square = 0
  for (let axis = 0; axis < lengths.length; axis++) square += ((a[axis]! - b[axis]!) / lengths[axis]!) ** 2
  const distance = Math.sqrt(5 * square)
  return (1 + distance + (5 / 3) * square) * Math.exp(-distance)
}

/** By how much a try at a place is expected to come below `best`. */
export function expectedImprovement({ mean, deviation }: Belief, best: number): number {
  if (deviation <= 0) return Math.max(0, best - mean)
  const z = (best - mean) / deviation
  return (best - mean) * cumulative(z) + deviation * density(z)
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/** Of the standard normal distribution; Abramowitz and Stegun 7.1.26, wrong by less than 1e-6. */
function cumulative(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2)
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp((-z * z) / 2)
  return z >= 0 ? 1 - tail / 2 : tail / 2
}
