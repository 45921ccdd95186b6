/**
 * One step of the fuzzing of the engine: a world of policies and requests, all of it made from two numbers, so that a finding
 * is repeated by its numbers. Looked for:
 *
 * - a crash: `compile` may throw PolicySyntaxError, nothing else may throw at all, and `evaluate` may not swallow an error;
 * - a hang: no single operation takes longer than 50 ms, measured again three times before it counts;
 * - a difference: the naive interpreter decides otherwise, or for other reasons.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  compile,
  denialSentence,
  evaluate,
  lint,
  nearMisses,
  PolicySyntaxError,
  suggest,
} from '../../src/policy/policy.ts'
import type { CompiledPolicy, Grammar, PolicySet, PolicyType } from '../../src/policy/policy.ts'
import { asCorpusCase, compileAny, compileSources, difference, requestOf } from './differ.ts'
import { hostileText } from './hostile.ts'
import type { Doc, Sources } from './naive.ts'
import { randomOf } from './random.ts'
import type { Random } from './random.ts'
import { documentsOf, globWorld, hugeWorld, randomWorld } from './worlds.ts'
import type { World } from './worlds.ts'

/** Milliseconds that one operation may take. */
export const HANG = 50

export interface Tally {
  /** Documents compiled or refused. */
  documents: number
  refused: number
  /** Of the documents, the texts bent on purpose; they are refused mostly. */
  hostile: number
  requests: number
  /** Requests by their outcome. */
  outcomes: Record<string, number>
  /** The longest single operation in milliseconds, by kind. */
  slowest: Record<string, number>
}

export interface Finding {
  kind: 'crash' | 'hang' | 'difference'
  /** Which world: repeat it with `--seed SEED --only NUMBER`. */
  seed: number
  number: number
  what: unknown
}

export function emptyTally(): Tally {
  return { documents: 0, refused: 0, hostile: 0, requests: 0, outcomes: {}, slowest: {} }
}

/** A thrown finding: it ends the world in which it was found. */
class Found extends Error {
  readonly kind: Finding['kind']
  readonly what: unknown

  constructor(kind: Finding['kind'], what: unknown) {
    super(kind)
    this.kind = kind
    this.what = what
  }
}

const REQUESTS = 16

/** Plays the world `number` of a seed. Adds to the tally; returns what it found. */
export function fuzzWorld(seed: number, number: number, tally: Tally): Finding | undefined {
  const random = randomOf(seed, number)
  try {
    const huge = number % 1000 === 999
    const world = huge
      ? hugeWorld(random)
      : number % 10 === 7
        ? globWorld(random, REQUESTS)
        : randomWorld(random, REQUESTS)
    if (!huge) for (const doc of documentsOf(world.sources)) fuzzText(random, doc, tally)
    fuzzRequests(random, world, tally, huge, `seed ${seed}, world ${number}`)
    return undefined
  } catch (error) {
    if (error instanceof Found) return { kind: error.kind, seed, number, what: error.what }
    return { kind: 'crash', seed, number, what: error instanceof Error ? error.stack : String(error) }
  }
}

/** Milliseconds by the clock after which an operation is looked at more closely. */
const SUSPECT = 10

/**
 * Runs it. If it took long by the clock, it is run up to three times more and the least of what the thread really worked
 * counts: neither another program's turn on the processor nor a collection of garbage comes back each time.
 */
function timed<T>(tally: Tally, kind: string, work: () => T, describe: () => object): T {
  const start = performance.now()
  const result = work()
  let took = performance.now() - start
  for (let again = 0; again < 3 && took > SUSPECT; again++) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    took = Math.min(took, (user + system) / 1000)
  }
  if (took > (tally.slowest[kind] ?? 0)) tally.slowest[kind] = took
  if (took > HANG) throw new Found('hang', { operation: kind, milliseconds: took, ...describe() })
  return result
}

const refused = Symbol('refused')

function tryCompile(tally: Tally, make: () => CompiledPolicy, describe: () => object): CompiledPolicy | typeof refused {
  tally.documents++
  try {
    return timed(tally, 'compile', make, describe)
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    tally.refused++
    return refused
  }
}

