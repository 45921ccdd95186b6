/** The scale that a numeric range is searched on ("Define Hyperparameter Ranges", Hyperparameter scaling). */
export type Scaling = 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic'

export interface NumericRange {
  kind: 'integer' | 'continuous'
  name: string
  min: number
  max: number
  scaling: Scaling
}

export interface CategoricalRange {
  kind: 'categorical'
  name: string
  values: readonly string[]
}

export type Range = NumericRange | CategoricalRange

/** What is searched. */
export type Space = readonly Range[]

/** Hyperparameters by name, as the texts that training jobs are given. */
export type Point = Readonly<Record<string, string>>

/** A range that spans so many times its smallest value is searched on a logarithmic scale by `Auto`. AWS does not tell its rule. inferred */
const autoLogarithmicFrom = 1000

type Scale = (value: number) => number

const scales: Readonly<Record<Exclude<Scaling, 'Auto'>, { to: Scale; from: Scale }>> = {
  Linear: { to: (value) => value, from: (value) => value },
  Logarithmic: { to: Math.log, from: Math.exp },
  ReverseLogarithmic: { to: (value) => -Math.log1p(-value), from: (value) => -Math.expm1(-value) },
}

function scaleOf({ scaling, min, max }: NumericRange): { to: Scale; from: Scale } {
  if (scaling !== 'Auto') return scales[scaling]
  return scales[min > 0 && max / min >= autoLogarithmicFrom ? 'Logarithmic' : 'Linear']
}

/** The value at `unit` (0 to 1) of a range, as its text. Each integer and each category has as much of the way as the others on its scale. */
export function valueAt(range: Range, unit: number): string {
  if (range.kind === 'categorical')
    return range.values[Math.min(range.values.length - 1, Math.floor(unit * range.values.length))]!
  const { to, from } = scaleOf(range)
  const [low, high] = endsOf(range)
  const value = from(to(low) + unit * (to(high) - to(low)))
  return String(clamp(range.kind === 'integer' ? Math.round(value) : value, range.min, range.max))
}

/** Of integers half a step more at both ends, so that the first and the last are no rarer than the others. */
function endsOf({ kind, min, max }: NumericRange): [number, number] {
  return kind === 'integer' ? [min - 0.5, max + 0.5] : [min, max]
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** Where a value lies on its range, 0 to 1; of a category, the middle of its part. Values outside the range are put to its ends. */
export function unitOf(range: Range, text: string): number {
  if (range.kind === 'categorical') return (Math.max(0, range.values.indexOf(text)) + 0.5) / range.values.length
  const { to } = scaleOf(range)
  const [low, high] = endsOf(range)
  return (to(clamp(Number(text), range.min, range.max)) - to(low)) / (to(high) - to(low))
}

/** One number for each range in; a point of the space. */
export function pointAt(space: Space, units: readonly number[]): Point {
  return Object.fromEntries(space.map((range, index) => [range.name, valueAt(range, units[index]!)]))
}

/** Coordinates for a model: numbers as they lie on their scales, each category an axis of its own. */
export function encode(space: Space, point: Point): number[] {
  return space.flatMap((range) => {
    const text = point[range.name]!
    if (range.kind !== 'categorical') return [unitOf(range, text)]
    // Two categories are as far apart as the two ends of a number.
    return range.values.map((value) => (value === text ? Math.SQRT1_2 : 0))
  })
}

/** A name for the point: two that are alike have the same. */
export function keyOf(space: Space, point: Point): string {
  return JSON.stringify(space.map(({ name }) => point[name]))
}

/** How many points there are; Infinity when a range is continuous. */
export function sizeOf(space: Space): number {
  return space.reduce((size, range) => size * countOf(range), 1)
}

function countOf(range: Range): number {
  if (range.kind === 'categorical') return range.values.length
  return range.kind === 'integer' ? range.max - range.min + 1 : Infinity
}

/** The `index`th of all points, the last range turning fastest; undefined past the end. Of finite spaces only. */
export function pointNumber(space: Space, index: number): Point | undefined {
  let rest = index
  const chosen: [string, string][] = []
  for (const range of space.toReversed()) {
    const count = countOf(range)
    const at = rest % count
    rest = Math.floor(rest / count)
    chosen.push([range.name, range.kind === 'categorical' ? range.values[at]! : String(range.min + at)])
  }
  return rest > 0 ? undefined : Object.fromEntries(chosen.toReversed())
}

/** Whether each value is one of its range. */
export function isWithin(space: Space, point: Point): boolean {
  return space.every((range) => {
    const text = point[range.name]
    if (text === undefined) return false
    if (range.kind === 'categorical') return range.values.includes(text)
    const value = Number(text)
    return (
      text.trim() !== '' &&
      value >= range.min &&
      value <= range.max &&
      (range.kind === 'continuous' || Number.isInteger(value))
    )
  })
}
