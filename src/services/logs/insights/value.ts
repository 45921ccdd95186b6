/** A value in a query; a Date is a point in time, undefined a field that is not there. */
export type Value = string | number | boolean | Date | undefined

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return value ? 1 : 0
  return value !== undefined && decimal.test(value) ? Number(value) : undefined
}

export function textOf(value: Value): string | undefined {
  if (value === undefined) return undefined
  if (value instanceof Date) return printTime(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'number' ? printNumber(value) : value
}

/** Results have four decimals at most, as AWS prints them (User Guide, sample queries). */
function printNumber(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? value.toFixed(0) : String(value)
  return String(Number(value.toFixed(4)))
}

/** `2019-04-30 14:23:01.000` */
function printTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '')
}

export function isTrue(value: Value): boolean {
  return value === true || (typeof value === 'number' && value !== 0)
}

export function equal(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return false
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) return left === right
  return textOf(a) === textOf(b)
}

/** Numbers by size and before texts; what is not there comes last. */
export function compare(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) return left - right
  if (left !== undefined || right !== undefined) return left === undefined ? 1 : -1
  const [one, other] = [textOf(a)!, textOf(b)!]
  return one < other ? -1 : one > other ? 1 : 0
}
