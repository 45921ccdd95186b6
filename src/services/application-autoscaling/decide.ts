import type { LastScaling, StepScaling, TargetTracking } from './policy.ts'

/** What a decision is made of. Pure: times are epoch seconds. */
export interface Situation {
  now: number
  /** The capacity that was asked for last. */
  capacity: number
  minCapacity: number
  maxCapacity: number
  /** The metric's newest value and the alarm's threshold, as far as they are known. */
  value?: number
  threshold?: number
  last?: LastScaling
}

export type Decision =
  | { kind: 'scale'; capacity: number; direction: 'out' | 'in'; /** Counts for cooldowns. */ before: number }
  | { kind: 'not'; code: string; limit?: number }

/** Application Auto Scaling's default for SageMaker (API Reference, TargetTrackingScalingPolicyConfiguration). */
const COOLDOWN = 300

/** A step scaling policy's answer to an alarm (User Guide, "How step scaling works"). Undefined: no step is meant, or it cools down. */
export function decideStep(policy: StepScaling, situation: Situation): Decision | undefined {
  const { value, threshold, capacity, now, last } = situation
  if (value === undefined || threshold === undefined) return undefined
  const adjustment = stepFor(policy, value - threshold)
  if (adjustment === undefined) return undefined
  const cooling = last !== undefined && now - last.at < (policy.Cooldown ?? COOLDOWN)
  const wanted = adjusted(policy, adjustment, capacity)
  if (wanted >= capacity) {
    // While it cools down, what was added then is part of what is added now: only a larger step adds more.
    const base = cooling && last.direction === 'out' ? last.before : capacity
    const more = base === capacity ? wanted : adjusted(policy, adjustment, base)
    if (more <= capacity && base !== capacity) return { kind: 'not', code: 'AlreadyAtDesiredCapacity' }
    return bounded(situation, more, base)
  }
  // That it cools down is none of the reasons that AWS tells (API Reference, NotScaledReason `Code`).
  if (cooling && last.direction === 'in') return undefined
  return bounded(situation, wanted, capacity)
}

/** A target tracking policy's answer: as much as keeps the metric at the target, out at once and in with care. */
export function decideTracking(
  policy: TargetTracking,
  alarm: 'high' | 'low',
  situation: Situation,
): Decision | undefined {
  const { value, capacity, now, last } = situation
  if (value === undefined) return undefined
  const since = last === undefined ? Infinity : now - last.at
  const wanted = Math.ceil(capacity * (value / policy.TargetValue) - 1e-9)
  if (alarm === 'high') {
    const more = Math.max(wanted, capacity + 1)
    const cooling = last?.direction === 'out' && since < (policy.ScaleOutCooldown ?? COOLDOWN)
    if (cooling) {
      const largest = Math.max(Math.ceil(last.before * (value / policy.TargetValue) - 1e-9), last.before + 1)
      if (largest <= capacity) return { kind: 'not', code: 'AlreadyAtDesiredCapacity' }
      return bounded(situation, largest, last.before)
    }
    return bounded(situation, more, capacity)
  }
  if (policy.DisableScaleIn) return undefined
  if (since < (policy.ScaleInCooldown ?? COOLDOWN)) return undefined
  if (wanted >= capacity) return { kind: 'not', code: 'AlreadyAtDesiredCapacity' }
  return bounded(situation, wanted, capacity)
}

function bounded(situation: Situation, wanted: number, before: number): Decision {
  const { minCapacity, maxCapacity, capacity } = situation
  const target = Math.min(maxCapacity, Math.max(minCapacity, wanted))
  if (target === capacity) {
    if (wanted > maxCapacity) return { kind: 'not', code: 'AlreadyAtMaxCapacity', limit: maxCapacity }
    if (wanted < minCapacity) return { kind: 'not', code: 'AlreadyAtMinCapacity', limit: minCapacity }
    return { kind: 'not', code: 'AlreadyAtDesiredCapacity' }
  }
  return { kind: 'scale', capacity: target, direction: target > capacity ? 'out' : 'in', before }
}

/** Above the threshold a step holds its lower bound, below it its upper one. */
function stepFor({ StepAdjustments = [] }: StepScaling, difference: number): number | undefined {
  return StepAdjustments.find(
    ({ MetricIntervalLowerBound: low = -Infinity, MetricIntervalUpperBound: high = Infinity }) =>
      difference >= 0 ? difference >= low && difference < high : difference > low && difference <= high,
  )?.ScalingAdjustment
}

function adjusted({ AdjustmentType, MinAdjustmentMagnitude = 1 }: StepScaling, by: number, capacity: number): number {
  if (AdjustmentType === 'ExactCapacity') return by
  if (AdjustmentType !== 'PercentChangeInCapacity') return Math.max(0, capacity + by)
  const change = (capacity * by) / 100
  // Towards zero, but never to it; and no less than the least magnitude.
  const whole = Math.abs(change) < 1 ? Math.sign(by) : Math.trunc(change)
  const least = Math.sign(by) * Math.max(Math.abs(whole), MinAdjustmentMagnitude)
  return Math.max(0, capacity + least)
}
