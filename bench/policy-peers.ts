/**
 * Two peers, asked the same. They are installed here, when the benchmark runs, into a folder of the user's cache: neither is
 * a dependency, and the first is AGPL, so it is only ever run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { account, principal, statementsOf } from './policy-workloads.ts'
import type { Asked, Document, Statement, Workload } from './policy-workloads.ts'

const packages = { '@cloud-copilot/iam-simulate': '0.1.173', '@cedar-policy/cedar-wasm': '4.13.0' } as const
type Name = keyof typeof packages

export type Effect = 'allow' | 'explicit-deny' | 'implicit-deny'

/** Something that decides; `of` readies it for a workload as far as its interface lets it. */
export interface Peer {
  name: string
  /** What was called, and what was left to the caller. */
  how: string
  of(workload: Workload): (asked: Asked) => Effect | Promise<Effect>
}

/** Installs what is missing. Throws, with npm's words, when it cannot. */
export async function peers(): Promise<Peer[]> {
  const home = join(homedir(), '.cache', 'sallyport-bench')
  mkdirSync(home, { recursive: true })
  const missing = Object.entries(packages).filter(([name, version]) => versionIn(home, name) !== version)
  if (missing.length > 0) {
    const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
    const run = spawnSync('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', ...wanted], {
      encoding: 'utf8',
    })
    if (run.status !== 0) throw new Error(`npm could not install ${wanted.join(' and ')}: ${run.stderr ?? run.error}`)
  }
  return [await iamSimulate(home), cedar(home)]
}

function versionIn(home: string, name: string): string | undefined {
  const file = join(home, 'node_modules', name, 'package.json')
  return existsSync(file) ? (createRequire(file)(file) as { version: string }).version : undefined
}

const title = (name: Name) => `${name} ${packages[name]}`

// --- iam-simulate: its documented entry, with what it documents as its input

interface Simulate {
  runSimulation(simulation: object, options: object): Promise<{ overallResult?: string; errors?: unknown }>
}

async function iamSimulate(home: string): Promise<Peer> {
  const entry = createRequire(join(home, 'x.js')).resolve('@cloud-copilot/iam-simulate')
  const simulate = (await import(pathToFileURL(entry).href)) as Simulate
  const effects: Record<string, Effect> = {
    Allowed: 'allow',
    ExplicitlyDenied: 'explicit-deny',
    ImplicitlyDenied: 'implicit-deny',
  }
  return {
    name: title('@cloud-copilot/iam-simulate'),
    how: 'runSimulation, the public interface: it takes documents, and validates them each time',
    of({ identity, boundary, resource }) {
      const policies = {
        identityPolicies: identity.map((policy, at) => ({ name: `p${at}`, policy })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
        ...(resource && { resourcePolicy: resource }),
      }
      return async ({ action, resource: asked, context }) => {
        const request = {
          principal: principal.arn,
          action,
          resource: { resource: asked, accountId: account },
          contextVariables: context,
        }
        const { overallResult, errors } = await simulate.runSimulation({ request, ...policies }, {})
        const effect = effects[overallResult ?? '']
        if (!effect) throw new Error(`iam-simulate: ${overallResult} ${JSON.stringify(errors)}`)
        return effect
      }
    },
  }
}

// --- Cedar: the statements as Cedar policies, parsed once; one question a layer, as Cedar knows no layers

interface Cedar {
  preparsePolicySet(id: string, policies: { staticPolicies: string }): { type: string; errors?: unknown }
  statefulIsAuthorized(call: object): {
    type: string
    response?: { decision: 'allow' | 'deny'; diagnostics: { reason: string[]; errors: unknown[] } }
  }
}

function cedar(home: string): Peer {
  const wasm = createRequire(join(home, 'x.js'))('@cedar-policy/cedar-wasm/nodejs') as Cedar
  const entity = (type: string, id: string) => ({ type, id })
  return {
    name: title('@cedar-policy/cedar-wasm'),
    how: 'statefulIsAuthorized, policies parsed beforehand; variables of resources put in beforehand, too',
    of({ name, identity, boundary, resource }) {
      const layers = [identity, ...(boundary ? [[boundary]] : []), ...(resource ? [[resource]] : [])]
      const ids = layers.map((documents, at) => {
        const id = `${name}-${at}`
        const answer = wasm.preparsePolicySet(id, { staticPolicies: cedarText(documents) })
        if (answer.type !== 'success') throw new Error(`cedar: ${JSON.stringify(answer.errors)}`)
        return id
      })
      return ({ action, resource: asked, context }) => {
        const question = {
          principal: entity('Role', principal.arn),
          action: entity('Action', 'call'),
          resource: entity('Resource', asked),
          context: { ...context, action: action.toLowerCase(), resource: asked },
          entities: [],
        }
        let effect: Effect = 'allow'
        for (const preparsedPolicySetId of ids) {
          const { response } = wasm.statefulIsAuthorized({ ...question, preparsedPolicySetId })
          if (!response || response.diagnostics.errors.length > 0) throw new Error(`cedar: ${JSON.stringify(response)}`)
          if (response.decision === 'allow') continue
          if (response.diagnostics.reason.length > 0) return 'explicit-deny'
          effect = 'implicit-deny'
        }
        return effect
      }
    },
  }
}

function cedarText(documents: readonly Document[]): string {
  return documents.flatMap(statementsOf).map(cedarPolicy).join('\n')
}

/** The caller's principals all match, in these workloads, so Principal says nothing here. */
function cedarPolicy(statement: Statement): string {
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {} } = statement
  const actions = anyLike(
    'context.action',
    list(Action ?? NotAction).map((name) => name.toLowerCase()),
  )
  const tests = [
    NotAction ? `!(${actions})` : actions,
    NotResource ? `!(${anyLike('context.resource', list(NotResource))})` : anyLike('context.resource', list(Resource)),
    ...Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => cedarCondition(operator, key, list(values))),
    ),
  ]
  return `${Effect === 'Allow' ? 'permit' : 'forbid'} (principal, action, resource) when { ${tests.map((test) => `(${test})`).join(' && ')} };`
}

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

