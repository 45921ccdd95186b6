/**
 * Sets hostile input against a server of its own: XML bodies, aws-chunked framing, ranges, forms. Prints what it was answered.
 *
 *     node_modules/.bin/node scripts/fuzz-s3.ts [--cases 20000] [--seed N] [--kind xml|chunks|range|form]
 */
import { parseArgs } from 'node:util'
import { fuzz, kinds, prepare } from '../test/s3/fuzz.ts'
import { call } from '../test/support/call.ts'
import { startTestServer } from '../test/support/server.ts'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string' }, kind: { type: 'string' } },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
const server = await startTestServer()
try {
  await prepare((operation, input) => call(server.url, server.admin, 's3', operation, input))
  for (const kind of kinds.filter((one) => values.kind === undefined || one === values.kind)) {
    const { cases, statuses, slowest, failures } = await fuzz(server, kind, seed, Number(values.cases))
    const seen = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`)
    console.log(`${kind.padEnd(6)} seed ${seed}  ${cases} cases  slowest ${slowest.toFixed(0)} ms  ${seen.join('  ')}`)
    for (const failure of failures.slice(0, 20)) console.log(`  case ${failure.case}: ${failure.what}`)
    if (failures.length > 0) process.exitCode = 1
  }
} finally {
  await server.close()
}
