/**
 * Fuzzes the policy engine against the naive interpreter (`test/policy/fuzz.ts` says what is looked for), on all cores.
 *
 *     node scripts/fuzz-policy.ts --documents 10000000 [--seed 1] [--seconds N] [--only WORLD]
 *
 * `--documents` counts documents and requests together. Worlds are numbered from 0 and depend on the seed and their number
 * alone, so that `--only` repeats one. Findings go to standard output, shrunk, as cases for `corpus/policy/cases`; progress to
 * standard error; the last lines are the summary, also of a run that is ended by Ctrl-C. Exits 1 where something was found.
 */
// oxlint-disable unicorn/require-post-message-target-origin -- these are threads, not windows
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { emptyTally, fuzzWorld } from '../test/policy/fuzz.ts'
import type { Finding, Tally } from '../test/policy/fuzz.ts'

/** Worlds between two reports of a worker. */
const BATCH = 500
/** A run that has found so many has found enough. */
const ENOUGH = 20

interface Share {
  seed: number
  /** Which of the worlds are this worker's: those that leave this rest when divided by `workers`. */
  first: number
  workers: number
}

interface Report {
  tally: Tally
  worlds: number
  findings: Finding[]
}

if (isMainThread) await main()
else work(workerData as Share)

function work({ seed, first, workers }: Share): void {
  let next = first
  // Most texts are refused, and nobody asks where.
  Error.stackTraceLimit = 4
  parentPort!.on('message', () => {
    const report: Report = { tally: emptyTally(), worlds: 0, findings: [] }
    for (; report.worlds < BATCH && report.findings.length === 0; report.worlds++, next += workers) {
      const finding = fuzzWorld(seed, next, report.tally)
      if (finding) report.findings.push(finding)
    }
    parentPort!.postMessage(report)
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const seed = Number(values.seed)
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  const total: Report = { tally: emptyTally(), worlds: 0, findings: [] }
  const done = () => total.tally.documents + total.tally.requests
  let ended = false
  process.once('SIGINT', () => (ended = true))
  const enough = () =>
    ended ||
    done() >= Number(values.documents) ||
    seconds() >= Number(values.seconds ?? Infinity) ||
    total.findings.length >= ENOUGH

  if (values.only !== undefined) {
    const finding = fuzzWorld(seed, Number(values.only), total.tally)
    if (finding) show(finding, total)
    total.worlds = 1
  } else {
    const workers = availableParallelism()
    const progress = setInterval(() => {
      const { findings } = total
      process.stderr.write(
        `${Math.round(seconds())} s: ${count(done())} documents and requests, ${findings.length} findings\n`,
      )
    }, 15_000)
    await Promise.all(Array.from({ length: workers }, (_, first) => share({ seed, first, workers }, enough, total)))
    clearInterval(progress)
  }
  process.stdout.write(`${summary(total, seed, seconds())}\n`)
  process.exitCode = total.findings.length > 0 ? 1 : 0
}

/** Lets one worker play until it is enough. */
function share(data: Share, enough: () => boolean, total: Report): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data })
    worker.on('error', reject)
    worker.on('exit', () => resolve())
    worker.on('message', (report: Report) => {
      merge(total, report)
      for (const finding of report.findings) show(finding, total)
      if (enough()) void worker.terminate()
      else worker.postMessage('more')
    })
    worker.postMessage('more')
  })
}

function merge(total: Report, { tally, worlds }: Report): void {
  const sum = total.tally
  total.worlds += worlds
  for (const key of ['documents', 'refused', 'hostile', 'requests'] as const) sum[key] += tally[key]
  for (const [outcome, times] of Object.entries(tally.outcomes))
    sum.outcomes[outcome] = (sum.outcomes[outcome] ?? 0) + times
  for (const [kind, took] of Object.entries(tally.slowest)) sum.slowest[kind] = Math.max(sum.slowest[kind] ?? 0, took)
}

function show(finding: Finding, total: Report): void {
  total.findings.push(finding)
  process.stdout.write(`${JSON.stringify(finding, null, 2)}\n`)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function summary({ tally, worlds, findings }: Report, seed: number, seconds: number): string {
  const { documents, refused, hostile, requests, outcomes, slowest } = tally
  const found = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length
  const by = (effect: string) => {
    const of = Object.entries(outcomes).filter(([outcome]) => outcome.startsWith(effect))
    return count(of.reduce((sum, [, times]) => sum + times, 0))
  }
  return [
    `${count(documents + requests)} documents and requests in ${Math.round(seconds)} s, seed ${seed}, ${count(worlds)} worlds`,
    `  documents: ${count(documents)}, of which ${count(hostile)} hostile texts; ${count(refused)} refused by PolicySyntaxError`,
    `  requests:  ${count(requests)}; ${by('allow')} allowed, ${by('explicit-deny')} explicitly and ${by('implicit-deny')} implicitly denied`,
    `  slowest single operation in ms: ${Object.entries(slowest)
      .map(([kind, took]) => `${kind} ${took.toFixed(1)}`)
      .join(', ')}`,
    `  ${found('crash')} crashes, ${found('hang')} operations over 50 ms, ${found('difference')} differences from the naive interpreter`,
  ].join('\n')
}
