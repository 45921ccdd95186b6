/**
 * What a decision costs among 100,000 roles, in a store on disk, with five policies each: four customer-managed ones out of
 * 1,000 and an inline one that no other role has. Beside it the same with 10 roles.
 *
 * - ten: the same ten roles, among 10 and among 100,000: whether a decision knows how many others there are;
 * - warm: a working set (`--working-set`, 1,000 roles) asked in random order, which the processor's caches no longer hold. Each asks eight kinds of questions, its own, on
 *   ever other resources, and has asked each before;
 * - cold: roles of whom nothing was asked yet, read from SQLite, compiled and asked for the first time;
 * - any: all roles in random order, more than any cache holds.
 *
 * A decision here is `policiesOf` and `evaluate`, as the door does them. By CPU time of this process.
 * Run: `node --expose-gc bench/roles.ts`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Caller } from '../src/door/call.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import type { Principal } from '../src/policy/types.ts'
import { keyOf, kindOf, POLICIES } from '../src/services/iam/entities.ts'
import type { Policy, Role } from '../src/services/iam/entities.ts'
import { policiesOf } from '../src/services/iam/policies-of.ts'
import { openStore } from '../src/store/sqlite.ts'
import type { Store } from '../src/store/store.ts'
import { machine, median } from './support.ts'

const { values } = parseArgs({
  options: { roles: { type: 'string', default: '100000' }, 'working-set': { type: 'string', default: '1000' } },
})
const account = '123456789012'
const POOL = 1000
const services = ['s3', 'sagemaker', 'ecr', 'logs', 'dynamodb', 'sqs', 'sns', 'lambda', 'glue', 'athena']
const verbs = ['Get', 'Put', 'List', 'Describe', 'Create', 'Delete', 'Update', 'Tag']
const name = (at: number) => `role-${at}`
const arnOf = (type: string, id: string) => `arn:aws:iam::${account}:${type}/${id}`
const entityId = (at: number) => `AROA${String(at).padStart(16, '0')}`

/** Three statements of ten actions, one with a condition: about 1 KB. */
function document(seed: number): string {
  const Statement = [0, 1, 2].map((at) => {
    const service = services[(seed + at * 3) % services.length]!
    return {
      Effect: at === 2 && seed % 5 === 0 ? 'Deny' : 'Allow',
      Action: Array.from(
        { length: 10 },
        (_, k) => `${service}:${verbs[(seed + k) % verbs.length]}Thing${(seed + k) % 20}`,
      ),
      Resource: at === 0 ? '*' : `arn:aws:${service}:us-east-1:${account}:thing/${seed % 50}-*`,
      ...(at === 1 && { Condition: { StringEquals: { 'aws:SourceVpce': [`vpce-${seed}`, 'vpce-1'] } } }),
    }
  })
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

function fill(store: Store, roles: number): void {
  const base = { account, path: '/', createDate: 0, tags: [] }
  store.transaction(() => {
    for (let at = 0; at < POOL; at++) {
      const policy: Policy = {
        ...base,
        name: `policy-${at}`,
        id: `ANPA${at}`,
        arn: arnOf('policy', `policy-${at}`),
        updateDate: 0,
        defaultVersionId: 'v1',
        versions: [{ id: 'v1', text: document(at), createDate: 0 }],
        lastVersion: 1,
      }
      store.put(POLICIES, keyOf(account, policy.name), policy)
    }
  })
  for (let from = 0; from < roles; from += 10_000) {
    store.transaction(() => {
      for (let at = from; at < Math.min(roles, from + 10_000); at++)
        store.put(kindOf('role'), keyOf(account, name(at)), role(at))
    })
  }

  function role(at: number): Role {
    return {
      ...base,
      type: 'role',
      name: name(at),
      id: entityId(at),
      arn: arnOf('role', name(at)),
      inline: [{ name: 'own', text: document(POOL + at) }],
      attached: [0, 1, 2, 3].map((k) => arnOf('policy', `policy-${(at * 7 + k * 251) % POOL}`)),
      maxSessionDuration: 3600,
      trust: { text: '{}', principals: {} },
    }
  }
}

function callerOf(at: number): Caller & Principal {
  return {
    kind: 'role-session',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name(at)}/session`,
    principalArn: arnOf('role', name(at)),
    userId: `${entityId(at)}:session`,
    entityId: entityId(at),
    name: name(at),
    tags: {},
  }
}

let sink = 0
const context = (key: string) => (key === 'aws:sourcevpce' ? 'vpce-1' : undefined)

function decide(store: Store, caller: Caller & Principal, question: number, at: number): void {
  const service = services[question % services.length]!
  const action = `${service}:${verbs[question % verbs.length]}Thing${question % 20}`
  const resource = `arn:aws:${service}:us-east-1:${account}:thing/${question % 50}-${at}`
  const request = { principal: caller, action, resource, resourceAccount: account, context }
  if (evaluate(request, policiesOf(store, caller)).effect === 'allow') sink++
}

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Nanoseconds a decision; `next` says which of the callers asks. */
function measure(store: Store, callers: readonly (Caller & Principal)[], count: number, next: (at: number) => number) {
  const start = cpu()
  for (let at = 0; at < count; at++) {
    const who = next(at)
    decide(store, callers[who]!, who * 11 + (at & 7), at)
  }
  return ((cpu() - start) * 1e6) / count
}

/** A walk over all of `size` in an order that looks random, the same each time. */
const shuffled = (size: number) => (at: number) => (at * 7919 + ((at * at) % 104_729)) % size

function heap(): number {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function run(roles: number, workingSet: number) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const store = openStore(join(folder, 'store.sqlite'))
  fill(store, roles)
  const all = Array.from({ length: roles }, (_, at) => callerOf(shuffled(roles)(at)))
  const working = all.slice(0, Math.min(workingSet, roles))
  const before = heap()
  const cold = measure(store, working, working.length, (at) => at)
  // Each asks each of its questions, and the code grows warm.
  measure(store, working, Math.max(8 * working.length, 100_000), (at) => (at >> 3) % working.length)
  const warmed = (callers: typeof all) =>
    median(Array.from({ length: 7 }, () => measure(store, callers, 300_000, shuffled(callers.length))))
  const warm = warmed(working)
  const ten = warmed(working.slice(0, 10))
  const afterWarm = heap() - before
  const any = measure(store, all, 2 * Math.max(roles, 50_000), shuffled(roles))
  const afterAny = heap() - before
  store.close()
  rmSync(folder, { recursive: true })
  return { cold, warm, ten, any, afterWarm, afterAny, rss: process.memoryUsage().rss / 1024 / 1024 }
}

const roles = Number(values.roles)
const workingSet = Number(values['working-set'])
// The code shall be warm before either is measured.
run(10, 10)
const few = run(10, 10)
const many = run(roles, workingSet)
const show = (what: string, a: number, b: number, unit: string, digits = 0) =>
  console.log(`| ${what} | ${a.toFixed(digits)} ${unit} | ${b.toFixed(digits)} ${unit} | ${(b / a).toFixed(2)} |`)
console.log(`# Decisions among ${roles.toLocaleString('en-US')} roles\n`)
console.log(
  `\`node --expose-gc bench/roles.ts\` on ${machine()}; five policies each, working set ${workingSet} roles.\n`,
)
console.log(`| | 10 roles | ${roles.toLocaleString('en-US')} roles | ratio |\n|---|---:|---:|---:|`)
show('warm decision, ten roles in random order', few.ten, many.ten, 'ns')
show('warm decision, working set in random order', few.warm, many.warm, 'ns')
show('first decision of a role (read, compiled, asked)', few.cold / 1000, many.cold / 1000, 'µs', 1)
show('decision, all roles in random order', few.any, many.any, 'ns')
show('heap grown by the working set', few.afterWarm, many.afterWarm, 'MB', 1)
show('heap grown by all roles', few.afterAny, many.afterAny, 'MB', 1)
console.log(`\nResident at the end: ${many.rss.toFixed(0)} MB.`)
if (sink === 0) throw new Error('nothing was allowed')
