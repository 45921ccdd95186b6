/**
 * Values of conditions that their operators cannot read. The engine compares them with nothing; IAM does not store them.
 * Observed on AWS: radkawar/stackd, testdata/aws/iam/condition_values.json (`policy_storage`); dates are `vendor-rules.ts`.
 */
import type { PolicyDocument } from './document.ts'
import { compileCidr } from './ip.ts'
import { parseDecimal } from './number.ts'
import { isCanonicalBase64, parseOperator } from './operators.ts'

/** By the beginning of the operator's name: whether it can read a value. STS takes what it cannot, but for bytes. */
const readers: readonly { operator: RegExp; reads: (value: string) => boolean; inSessions: boolean }[] = [
  { operator: /^Binary/, reads: isCanonicalBase64, inSessions: true },
  { operator: /^Numeric/, reads: (value) => parseDecimal(value) !== undefined, inSessions: false },
  { operator: /IpAddress$/, reads: (value) => compileCidr(value) !== undefined, inSessions: false },
  // inferred: a short ARN is stored; what was refused is no ARN at all.
  { operator: /^Arn/, reads: (value) => value === '*' || value.startsWith('arn:'), inSessions: false },
]

/** The first value that cannot be stored, if there is one. Values with policy variables are not looked at. */
export function unreadableValue({ Statement }: PolicyDocument, kind: 'stored' | 'session'): string | undefined {
  for (const { Condition = {} } of Statement) {
    for (const [operator, keys] of Object.entries(Condition)) {
      const base = parseOperator(operator)?.base ?? ''
      const reader = readers.find((one) => one.operator.test(base) && (kind === 'stored' || one.inSessions))
      if (!reader) continue
      const found = Object.values(keys)
        .flat()
        .find((value) => !value.includes('${') && !reader.reads(value))
      if (found !== undefined) return found
    }
  }
  return undefined
}
