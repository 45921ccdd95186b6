import { AwsError } from '../wire/aws-error.ts'
import type { PostField } from './post-form.ts'

/**
 * The policy of a form: what its signer lets whoever has it upload (S3 API Reference, "POST Policy"). It is no IAM policy: it
 * only narrows what the signer may. Sentences are those that S3's users quote.
 */
export interface PostPolicy {
  /** Epoch milliseconds. */
  expiration: number
  conditions: readonly Condition[]
}

type Condition =
  | { kind: 'eq' | 'starts-with'; field: string; value: string; shown: string }
  | { kind: 'content-length-range'; least: number; most: number }

/** Reads a form's `policy` field. Throws InvalidPolicyDocument. */
export function parsePostPolicy(base64: string): PostPolicy {
  const document = parseJson(Buffer.from(base64, 'base64').toString('utf8'))
  const { expiration, conditions } = document
  if (expiration === undefined) throw invalid('Policy missing expiration.')
  const time = typeof expiration === 'string' && ISO.test(expiration) ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(time))
    throw invalid(
      `Invalid 'expiration' value: '${typeof expiration === 'string' ? expiration : JSON.stringify(expiration)}'`,
    )
  if (conditions === undefined) throw invalid('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw invalid('Invalid Conditions: must be a List.') // inferred
  return { expiration: time, conditions: conditions.flatMap(readCondition) }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {}
  throw invalid('Invalid JSON.')
}

function readCondition(one: unknown): Condition[] {
  if (Array.isArray(one)) return [readList(one)]
  if (typeof one !== 'object' || one === null) throw invalid('Invalid Simple-Condition: must be a Map or a List.') // inferred
  const entries = Object.entries(one)
  if (entries.length !== 1)
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.')
  const [name, value] = entries[0]!
  if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.')
  return [matching('eq', name, value)]
}

function readList(list: readonly unknown[]): Condition {
  const [operator, first, second] = list
  const kind = String(operator).toLowerCase()
  if (kind === 'content-length-range') {
    const [least, most] = [Number(first), Number(second)]
    if (list.length !== 3 || !Number.isSafeInteger(least) || !Number.isSafeInteger(most) || least < 0) {
      throw invalid('Invalid Content-Length-Range: must have two integers.') // inferred
    }
    return { kind, least, most }
  }
  if (kind !== 'eq' && kind !== 'starts-with')
    throw invalid(`Invalid Condition: unknown operation '${String(operator)}'.`)
  if (list.length !== 3) throw invalid(`Invalid Condition: wrong number of arguments to '${kind}'.`) // inferred
  if (typeof first !== 'string' || typeof second !== 'string')
    throw invalid('Invalid Condition: arguments must be strings.') // inferred
  if (!first.startsWith('$')) throw invalid(`Invalid Condition: '${first}' must begin with '$'.`) // inferred
  return matching(kind, first.slice(1), second)
}

const matching = (kind: 'eq' | 'starts-with', name: string, value: string): Condition => ({
  kind,
  field: name.toLowerCase(),
  value,
  shown: `[${JSON.stringify(kind)}, ${JSON.stringify(`$${name}`)}, ${JSON.stringify(value)}]`,
})

/** "Each form field that you specify in a form (except x-amz-signature, file, policy, and field names that have an x-ignore- prefix) must appear in the list of conditions." */
const exempt = new Set(['x-amz-signature', 'signature', 'awsaccesskeyid', 'file', 'policy', 'bucket'])

/** Bytes that the file may have. */
export interface SizeRange {
  least: number
  most: number
}

/** Holds a form against its policy. Returns the bounds of the file's size; throws AccessDenied. */
export function holdToPolicy(
  { expiration, conditions }: PostPolicy,
  fields: ReadonlyMap<string, PostField>,
  bucket: string,
  now: number,
): SizeRange {
  if (expiration <= now) throw against('Policy expired.')
  const named = new Set<string>()
  const range = { least: 0, most: Number.POSITIVE_INFINITY }
  for (const condition of conditions) {
    if (condition.kind === 'content-length-range') {
      range.least = Math.max(range.least, condition.least)
      range.most = Math.min(range.most, condition.most)
      continue
    }
    const { field, kind, value, shown } = condition
    named.add(field)
    const given = field === 'bucket' ? bucket : fields.get(field)?.value
    if (given === undefined || !holds(kind, field, given, value)) throw against(`Policy Condition failed: ${shown}`)
  }
  const extra = [...fields].filter(([name]) => !named.has(name) && !exempt.has(name) && !name.startsWith('x-ignore-'))
  if (extra.length > 0) throw against(`Extra input fields: ${extra.map(([, { name }]) => name).join(', ')}`)
  return range
}

/** A list in Content-Type is held to `starts-with` item by item. */
function holds(kind: 'eq' | 'starts-with', field: string, given: string, value: string): boolean {
  if (kind === 'eq') return given === value
  if (field !== 'content-type') return given.startsWith(value)
  return given.split(',').every((type) => type.trimStart().startsWith(value))
}

const invalid = (what: string) => new AwsError('InvalidPolicyDocument', `Invalid Policy: ${what}`, 400)
const against = (what: string) => new AwsError('AccessDenied', `Invalid according to Policy: ${what}`, 403)
