/**
 * Decisions per second of one core on the workloads of policy-workloads.ts, with the whole record of each decision and a
 * context that is worked out key by key; the time of a single decision; compiling; and two peers on the same questions.
 * Rates are by CPU time of this process, all of its threads: a machine that gives it less time does not lower them. One that
 * shares its cores with others does, by half: so each run stands between two probes of the core, and what is given first is
 * the median of those runs that had the core to themselves; the median of all, and the best, stand beside it.
 *
 * Each workload has a process of its own, as what the compiler learns from one is not to count for or against another.
 *
 * Run: `node bench/policy.ts` (`--without-peers`: offline; `--only c`).
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { evaluate } from '../src/policy/evaluate.ts'
import { compile } from '../src/policy/compile.ts'
import { nearMisses } from '../src/policy/explain.ts'
import { denialSentence } from '../src/policy/message.ts'
import { calls, compileWorkload, requestOf, statementsOf, workloads } from './policy-workloads.ts'
import type { Asked, Workload } from './policy-workloads.ts'
import { peers } from './policy-peers.ts'
import type { Peer } from './policy-peers.ts'
import { machine, median } from './support.ts'

/** CPU milliseconds of this process. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

let sink: unknown

/** Nanoseconds a call, of `runs` runs of at least `ms` CPU milliseconds each; `work` says how many it did. */
function measure(work: () => number, runs = 7, ms = 300): number[] {
  return Array.from({ length: runs }, () => {
    const start = cpu()
    let count = 0
    do count += work()
    while (cpu() - start < ms)
    return ((cpu() - start) * 1e6) / count
  })
}

/** CPU milliseconds of additions that wait for nothing: twice as many where another shares the core. */
function probe(): number {
  const start = cpu()
  let [a, b, c, d] = [1, 2, 3, 4]
  for (let at = 0; at < 1e7; at++) {
    a = (a + at) | 0
    b = (b ^ at) | 0
    c = (c - at) | 0
    d = (d | at) & 0xffff
  }
  sink = a + b + c + d
  return cpu() - start
}

/** Whole-core runs, of which half of all may be few: `quiet` are those between two probes near the best of all. */
function measureQuietly(work: () => number): { all: number[]; quiet: number[] } {
  for (let warm = 0; warm < 20; warm++) probe()
  const probes = [probe()]
  const all: number[] = []
  for (let run = 0; run < RUNS; run++) {
    all.push(...measure(work, 1, 50))
    probes.push(probe())
  }
  const limit = Math.min(...probes) * 1.15
  return { all, quiet: all.filter((_, run) => probes[run]! <= limit && probes[run + 1]! <= limit) }
}

const RUNS = 150

const rate = (nanoseconds: number) => Math.round(1e9 / nanoseconds).toLocaleString('en-US')
const rates = ({ all, quiet }: { all: number[]; quiet: number[] }) => [
  ...(quiet.length > 0 ? [rate(median(quiet)), `${median(quiet).toFixed(0)} ns`] : ['-', '-']),
  `${quiet.length} of ${all.length} runs`,
  `all ${rate(median(all))}`,
  `best ${rate(Math.min(...all))}`,
]
const print = (what: string, ...columns: string[]) =>
  console.log(`  ${what.padEnd(58)}${columns.map((column) => column.padStart(16)).join('')}`)
const microseconds = (nanoseconds: number) => `${(nanoseconds / 1000).toFixed(1)} µs`

const DISTINCT = 200_000

const only = process.argv[process.argv.indexOf('--only') + 1]
if (process.argv.includes('--only')) await reportOnly()
else {
  console.log(machine())
  managedPolicies()
  for (const { name } of await workloads()) {
    spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1), '--only', name], { stdio: 'inherit' })
  }
}

async function reportOnly(): Promise<void> {
  const found = process.argv.includes('--without-peers') ? [] : await available()
  for (const workload of await workloads()) if (workload.name === only) await report(workload, found)
}

