import type { Range } from './space.ts'

/**
 * A range around an example (API_AutoParameter: "an optimal hyperparameter range is selected for you"). AWS's ranges are not
 * public: a decade down and up for what is continuous, a quarter and four times for integers; shares of one stay shares.
 * Undefined for a text that is neither a number nor a truth value: it is kept as it is. inferred
 */
export function autoRange(name: string, hint: string): Range | undefined {
  if (/^(true|false)$/i.test(hint)) {
    const other = hint.toLowerCase() === 'true' ? ['true', 'false'] : ['false', 'true']
    return { kind: 'categorical', name, values: hint === hint.toLowerCase() ? other : other.map(capital) }
  }
  const value = Number(hint)
  if (hint.trim() === '' || !Number.isFinite(value)) return undefined
  if (/^[+-]?\d+$/.test(hint)) {
    const reach = Math.max(1, 3 * Math.abs(value))
    const min = value > 0 ? Math.max(1, Math.floor(value / 4)) : value - reach
    return { kind: 'integer', name, min, max: value + reach, scaling: value > 8 ? 'Logarithmic' : 'Linear' }
  }
  if (value === 0) return { kind: 'continuous', name, min: 0, max: 1, scaling: 'Linear' }
  if (value < 0) return { kind: 'continuous', name, min: value * 10, max: value / 10, scaling: 'Linear' }
  const max = value < 1 ? Math.min(1, value * 10) : value * 10
  return { kind: 'continuous', name, min: value / 10, max, scaling: 'Logarithmic' }
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1)