/** The sources without what AWS would not store, and the others compiled. */
function storedOf(sources: Sources, tally: Tally): { kept: Sources; set: PolicySet } {
  const compiled = new Map<Doc, CompiledPolicy>()
  const stored = (type: PolicyType) => (doc: Doc) => {
    const id = `${type} ${compiled.size}`
    const policy = tryCompile(
      tally,
      () => compileAny(doc, type, id),
      () => ({ type, doc }),
    )
    if (policy !== refused) compiled.set(doc, policy)
    return policy !== refused
  }
  const { identity, boundary, session, resource, resourceType = 'resource', endpoint, scp, rcp, ...rest } = sources
  const kept: Sources = {
    ...rest,
    resourceType,
    identity: identity.filter(stored('identity')),
    ...(boundary && stored('boundary')(boundary) && { boundary }),
    ...(session && { session: session.filter(stored('session')) }),
    ...(resource && stored(resourceType)(resource) && { resource }),
    ...(endpoint && stored('endpoint')(endpoint) && { endpoint }),
    ...(scp && { scp: scp.map((docs) => docs.filter(stored('scp'))) }),
    ...(rcp && { rcp: rcp.map((docs) => docs.filter(stored('rcp'))) }),
  }
  return { kept, set: compileSources(kept, (doc) => compiled.get(doc)!) }
}

/** How large a world may be for the naive interpreter, in characters of policy times characters of request. */
const NAIVE_LIMIT = 20_000_000

function fuzzRequests(
  random: Random,
  { sources: made, asked }: World,
  tally: Tally,
  huge: boolean,
  origin: string,
): void {
  const { kept: sources, set } = storedOf(made, tally)
  const weight = huge ? JSON.stringify(sources).length : 0
  for (const one of asked) {
    tally.requests++
    const request = requestOf(one)
    const describe = () => ({ asked: one, sources })
    const decision = timed(tally, 'evaluate', () => evaluate(request, set), describe)
    const outcome = `${decision.effect} ${decision.decidedBy}`
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1
    if (!huge || weight * JSON.stringify(one).length < NAIVE_LIMIT) {
      if (difference(one, sources, set, decision)) throw new Found('difference', asCorpusCase(one, sources, origin))
    } else if (decision.decidedBy === 'none') throw new Found('crash', describe())
    if (decision.effect === 'allow' || !(huge || random.chance(0.2))) continue
    timed(tally, 'nearMisses', () => nearMisses(request, set, decision), describe)
    timed(tally, 'suggest', () => suggest(request, decision), describe)
    timed(tally, 'denialSentence', () => denialSentence(request, decision), describe)
  }
}

const grammars: readonly Grammar[] = ['identity', 'trust', 'resource', 'endpoint', 'scp', 'rcp']

/** A document's text, bent. What compiles must mean what JSON.parse reads, and nothing compiles that it cannot read. */
function fuzzText(random: Random, doc: Doc, tally: Tally): void {
  const text = hostileText(random, JSON.stringify(doc))
  const grammar = random.pick(grammars)
  const describe = () => ({ text: text.slice(0, 2000), grammar })
  tally.hostile++
  const policy = tryCompile(tally, () => compile(text, { id: 'bent', grammar }), describe)
  if (random.chance(0.1)) timed(tally, 'lint', () => lint(text, { type: grammar }), describe)
  if (policy === refused) return
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw new Found('difference', { ...describe(), engine: 'compiles', naive: 'is no JSON' })
  }
  // Escapes let in what the text itself may not hold; 1e999 is a number that JSON cannot write again.
  const written = JSON.stringify(read, (_key, value: unknown) =>
    value === Infinity || value === -Infinity ? String(value) : value,
  ).replace(/[^\x20-\xff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const again = compile(written, { id: 'bent', grammar })
  if (!isDeepStrictEqual(statementsOf(again), statementsOf(policy)))
    throw new Found('difference', { ...describe(), engine: statementsOf(policy), naive: statementsOf(again) })
}

function statementsOf({ statements }: CompiledPolicy) {
  return statements.map(({ index, sid, effect }) => ({ index, sid, effect }))
}
