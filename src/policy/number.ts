/**
 * Numbers as policies and requests write them, compared exactly: a double would take 9007199254740993 for its
 * neighbour, and everything of more than 308 digits for the same.
 * IAM User Guide: "Numeric condition operators". That AWS compares exactly, and reads `+1`, `01`, `1.` and `1e0` as 1, was
 * observed (radkawar/stackd, testdata/aws/iam/condition_values.json).
 */

/** A decimal number: 0.DIGITS times ten to the exponent. Digits neither begin nor end with a zero; zero has none. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,5}))?$/

/** Undefined where the text is no number, or its exponent has more than five digits. */
export function parseDecimal(text: string): Decimal | undefined {
  const [number, sign, whole = '', fraction = '', bare = fraction, power = '0'] = NUMBER.exec(text) ?? []
  if (number === undefined) return undefined
  const written = whole + bare
  const first = written.search(/[1-9]/)
  if (first === -1) return { negative: false, digits: '', exponent: 0 }
  let end = written.length
  while (written[end - 1] === '0') end--
  return {
    negative: sign === '-',
    digits: written.slice(first, end),
    exponent: whole.length - first + Number(power),
  }
}

/** Below, at or above zero, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1
  const size = compareSizes(a, b)
  return a.negative ? -size : size
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  return a.exponent - b.exponent || compareText(a.digits, b.digits)
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
