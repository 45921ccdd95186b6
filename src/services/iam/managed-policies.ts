import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
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

/** `generated/managed-policy-history.json`, which scripts/generate.ts writes. Versions are in their order, the latest last. */
export interface PolicyHistoryIndex {
  readonly source: string
  readonly policies: Record<string, [offset: number, length: number, versions: [id: string, createDate: number][]]>
}

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
  const text = laidOut(readPart('managed-policies.ndjson', place[0], place[1]).toString('utf8'))
  texts.set(arn, text)
  return text
}

/** All versions of an AWS managed policy, oldest first; dates are epoch seconds. */
export function managedPolicyVersions(arn: string): readonly { id: string; createDate: number }[] {
  return (historyIndex()[arn]?.[2] ?? []).map(([id, createDate]) => ({ id, createDate }))
}

/** A version's document; undefined when the policy has none by that id. */
export function managedPolicyVersionText(arn: string, versionId: string): string | undefined {
  const policy = managedPolicy(arn)
  if (policy?.versionId === versionId) return managedPolicyText(arn)
  const [offset, length, versions] = historyIndex()[arn] ?? []
  const line = versions?.filter(([id]) => id !== policy?.versionId).findIndex(([id]) => id === versionId) ?? -1
  if (offset === undefined || length === undefined || line === -1) return undefined
  const past = zstdDecompressSync(readPart('managed-policy-history.zst', offset, length))
    .toString('utf8')
    .split('\n')
  return laidOut(past[line]!)
}

/** ARNs of all AWS managed policies, sorted. */
export function managedPolicyArns(): string[] {
  return [...index().keys()]
}

function laidOut(document: string): string {
  return JSON.stringify(JSON.parse(document), null, 4)
}

function index(): Map<string, Place> {
  places ??= new Map(Object.entries(readIndex<Record<string, Place>>('managed-policies.json')))
  return places
}

/** Read at the first question about a version, which few servers ever hear. */
let history: PolicyHistoryIndex['policies'] | undefined

function historyIndex(): PolicyHistoryIndex['policies'] {
  return (history ??= readIndex<PolicyHistoryIndex['policies']>('managed-policy-history.json'))
}

function readIndex<P>(name: string): P {
  try {
    return (JSON.parse(readFileSync(new URL(name, generated), 'utf8')) as { policies: P }).policies
  } catch (error) {
    throw new Error('the AWS managed policies are not there: run `npm run generate`', { cause: error })
  }
}

function readPart(name: string, offset: number, length: number): Buffer {
  const file = openSync(new URL(name, generated), 'r')
  try {
    const bytes = Buffer.alloc(length)
    if (readSync(file, bytes, 0, length, offset) !== length) {
      throw new Error(`\`generated/${name}\` is cut short: delete \`generated\` and run \`npm run generate\``)
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

/** inferred: AWS's own ids are not in the data; ours are made of the ARN, so that they never change. */
function policyId(arn: string): string {
  return `ANPA${base32(createHash('sha256').update(arn).digest('hex'), 17)}`
}