function resolved(pattern: string): string {
  return pattern.replaceAll('${aws:PrincipalAccount}', account).replaceAll('${aws:PrincipalTag/team}', 'vision')
}

function anyLike(what: string, patterns: readonly string[]): string {
  if (patterns.includes('*')) return 'true'
  return patterns.map((pattern) => `${what} like ${JSON.stringify(resolved(pattern))}`).join(' || ')
}

function cedarCondition(operator: string, key: string, values: readonly string[]): string {
  const name = JSON.stringify(key)
  const has = `context has ${name}`
  const value = `context[${name}]`
  const any = (test: (wanted: string) => string) =>
    values.map((wanted) => test(JSON.stringify(resolved(wanted)))).join(' || ')
  if (operator === 'Null') return values.includes('true') ? `!(${has})` : has
  const [, set, base, ifExists] = /^(?:(ForA\w+):)?(.*?)(IfExists)?$/.exec(operator)!
  const negated = base!.includes('Not')
  const test = {
    StringEquals: () => any((wanted) => `${value} == ${wanted}`),
    StringLike: () => any((wanted) => `${value} like ${wanted}`),
    ArnLike: () => any((wanted) => `${value} like ${wanted}`),
    ArnEquals: () => any((wanted) => `${value} like ${wanted}`),
    // Cedar does not fold case; these values have but the two cases that the policies write.
    StringEqualsIgnoreCase: () => any((wanted) => `${value} == ${wanted} || ${value} == ${wanted.toLowerCase()}`),
    Bool: () => any((wanted) => `${value} == ${wanted}`),
    IpAddress: () => any((wanted) => `ip(${value}).isInRange(ip(${wanted}))`),
    DateGreaterThan: () => any((wanted) => `datetime(${value}) > datetime(${wanted})`),
  }[base!.replace('Not', '')]
  if (!test) throw new Error(`cedar: ${operator} is not translated`)
  const absent = set === 'ForAllValues' || (!set && (negated || ifExists))
  const holds = negated ? `!(${test()})` : test()
  return absent ? `!(${has}) || (${holds})` : `${has} && (${holds})`
}
