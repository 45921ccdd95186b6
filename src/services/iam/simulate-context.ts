import type { ContextEntry } from '@aws-sdk/client-iam'
import { parseDate } from '../../policy/date.ts'
import { parseAddress } from '../../policy/ip.ts'
import { parseDecimal } from '../../policy/number.ts'
import { isCanonicalBase64 } from '../../policy/operators.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidInput } from './entities.ts'

/** The context keys of a simulation: what the request gives, over what AWS takes from the simulated caller. */

/**
 * How the values of each type must look; AWS takes any text for a string or a boolean. As AWS answered: radkawar/stackd,
 * testdata/aws/iam/simulation_inputs.json.
 */
const formats: Readonly<Record<string, { valid(value: string): boolean; expected: string }>> = {
  numeric: { valid: (value) => parseDecimal(value) !== undefined, expected: 'numeric format' },
  date: { valid: (value) => parseDate(value) !== undefined, expected: 'DateTime format' },
  ip: { valid: (value) => parseAddress(value) !== undefined, expected: 'IP address' },
  binary: { valid: isCanonicalBase64, expected: 'base-64 encoded binary format' },
}

/** Keys in lower case; a list type makes a key multi-valued, whatever the number of values. Throws InvalidInput. */
export function contextOf(entries: readonly Shape<ContextEntry>[] = []): ContextValues {
  const context: Record<string, string | readonly string[]> = Object.create(null)
  for (const { ContextKeyName: name, ContextKeyValues: values = [], ContextKeyType: type } of entries) {
    // AWS ignores an entry that says nothing at all.
    if (name === undefined && type === undefined && values.length === 0) continue
    if (name === undefined) throw invalidInput('ContextKeyName cannot be null or empty.')
    if (type === undefined) throw invalidInput(`Context key ${name} has invalid type null.`)
    if (values.length === 0) throw invalidInput(`Context values for context key ${name} cannot be null or empty.`)
    const key = name.toLowerCase()
    if (key in context) throw invalidInput(`Duplicate context key: ${name}.`)
    const list = type.endsWith('List')
    if (!list && values.length !== 1) {
      throw invalidInput(`Context key ${type} expected a single value, but received ${values.length}.`)
    }
    const format = formats[list ? type.slice(0, -'List'.length) : type]
    if (format && !values.every((value) => format.valid(value))) {
      throw invalidInput(`Invalid context value for key ${name}: expected ${format.expected}.`)
    }
    context[key] = list ? values : values[0]!
  }
  return context
}

/**
 * What the simulator knows of its own accord: only this much, and less than a real call carries. As AWS's answers show,
 * aws:userid is the caller's ARN, or these words where there is no caller.
 */
export function callerContext(
  caller: { arn: string; account: string; userName?: string } | undefined,
  account: string,
): ContextValues {
  if (!caller) return { 'aws:principalaccount': account, 'aws:userid': 'STUB_PRINCIPAL_FOR_POLICY_SIMULATOR' }
  return {
    'aws:principalarn': caller.arn,
    'aws:principalaccount': caller.account,
    'aws:userid': caller.arn,
    ...(caller.userName !== undefined && { 'aws:username': caller.userName }),
  }
}