function managedPolicies(): void {
  console.log('\nEvery AWS-managed policy')
  const texts = readFileSync(new URL('../generated/managed-policies.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const compileAll = () =>
    texts.map((text, at) => compile(text, { id: `arn:aws:iam::aws:policy/p${at}`, managed: true }))
  const parseAll = () => texts.map((text) => JSON.parse(text) as unknown)
  for (const [what, work] of [
    ['compiled, in a process that never did', compileAll],
    ['compiled again', compileAll],
    ['baseline: JSON.parse of them', parseAll],
  ] as const) {
    const start = cpu()
    sink = work()
    print(`${texts.length} documents ${what}`, `${(cpu() - start).toFixed(0)} ms`)
  }
}

async function available(): Promise<Peer[]> {
  try {
    return await peers()
  } catch (error) {
    console.log(`\nWithout peers: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    return []
  }
}

async function report(workload: Workload, others: readonly Peer[]): Promise<void> {
  const { name, identity, boundary, resource, requests } = workload
  const documents = [...identity, ...(boundary ? [boundary] : []), ...(resource ? [resource] : [])]
  const written = documents.map((document) => JSON.stringify(document))
  const patterns = documents.flatMap(statementsOf).flatMap(({ Action, NotAction }) => Action ?? NotAction ?? [])
  const size = written.reduce((sum, text) => sum + text.length, 0)
  console.log(
    `\n${name}: ${documents.length} documents, ${documents.flatMap(statementsOf).length} statements, ` +
      `${patterns.length} action patterns, ${(size / 1000).toFixed(1)} KB`,
  )
  const set = compileWorkload(workload)
  const asked = calls(requests, DISTINCT)
  const effects = new Map<string, number>()
  for (const call of asked) {
    const { effect } = evaluate(requestOf(call), set)
    effects.set(effect, (effects.get(effect) ?? 0) + 1)
  }
  const shares = [...effects].map(([effect, count]) => `${effect} ${Math.round((100 * count) / DISTINCT)} %`)
  console.log(
    `  ${requests.length} questions as ${DISTINCT.toLocaleString('en-US')} distinct requests: ${shares.join(', ')}`,
  )

  const cycled = calls(requests, requests.length)
  const again = measureQuietly(() => {
    for (const call of cycled) sink = evaluate(requestOf(call), set)
    return cycled.length
  })
  print(`decisions a second, the ${requests.length} questions in turn`, ...rates(again))
  let at = 0
  const decision = measureQuietly(() => {
    const end = at + DISTINCT / 10
    for (; at < end; at++) sink = evaluate(requestOf(asked[at]!), set)
    at %= DISTINCT
    return DISTINCT / 10
  })
  print('decisions a second, all of them distinct', ...rates(decision))
  const { p50, p99, most } = single(
    () => asked,
    (call) => evaluate(requestOf(call), set),
  )
  print('one decision by the clock: median, 99 %, slowest', microseconds(p50), microseconds(p99), microseconds(most))
  const some = asked.slice(0, 2000)
  const explained = measure(() => {
    for (const call of some) {
      const request = requestOf(call)
      const decided = evaluate(request, set)
      sink =
        decided.effect === 'allow' ? decided : [denialSentence(request, decided), nearMisses(request, set, decided)]
    }
    return some.length
  }, 3)
  print('the same, denials with sentence and near misses', rate(median(explained)), microseconds(median(explained)))

  const compiling = measure(() => ((sink = compileWorkload(workload, written)), 1))
  const first = measure(() => ((sink = evaluate(requestOf(some[0]!), compileWorkload(workload, written))), 1))
  const parsing = measure(() => ((sink = written.map((text) => JSON.parse(text) as unknown)), 1))
  print('compile from text', microseconds(median(compiling)))
  print('compile from text and decide once', microseconds(median(first)))
  print('baseline: JSON.parse of the texts', microseconds(median(parsing)))

  for (const peer of others) {
    const decide = peer.of(workload)
    const answered: Asked[] = []
    let agreed = 0
    for (const one of requests) {
      const [call] = calls([one], 1)
      const question = { ...one, resource: call!.resource }
      try {
        const effect = await decide(question)
        answered.push(question)
        if (effect === evaluate(requestOf(call!), set).effect) agreed++
      } catch {
        // It refuses some questions: a condition key that it does not know, say.
      }
    }
    const theirs = await measureAsync(answered, decide)
    print(
      peer.name,
      rate(theirs),
      microseconds(theirs),
      `${Math.round(theirs / median(decision.all)).toLocaleString('en-US')} × ours`,
    )
    const refused = requests.length - answered.length
    console.log(`    ${peer.how}`)
    console.log(
      `    decides alike in ${agreed} of ${answered.length} questions${refused > 0 ? `, refuses ${refused}` : ''}`,
    )
  }
}

async function measureAsync(requests: readonly Asked[], decide: ReturnType<Peer['of']>): Promise<number> {
  const runs: number[] = []
  for (let run = 0; run < 3; run++) {
    const start = cpu()
    let count = 0
    do sink = await decide(requests[count++ % requests.length]!)
    while (cpu() - start < 700)
    runs.push(((cpu() - start) * 1e6) / count)
  }
  return median(runs)
}

/** Each decision timed alone; the clock's own cost is in it. */
function single<T>(source: () => readonly T[], work: (item: T) => unknown) {
  const items = source()
  const times = new Float64Array(items.length)
  for (let at = 0; at < items.length; at++) {
    const start = process.hrtime.bigint()
    sink = work(items[at]!)
    times[at] = Number(process.hrtime.bigint() - start)
  }
  times.sort()
  return { p50: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]!, most: times.at(-1)! }
}

if (sink === undefined) throw new Error('nothing was measured')
