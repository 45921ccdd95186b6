import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { base32 } from './ids.ts'

/** An AWS managed policy's latest version. Dates are epoch seconds. */
export interface ManagedPolicy {
  readonly arn: string
  readonly name: string
  readonly path: string
  readonly id: string
  readonly versionId: string
  readonly createDate: number
  readonly updateDate: number
}

type Place = [offset: number, length: number, versionId: string, createDate: number, updateDate: number]

const generated = new URL('../../../generated/', import.meta.url)

/** ARN -> where its document lies; read at the first question (scripts/generate.ts writes it). */
let places: Map<string, Place> | undefined
const policies = new Map<string, ManagedPolicy>()
const texts = new Map<string, string>()

/** An AWS managed policy by its ARN; undefined when AWS has none of that name. */
export function managedPolicy(arn: string): ManagedPolicy | undefined {
  const known = policies.get(arn)
  if (known) return known
  const place = index().get(arn)
  if (!place) return undefined
  const [, , versionId, createDate, updateDate] = place
  const [, path = '/', name = ''] = /:policy(\/(?:.*\/)?)(.+)$/.exec(arn) ?? []
  const policy = Object.freeze({ arn, name, path, id: policyId(arn), versionId, createDate, updateDate })
  policies.set(arn, policy)
  return policy
}

/** The document of an AWS managed policy, laid out in four spaces as AWS returns it. */
export function managedPolicyText(arn: string): string | undefined {
  const known = texts.get(arn)
  if (known) return known
  const place = index().get(arn)
  if (!place) return undefined
  const text = JSON.stringify(JSON.parse(readPart(place[0], place[1])), null, 4)
  texts.set(arn, text)
  return text
}

/** ARNs of all AWS managed policies, sorted. */
export function managedPolicyArns(): string[] {
  return [...index().keys()]
}

function index(): Map<string, Place> {
  places ??= new Map(Object.entries((JSON.parse(readIndex()) as { policies: Record<string, Place> }).policies))
  return places
}

function readIndex(): string {
  try {
    return readFileSync(new URL('managed-policies.json', generated), 'utf8')
  } catch (error) {
    throw new Error('the AWS managed policies are not there: run `npm run generate`', { cause: error })
  }
}

function readPart(offset: number, length: number): string {
  const file = openSync(new URL('managed-policies.ndjson', generated), 'r')
  try {
    const bytes = Buffer.alloc(length)
    if (readSync(file, bytes, 0, length, offset) !== length) {
      throw new Error('`generated/managed-policies.ndjson` is cut short: delete `generated` and run `npm run generate`')
    }
    return bytes.toString('utf8')
  } finally {
    closeSync(file)
  }
}

/** inferred: AWS's own ids are not in the data; ours are made of the ARN, so that they never change. */
function policyId(arn: string): string {
  return `ANPA${base32(createHash('sha256').update(arn).digest('hex'), 17)}`
}
