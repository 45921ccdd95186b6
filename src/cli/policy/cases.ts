import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { colour } from '../colour.ts'
import { compile, compileGrant, denialSentence, evaluate } from '../../policy/policy.ts'
import type { CompiledPolicy, ContextValues, Grammar, Grant, PolicySet, Principal } from '../../policy/policy.ts'
import { exitCode } from '../exit-code.ts'
import { UsageError } from '../failure.ts'

/** A document; a document with the id that it goes by; or a file of documents with texts replaced. */
type Entry = { id: string; document: object } | { file: string; replace?: Record<string, string> } | object

/** One case of corpus/policy/cases (corpus/policy/README.md). */
interface Case {
  name: string
  source: string
  principal: Principal
  action: string
  resource: string
  resourceAccount: string
  context: ContextValues
  policies: Pick<PolicySet, 'resourceType' | 'resourceRequired'> & {
    identity: Entry[]
    boundary?: Entry
    session?: Entry[]
    resource?: Entry
    grants?: Omit<Grant, 'id'>[]
    endpoint?: Entry
    scp?: Entry[][]
    rcp?: Entry[][]
  }
  expect: { effect: string; decidedBy: string; missing?: string[]; sentence?: string }
}

const KNOWN = new Set([
  'identity',
  'boundary',
  'session',
  'resource',
  'resourceType',
  'resourceRequired',
  'grants',
  'endpoint',
  'scp',
  'rcp',
])

interface Outcome {
  readonly file: string
  readonly name: string
  readonly source: string
  readonly passed: boolean
  readonly expected: Case['expect']
  readonly actual: Record<string, unknown>
}

/** `policy evaluate --case`: exit code 2 when an expectation is unmet. */
export function casesCommand(path: string, format: 'pretty' | 'json'): number {
  const files = caseFiles(path)
  const outcomes = files.flatMap((file) => readCases(file).map((one) => run(file, one)))
  if (outcomes.length === 0) throw new UsageError(`${path} has no cases`)
  process.stdout.write(format === 'json' ? `${JSON.stringify(outcomes, null, 2)}\n` : pretty(outcomes))
  return outcomes.every(({ passed }) => passed) ? exitCode.ok : exitCode.denied
}

function caseFiles(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`no such file or folder: ${path}`)
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name))
}

function readCases(file: string): Case[] {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
  if (!Array.isArray(json)) throw new UsageError(`${file} is no list of cases`)
  return json as Case[]
}

function run(file: string, one: Case): Outcome {
  const { name, source, policies, expect, context, principal, action, resource, resourceAccount } = one
  const unknown = Object.keys(policies).find((key) => !KNOWN.has(key))
  if (unknown) throw new UsageError(`${file}: ${name}: no such layer: ${unknown}`)
  const request = { principal, action, resource, resourceAccount, context: (key: string) => context[key] }
  const decision = evaluate(request, policySet(policies, file))
  const { effect, decidedBy, missing } = decision
  const all: Record<string, unknown> = { effect, decidedBy, missing, sentence: denialSentence(request, decision) }
  const actual = Object.fromEntries(Object.keys(expect).map((key) => [key, all[key]]))
  const passed = JSON.stringify(actual) === JSON.stringify(expect)
  return { file, name, source, passed, expected: expect, actual }
}

function policySet(policies: Case['policies'], file: string): PolicySet {
  const { identity, boundary, session, resource, grants, endpoint, scp, rcp, ...rest } = policies
  const one = (entry: Entry, grammar: Grammar) => compileEntry(entry, grammar, file)
  const levels = (entries: Entry[][], grammar: Grammar) =>
    entries.map((level) => level.map((entry) => one(entry, grammar)))
  return {
    ...rest,
    identity: identity.map((entry) => one(entry, 'identity')),
    ...(boundary && { boundary: one(boundary, 'identity') }),
    ...(session && { session: session.map((entry) => one(entry, 'identity')) }),
    ...(resource && { resource: one(resource, rest.resourceType ?? 'resource') }),
    ...(grants && { grants: grants.map((grant) => compileGrant({ id: 'grant:case', ...grant })) }),
    ...(endpoint && { endpoint: one(endpoint, 'endpoint') }),
    ...(scp && { scp: levels(scp, 'scp') }),
    ...(rcp && { rcp: levels(rcp, 'rcp') }),
  }
}

function compileEntry(entry: Entry, grammar: Grammar, file: string): CompiledPolicy {
  const id = 'id' in entry ? entry.id : 'inline:case'
  const source = 'file' in entry ? documentText(entry, file) : 'document' in entry ? entry.document : entry
  return compile(source, { id, managed: id.startsWith('arn:'), grammar })
}

/** Beside the file of cases, or beside its folder. */
function documentText({ file: name, replace = {} }: { file: string; replace?: Record<string, string> }, file: string) {
  const places = [dirname(file), join(dirname(file), '..')].map((folder) => join(folder, name))
  const found = places.find((place) => existsSync(place))
  if (!found) throw new UsageError(`${file}: no such document: ${name}`)
  let text = readFileSync(found, 'utf8')
  for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to)
  return text
}

function pretty(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ passed }) => !passed)
  const lines = failed.flatMap(({ file, name, source, expected, actual }) => [
    `${colour.red('✘')} ${name}  ${colour.dim(file)}`,
    colour.dim(`    ${source}`),
    ...Object.entries(expected)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(actual[key]))
      .map(([key, value]) => `    ${key}: expected ${JSON.stringify(value)}, was ${JSON.stringify(actual[key])}`),
  ])
  const passed = outcomes.length - failed.length
  const summary = `${passed} of ${outcomes.length} cases pass`
  return `${[...lines, failed.length === 0 ? colour.green(summary) : colour.red(summary)].join('\n')}\n`
}
