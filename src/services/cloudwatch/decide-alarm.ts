import type { StateValue } from './alarm.ts'

export interface Evidence {
  /** Whether each period of the evaluation range breached, the oldest first; undefined where nothing is known. */
  breaching: readonly (boolean | undefined)[]
  /** Evaluation Periods and Datapoints to Alarm. */
  periods: number
  toAlarm: number
  treatMissing: string
}

export interface Verdict {
  /** Undefined: the state stays as it is. */
  state: StateValue | undefined
  /** Indexes of the datapoints that were evaluated, the oldest first. */
  evaluated: number[]
  /** How many of them had to be filled in. */
  missing: number
}

/** So many periods more than Evaluation Periods are looked at. inferred: AWS's tables look at 5 for 3, and say no more. */
export const MORE_PERIODS = 2

/**
 * The state that the datapoints ask for (User Guide, "Configuring how CloudWatch alarms treat missing data", with its
 * tables, and "Avoiding premature transitions to alarm state"). Pure.
 */
export function decideAlarm({ breaching, periods, toAlarm, treatMissing }: Evidence): Verdict {
  const real = breaching.flatMap((one, i) => (one === undefined ? [] : [i]))
  const evaluated = real.slice(-periods)
  const missing = periods - evaluated.length
  const count = evaluated.filter((i) => breaching[i]).length
  const verdict = (state: StateValue | undefined): Verdict => ({ state, evaluated, missing })

  if (missing === 0 || count >= toAlarm) return verdict(count >= toAlarm ? 'ALARM' : 'OK')
  if (treatMissing === 'breaching') return verdict(count + missing >= toAlarm ? 'ALARM' : 'OK')
  if (treatMissing === 'notBreaching') return verdict('OK')
  if (evaluated.length === 0) return verdict(treatMissing === 'ignore' ? undefined : 'INSUFFICIENT_DATA')
  if (count < evaluated.length) return verdict('OK')
  // Nothing but breaches, and too few: an alarm only if the oldest is so old that what came after cannot be late.
  const age = breaching.length - evaluated[0]!
  return verdict(treatMissing !== 'ignore' && age >= toAlarm ? 'ALARM' : undefined)
}
