/**
 * Events into CloudWatch Logs, and pages out of a short and a long stream:
 *   node bench/logs.ts [--events 1000000] [--pages 40]
 */
import { parseArgs } from 'node:util'
import { machine, median, startSallyport } from './support.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, pages: { type: 'string', default: '40' } },
})
const long = Number(values.events)
const pages = Number(values.pages)
const logGroupName = 'bench'
const BATCH = 9000

const ours = await startSallyport()
const call = (operation: string, input: object) => ours.client.call('logs', operation, { logGroupName, ...input })
await call('CreateLogGroup', {})

/** Fills a stream with lines of 80 bytes, one a millisecond; resolves to events a second. */
async function fill(logStreamName: string, count: number): Promise<number> {
  await call('CreateLogStream', { logStreamName })
  const first = Date.now() - 3_600_000
  const at = performance.now()
  for (let done = 0; done < count; done += BATCH) {
    const logEvents = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) => ({
      timestamp: first + done + i,
      message: `event ${done + i} `.padEnd(80, 'x'),
    }))
    await call('PutLogEvents', { logStreamName, logEvents })
  }
  return count / ((performance.now() - at) / 1000)
}

/** Median milliseconds of one call. */
async function timed(operation: string, input: object): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < pages; i++) {
    const at = performance.now()
    await call(operation, input)
    times.push(performance.now() - at)
  }
  return median(times)
}

const rates = { short: await fill('short', 1000), long: await fill('long', long) }
const row = async (what: string, operation: string, input: object) => {
  const [short, other] = [
    await timed(operation, { ...input, logStreamName: 'short' }),
    await timed(operation, { ...input, logStreamName: 'long' }),
  ]
  return `| ${what} | ${short.toFixed(2)} ms | ${other.toFixed(2)} ms | ${(other / short).toFixed(2)} |`
}
const middle = `b/${String(Date.now() - 3_600_000 + long / 2).padStart(16, '0')}${'0'.repeat(40)}/s`
const lines = [
  machine(),
  `in: ${Math.round(rates.long).toLocaleString('en')} events a second (batches of ${BATCH}, 80 bytes each)`,
  `| page of 100 events | stream of 1,000 | stream of ${long.toLocaleString('en')} | ratio |`,
  '|---|---|---|---|',
  await row('the tail', 'GetLogEvents', { limit: 100 }),
  await row('the head', 'GetLogEvents', { limit: 100, startFromHead: true }),
  await row('back from the middle', 'GetLogEvents', { limit: 100, nextToken: middle }),
]
console.log(lines.join('\n'))
const at = performance.now()
await ours.client.call('logs', 'DescribeLogGroups', {})
console.log(`DescribeLogGroups: ${(performance.now() - at).toFixed(2)} ms`)
await ours.stop()
