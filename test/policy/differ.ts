/** The engine beside the naive interpreter: where do they differ, and what is the least that shows it? */
import { isDeepStrictEqual } from 'node:util'
import { compileGrant } from '../../src/policy/grant.ts'
import { compile, evaluate, PolicySyntaxError } from '../../src/policy/policy.ts'
import type { CompiledPolicy, Decision, PolicySet, PolicyType } from '../../src/policy/policy.ts'
import { explainNaively, nameOf } from './naive.ts'
import type { Doc, Sources } from './naive.ts'
import { contextOf, grammarOf } from './worlds.ts'
import type { Asked } from './worlds.ts'

/** Under such an id IAM's own rules do not apply, as they do not to AWS's policies; structure and grammar still do. */
const LOOSE = 'arn:aws:iam::aws:policy/'

/** Compiles as IAM would store it, else as AWS itself might. Throws PolicySyntaxError where neither does. */
export function compileAny(doc: Doc, type: PolicyType, id: string): CompiledPolicy {
  const grammar = grammarOf[type]
  if (grammar !== 'identity') return compile(doc, { id, grammar })
  try {
    return compile(doc, { id, grammar })
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    return compile(doc, { id: LOOSE + id, managed: true, grammar })
  }
}

let made = 0

/** Compiles every document under an id of its own. Throws PolicySyntaxError. */
export function compileSources(
  sources: Sources,
  make = (doc: Doc, type: PolicyType) => compileAny(doc, type, `inline:${made++}`),
): PolicySet {
  const {
    identity,
    boundary,
    session,
    resource,
    resourceType = 'resource',
    endpoint,
    scp,
    rcp,
    grants,
    ...rest
  } = sources
  const all = (docs: Doc[], type: PolicyType) => docs.map((doc) => make(doc, type))
  return {
    ...rest,
    resourceType,
    identity: all(identity, 'identity'),
    ...(boundary && { boundary: make(boundary, 'boundary') }),
    ...(session && { session: all(session, 'session') }),
    ...(resource && { resource: make(resource, resourceType) }),
    ...(grants && { grants: grants.map((grant) => compileGrant({ id: `grant:${made++}`, ...grant })) }),
    ...(endpoint && { endpoint: make(endpoint, 'endpoint') }),
    ...(scp && { scp: scp.map((docs) => all(docs, 'scp')) }),
    ...(rcp && { rcp: rcp.map((docs) => all(docs, 'rcp')) }),
  }
}

export function requestOf({ values, ...asked }: Asked) {
  return { ...asked, context: contextOf(values) }
}

const named = new WeakMap<PolicySet, Map<string, string>>()

/** The policies of a set by id, under the names that the naive interpreter gives them. */
function namesIn(set: PolicySet): Map<string, string> {
  const known = named.get(set)
  if (known) return known
  const { resourceType = 'resource' } = set
  const names = new Map<string, string>()
  named.set(set, names)
  const add = (type: PolicyType, policies: readonly CompiledPolicy[] = [], ...place: number[]) => {
    for (const [at, { id }] of policies.entries()) names.set(id, nameOf(type, ...place, at))
  }
  const one = (policy: CompiledPolicy | undefined) => (policy ? [policy] : [])
  add('identity', set.identity)
  add('boundary', one(set.boundary))
  add('session', set.session)
  add(resourceType, one(set.resource))
  add('endpoint', one(set.endpoint))
  for (const [at, { id }] of (set.grants ?? []).entries()) names.set(id, nameOf('grant', at))
  for (const [level, policies] of (set.scp ?? []).entries()) add('scp', policies, level)
  for (const [level, policies] of (set.rcp ?? []).entries()) add('rcp', policies, level)
  return names
}

/** What both must agree on: the verdict, who is named for it, and of each layer the verdict and the statements that matched. */
function essence({ effect, decidedBy, layers }: Decision, names: Map<string, string>) {
  return {
    effect,
    decidedBy,
    layers: layers.map(({ type, effect: said, matched, level }) => ({
      type,
      effect: said,
      ...(level !== undefined && { level }),
      matched: matched
        .map(({ policy, index }) =>
          policy.startsWith('grant:') ? names.get(policy)! : `${names.get(policy)} #${index}`,
        )
        .sort(),
    })),
  }
}

export interface Difference {
  engine: unknown
  naive: unknown
}

export function difference(
  asked: Asked,
  sources: Sources,
  set: PolicySet,
  decision?: Decision,
): Difference | undefined {
  const request = requestOf(asked)
  const engine = essence(decision ?? evaluate(request, set), namesIn(set))
  const naive = explainNaively(request, sources)
  if (engine.effect === naive.effect && engine.decidedBy === naive.decidedBy) {
    for (const layer of naive.layers) layer.matched.sort()
    if (isDeepStrictEqual(engine, naive)) return undefined
  }
  return { engine, naive }
}

// --- shrinking

/** How often `shrink` tries: readable is small enough. */
const TRIES = 10_000

/**
 * Makes a finding smaller as long as it stays one: first by whole members, then by pieces of texts. `holds` may throw: then
 * it does not.
 */
export function shrink<T>(finding: T, holds: (smaller: T) => boolean): T {
  let tries = 0
  const still = (candidate: T) => {
    try {
      return tries++ < TRIES && holds(candidate)
    } catch {
      return false
    }
  }
  let best = finding
  for (const texts of [false, true]) {
    for (let again = true; again;) {
      again = false
      for (const candidate of smaller(best, texts)) {
        if (!still(candidate as T)) continue
        best = candidate as T
        again = true
        break
      }
    }
  }
  return best
}

/** Values that are a little less than the given one: without a part, or with a part that is less. */
function* smaller(value: unknown, texts: boolean): Generator {
  if (typeof value === 'string') {
    const { length } = value
    for (let size = texts ? length >> 1 : 0; size > 0; size >>= 1) {
      for (let at = 0; at + size <= length; at += size) yield value.slice(0, at) + value.slice(at + size)
    }
  } else if (Array.isArray(value)) {
    if (value.length > 3) yield* [value.slice(value.length >> 1), value.slice(0, value.length >> 1)]
    for (const at of value.keys()) yield value.toSpliced(at, 1)
    for (const [at, item] of value.entries()) for (const less of smaller(item, texts)) yield value.with(at, less)
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      const { [key]: _without, ...rest } = value as Record<string, unknown>
      yield rest
    }
    for (const [key, item] of Object.entries(value))
      for (const less of smaller(item, texts)) yield { ...value, [key]: less }
  }
}

/** The least world that shows a difference, as a case for `corpus/policy/cases`: what it expects is the naive reading. */
export function asCorpusCase(asked: Asked, sources: Sources, origin: string): object {
  const least = shrink({ asked, sources }, (smallerOne) => {
    // Documents of the least world are still documents that compile, and the caller is left whole.
    if (!isDeepStrictEqual(smallerOne.asked.principal, asked.principal)) return false
    if (!smallerOne.asked.action || typeof smallerOne.asked.resource !== 'string') return false
    if (smallerOne.asked.resourceAccount !== asked.resourceAccount || !smallerOne.asked.values) return false
    return difference(smallerOne.asked, smallerOne.sources, compileSources(smallerOne.sources)) !== undefined
  })
  const { values, ...request } = least.asked
  const found = difference(least.asked, least.sources, compileSources(least.sources))!
  const { effect, decidedBy } = found.naive as Decision
  return {
    name: origin,
    source: 'the naive interpreter',
    ...request,
    context: values,
    policies: least.sources,
    expect: { effect, decidedBy },
    found,
  }
}
