import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { call } from '../../src/door/door.ts'
import { buildNetwork } from '../../src/network/network.ts'
import { evaluateAlarms } from '../../src/services/cloudwatch/watch.ts'
import { networkDocuments } from '../../src/services/ec2/documents.ts'
import { bootstrap } from '../../src/services/iam/bootstrap.ts'
import { openDecisions } from '../../src/store/decision-log.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { openVault } from '../../src/store/vault.ts'
import type { World } from '../../src/world.ts'
import type { Keys } from '../support/sign.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'us-east-1'

/** Epoch seconds at which a lab begins: a full hour. */
export const START = Date.UTC(2026, 10, 23, 10) / 1000

type Input = Record<string, unknown>

/**
 * An instance without sockets and without work of its own: calls go through the whole door, the clock stands still until it
 * is moved, and nothing looks at alarms unless it is asked to.
 */
export interface Lab {
  world: World
  admin: Keys
  /** Epoch seconds. */
  now(): number
  /** Moves the clock on. */
  wait(seconds: number): void
  /** One call, of `admin` where nobody else is named. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  call(service: string, operation: string, input?: Input, by?: Keys): Promise<any>
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  cloudwatch(operation: string, input?: Input, by?: Keys): Promise<any>
  /** A new user who may do just this. */
  user(name: string, ...statements: object[]): Promise<Keys>
  /** What the server does every ten seconds, or every minute. */
  evaluate(which?: 'all' | 'high-resolution'): Promise<void>
  close(): void
}

export function openLab(store: Store = openStore(':memory:'), start = START): Lab {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  let clock = start
  const now = () => clock * 1000
  const world = {
    config: { region: REGION, account: ACCOUNT, dataDir, host: '127.0.0.1', port: 0, runner: 'process' },
    store,
    vault: openVault(Buffer.alloc(32, 7)),
    decisions: openDecisions(':memory:', { max: 1000, days: 1, now }),
    door: { call: (inner) => call(world, inner) },
    log: pino({ level: 'silent' }),
    now,
    hex: (length: number) => randomBytes(length).toString('hex').slice(0, length),
    network: (account: string, region: string) => buildNetwork(networkDocuments(store, account, region), region),
  } as World
  bootstrap(world)
  const { admin } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as { admin: Keys }
  const origin = { kind: 'internet', ip: '203.0.113.5' } as const
  const lab: Lab = {
    world,
    admin,
    now: () => clock,
    wait: (seconds) => void (clock += seconds),
    call: (service, operation, input = {}, by = admin) =>
      world.door.call({ service, operation, input, as: { credentials: by }, origin }),
    cloudwatch: (operation, input, by) => lab.call('cloudwatch', operation, input, by),
    async user(UserName, ...Statement) {
      await lab.call('iam', 'CreateUser', { UserName })
      if (Statement.length > 0) {
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
        await lab.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument })
      }
      const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName })
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
    evaluate: (which) => evaluateAlarms(world, which),
    close() {
      world.decisions.close()
      store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return lab
}

/** Of values, one a period, those that are given: `undefined` leaves a gap. The last period ends now. */
export async function putSeries(
  lab: Lab,
  metric: { Namespace: string; MetricName: string },
  values: readonly (number | undefined)[],
  period = 60,
): Promise<void> {
  const { Namespace, MetricName } = metric
  const MetricData = values.flatMap((Value, i) =>
    Value === undefined ? [] : [{ MetricName, Value, Timestamp: lab.now() - (values.length - i) * period }],
  )
  if (MetricData.length > 0) await lab.cloudwatch('PutMetricData', { Namespace, MetricData })
}
