import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import pino from 'pino'
import { authorize } from '../../src/door/authorize.ts'
import type { Call, Caller } from '../../src/door/call.ts'
import { newRequestId } from '../../src/door/request-id.ts'
import { diskObjects } from '../../src/objects/disk.ts'
import { saveEntity, type User } from '../../src/services/iam/entities.ts'
import type { Operation } from '../../src/services/operation.ts'
import { operations } from '../../src/services/s3/operations.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { openVault } from '../../src/store/vault.ts'
import type { World } from '../../src/world.ts'

export const ACCOUNT = '123456789012'
export const OTHER_ACCOUNT = '210987654321'

export const root: Caller = {
  kind: 'root',
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  principalArn: `arn:aws:iam::${ACCOUNT}:root`,
  userId: ACCOUNT,
  tags: {},
}

export const stranger: Caller = {
  ...root,
  account: OTHER_ACCOUNT,
  arn: `arn:aws:iam::${OTHER_ACCOUNT}:root`,
  principalArn: `arn:aws:iam::${OTHER_ACCOUNT}:root`,
  userId: OTHER_ACCOUNT,
}

export const anonymous: Caller = {
  ...root,
  kind: 'anonymous',
  account: '',
  arn: '',
  principalArn: '',
  userId: 'anonymous',
}

export interface Statement {
  Action: string | string[]
  Resource: string | string[]
  Condition?: object
  Effect?: 'Allow' | 'Deny'
}

export interface Manner {
  as?: Caller
  region?: string
  headers?: Record<string, string>
  /** Whether it came over TLS. */
  secure?: boolean
  tlsVersion?: string
  signature?: Call['signature']
}

/** S3 on a store in memory and a folder of its own: calls pass the real authorization and then the operation. */
export function openEstate() {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-s3-'))
  let clock = Date.UTC(2026, 8, 1, 12)
  const store = openStore(':memory:')
  const now = () => (clock += 1000)
  const world = {
    config: { region: 'us-east-1', account: ACCOUNT },
    store,
    objects: diskObjects(dir, openVault(Buffer.alloc(32, 7))),
    vault: openVault(Buffer.alloc(32, 7)),
    log: pino({ level: 'silent' }),
    now,
    hex: (length: number) => String(clock).padStart(length, '0').slice(-length),
  } as unknown as World

  async function call(name: keyof typeof operations, input: object, manner: Manner = {}): Promise<any> {
    const operation = operations[name] as unknown as Operation<object>
    const caller = manner.as ?? root
    const made: Call = {
      requestId: newRequestId(now()),
      service: 's3',
      operation: name,
      caller,
      origin: { kind: 'internet', ip: '203.0.113.7' },
      way: { via: 'public', hops: [], context: { 'aws:sourceip': '203.0.113.7' } },
      account: caller.account,
      region: manner.region ?? 'us-east-1',
      time: now(),
      secure: manner.secure ?? manner.tlsVersion !== undefined,
      ...(manner.tlsVersion === undefined ? {} : { tlsVersion: manner.tlsVersion }),
      ...(manner.signature ? { signature: manner.signature } : {}),
      userAgent: 'test',
      world,
      header: (header) => manner.headers?.[header],
    }
    return operation.perform(input, authorize(made, operation.needs(input, made), []))
  }

  let users = 0
  /** A new IAM user who may do just this. */
  function user(statements: Statement[], account = ACCOUNT): Caller {
    const name = `user-${++users}`
    const id = `AIDA${String(users).padStart(17, 'A').replaceAll('0', 'B').replaceAll('1', 'C').replaceAll('8', 'D').replaceAll('9', 'E')}`
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: statements.map((one) => ({ Effect: 'Allow', ...one })),
    })
    const arn = `arn:aws:iam::${account}:user/${name}`
    const saved: User = {
      type: 'user',
      account,
      name,
      path: '/',
      id,
      arn,
      createDate: 0,
      tags: [],
      inline: statements.length > 0 ? [{ name: 'own', text }] : [],
      attached: [],
      accessKeys: [],
      groups: [],
    }
    saveEntity(store, saved)
    return { kind: 'user', account, arn, principalArn: arn, userId: id, entityId: id, name, tags: {} }
  }

  return {
    dir,
    world,
    call,
    user,
    close() {
      store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type Estate = ReturnType<typeof openEstate>

export async function* stream(...chunks: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve()
    yield Buffer.from(chunk)
  }
}

export async function text(body: Readable): Promise<string> {
  return Buffer.concat((await body.toArray()) as Buffer[]).toString()
}
