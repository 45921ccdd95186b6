import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../world.ts'
import { variablesOf } from '../env.ts'
import { UsageError } from '../failure.ts'

/** The server that a tour talks to. */
export interface TourServer {
  variables: Record<string, string>
  /** Started for this tour only: it goes, with all that was built, when the tour is over. */
  temporary: boolean
  stop(): Promise<void>
}

/** The server that runs on the folder, or else one of our own on a folder and a port that nobody else has. */
export async function serverOn(data: string): Promise<TourServer> {
  const variables = await variablesOf({ data }).catch(noneRan)
  if (variables && (await answers(variables['AWS_ENDPOINT_URL']!)))
    return { variables, temporary: false, stop: async () => {} }
  return startTemporary()
}

function noneRan(error: unknown): undefined {
  if (!(error instanceof UsageError)) throw error
}

/** A folder remembers where its last server was; whether it still runs, only a knock tells. */
async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_health`, { signal: AbortSignal.timeout(2000) })
    return answer.ok
  } catch {
    return false
  }
}

/** A server on a folder and a port of its own, both gone when it stops. */
export async function startTemporary(options: Partial<Config> = {}): Promise<TourServer> {
  const { startServer } = await import('../../server.ts')
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tour-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const server = await startServer({
      host: '127.0.0.1',
      port: 0,
      dataDir: folder,
      region: 'us-east-1',
      account: '123456789012',
      runner: 'process',
      decisionsMax: 100_000,
      decisionsDays: 14,
      logLevel: 'error',
      ...options,
    })
    const stop = async () => {
      await server.close()
      remove()
    }
    return { variables: await variablesOf({ data: folder }), temporary: true, stop }
  } catch (error) {
    remove()
    throw error
  }
}
