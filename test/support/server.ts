import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type ServerOptions } from '../../src/server.ts'
import type { World } from '../../src/world.ts'
import type { Keys } from './sign.ts'

/** A whole server in this process, on a port and a data folder of its own. */
export interface TestServer {
  readonly url: string
  /** The account's root user. */
  readonly root: Keys
  /** The IAM user `admin`, with AdministratorAccess. */
  readonly admin: Keys
  readonly world: World
  readonly dataDir: string
  readonly account: string
  readonly region: string
  /** Stops the server and removes its folder, unless the folder was given. */
  close(): Promise<void>
}

/** Starts a server as `sallyport serve` does; give `dataDir` to start again on a folder that was kept. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    region: 'us-east-1',
    account: '123456789012',
    runner: 'process',
    decisionsMax: 100_000,
    decisionsDays: 14,
    logLevel: 'silent',
    ...options,
    dataDir,
  })
  const keys = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as { root: Keys; admin: Keys }
  const { region, account } = server.world.config
  return {
    ...keys,
    url: server.url,
    world: server.world,
    dataDir,
    region,
    account,
    async close() {
      await server.close()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
