/**
 * Numbers as policies write them, compared exactly: a double would take 9007199254740993 for its neighbour, and
 * everything of more than 308 digits for the same.
 * IAM User Guide: "Numeric condition operators" (an integer or decimal).
 */

/** A decimal number, taken apart at its point; without leading and trailing zeros. */
export interface Decimal {
  readonly negative: boolean
  readonly whole: string
  readonly fraction: string
}

const NUMBER = /^([+-]?)0*(\d+?)(?:\.(\d+?)0*)?$/

/** Undefined where the text is no number; there are no exponents. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, digits = ''] = NUMBER.exec(text) ?? []
  if (whole === undefined) return undefined
  const fraction = digits === '0' ? '' : digits
  return { negative: sign === '-' && (whole !== '0' || fraction !== ''), whole, fraction }
}

/** Below, at or above zero, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1
  const size = a.whole.length - b.whole.length || compareText(a.whole, b.whole) || compareText(a.fraction, b.fraction)
  return a.negative ? -size : size
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
