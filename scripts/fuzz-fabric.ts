/**
 * Plays random VPCs in real network namespaces and holds every connection against `connect()` (`test/fabric/differential`).
 *
 *     node scripts/fuzz-fabric.ts --networks 5000 [--seed 1] [--seconds N] [--at-once 4] [--ipv6] [--only NUMBER]
 *
 * Networks are numbered from 0 and depend on the seed and their number alone, so that `--only` repeats one. Disagreements go
 * to standard output with the smallest documents that show them; progress to standard error; the last line is the summary,
 * also of a run that is ended by Ctrl-C. Exits 1 where something was found. Needs what the fabric needs (`sallyport doctor`).
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { playNetwork } from '../test/fabric/differential/play.ts'
import type { Disagreement, Play } from '../test/fabric/differential/play.ts'
import { smallest } from '../test/fabric/differential/smallest.ts'
import { startTestServer } from '../test/support/server.ts'

/** A run that has found so many has found enough. */
const ENOUGH = 10

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    'at-once': { type: 'string', default: '4' },
    ipv6: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed)
const started = performance.now()
const seconds = () => (performance.now() - started) / 1000
const total = { networks: 0, probes: 0, connected: 0, refused: 0, timeout: 0 }
const found: Disagreement[] = []
const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())

const server = await startTestServer({ logLevel: 'error' })
const summary = () =>
  `${JSON.stringify({ seed, ...total, disagreements: found.length, seconds: Math.round(seconds()) })}\n`
const progress = setInterval(() => process.stderr.write(summary()), 15_000)
try {
  const first = Number(values.only ?? 0)
  const end = values.only === undefined ? Number(values.networks) : first + 1
  let next = first
  const worker = async (name: number) => {
    const records = join(server.dataDir, `fuzz-${name}`)
    while (next < end && !interrupted.signal.aborted && found.length < ENOUGH && seconds() < Number(values.seconds)) {
      const number = next++
      const play = await playNetwork(server.world, { seed, number, ipv6: values.ipv6 }, records)
      count(play)
      if (play.disagreements.length > 0) await tell(number, play, records)
    }
  }
  await Promise.all(Array.from({ length: Number(values['at-once']) }, (_, name) => worker(name)))
} finally {
  clearInterval(progress)
  await server.close()
}
process.stdout.write(summary())
process.exitCode = found.length > 0 ? 1 : 0

function count({ probes, outcomes }: Play): void {
  total.networks += 1
  total.probes += probes
  for (const outcome of ['connected', 'refused', 'timeout'] as const) total[outcome] += outcomes[outcome]
}

/** One disagreement of a network stands for the others, which mostly have the same cause. */
async function tell(number: number, play: Play, records: string): Promise<void> {
  const [one] = play.disagreements
  found.push(one!)
  const { documents, disagreement } = await smallest(server.world, play.documents, one!, records)
  process.stdout.write(
    `${JSON.stringify({ number, also: play.disagreements.length - 1, ...disagreement, documents })}\n`,
  )
}
