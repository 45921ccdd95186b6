import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { authorize } from '../../src/door/authorize.ts'
import type { Call, Caller } from '../../src/door/call.ts'
import { bootstrap } from '../../src/services/iam/bootstrap.ts'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { operations as iam } from '../../src/services/iam/operations.ts'
import type { Operation } from '../../src/services/operation.ts'
import { operations as sts } from '../../src/services/sts/operations.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { model, type ShapeModel } from '../../src/wire/model.ts'
import type { World } from '../../src/world.ts'

export const account = '123456789012'

/** Who acts: `root` and `admin` of the first start, an access key id, a service principal, or a caller itself. */
export type Who = string | Caller

/**
 * A fresh account in memory. `act` takes an operation through needs, authorization and deed as the door does;
 * the clock stands still until a test moves it, and random bytes are a counted sequence.
 */
export function newAccount() {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-iam-'))
  const store = openStore(':memory:')
  after(() => {
    store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const clock = { now: Date.parse('2026-09-01T00:00:00Z') }
  let drawn = 0
  const world = {
    config: { dataDir, account, region: 'us-east-1' },
    store,
    now: () => clock.now,
    hex: (length: number) => {
      let digits = ''
      while (digits.length < length) digits += createHash('sha256').update(String(drawn++)).digest('hex')
      return digits.slice(0, length)
    },
  } as unknown as World
  bootstrap(world)

  function callerOf(who: Who): Caller {
    if (typeof who !== 'string') return who
    if (who.endsWith('.amazonaws.com')) return service(who)
    const credential = findCredential(store, keyNamed(who), clock.now)
    assert.ok(credential?.active, `no credential for ${who}`)
    return credential.caller
  }

  function keyNamed(who: string): string {
    const minted = store.get<{ rootAccessKeyId: string; adminAccessKeyId: string }>('iam/bootstrap', account)
    assert.ok(minted)
    return who === 'root' ? minted.rootAccessKeyId : who === 'admin' ? minted.adminAccessKeyId : who
  }

  function callBy(who: Who, operation: Operation): Call {
    const caller = callerOf(who)
    return {
      requestId: 'test',
      service: operation.service,
      operation: operation.name,
      caller,
      origin: { kind: 'internet', ip: '192.0.2.1' },
      way: { via: 'public', hops: [], context: { 'aws:sourceip': '192.0.2.1' } },
      account: caller.account || account,
      region: 'us-east-1',
      time: clock.now,
      secure: true,
      userAgent: 'test',
      world,
      header: () => undefined,
    }
  }

  const built: Record<string, Operation> = { ...iam, ...sts }

  function act(who: Who, name: string, input: object = {}): any {
    const operation = built[name]
    assert.ok(operation, `${name} is not built`)
    const call = callBy(who, operation)
    const op = model(operation.service).operation(name)
    assert.ok(op, `${name} is no operation of AWS`)
    const permit = authorize(call, operation.needs(input as never, call), [])
    const output = operation.perform(input as never, permit)
    if (output instanceof Promise) return output.then((later: unknown) => fitting(op.output, later, name))
    return fitting(op.output, output, name)
  }

  /** A user with a key, and with an inline policy when statements are given; returns the key's id. */
  function user(name: string, statement?: object | object[]): string {
    act('admin', 'CreateUser', { UserName: name })
    if (statement) {
      act('admin', 'PutUserPolicy', { UserName: name, PolicyName: 'inline', PolicyDocument: policy(statement) })
    }
    return act('admin', 'CreateAccessKey', { UserName: name }).AccessKey.AccessKeyId
  }

  function role(name: string, principal: object, more: object = {}): string {
    const AssumeRolePolicyDocument = trust(principal)
    return act('admin', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument, ...more }).Role.Arn
  }

  return { world, store, clock, act, user, role }
}

export function policy(statement: object | object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement })
}

export function trust(Principal: object, Action: string | string[] = 'sts:AssumeRole', Condition?: object): string {
  return policy({ Effect: 'Allow', Principal, Action, ...(Condition && { Condition }) })
}

export const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' }

export function service(name: string, source: Partial<Caller> = {}): Caller {
  return { kind: 'service', account: '', arn: name, principalArn: '', userId: '', service: name, tags: {}, ...source }
}

/** Asserts AWS's code, status and words. */
export function refused(work: () => unknown, code: string, message: string | RegExp, status: number): void {
  assert.throws(work, (error: AwsError) => {
    assert.equal(error.code, code, error.stack)
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    assert.equal(error.status, status)
    return true
  })
}

/** The same of what takes its time. */
export async function refusedLater(
  work: Promise<unknown>,
  code: string,
  message: string | RegExp,
  status: number,
): Promise<void> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => () => {
      throw error
    },
  )
  assert.ok(outcome, `not refused with ${code}`)
  refused(outcome, code, message, status)
}

function fitting(shape: ShapeModel | undefined, output: unknown, name: string): unknown {
  assertShape(shape, output, name)
  return output
}

/** Every answer fits AWS's own model: its members are known there, the required ones are present, the types are right. */
function assertShape(shape: ShapeModel | undefined, value: unknown, path: string): void {
  if (shape?.type === 'structure') {
    assert.ok(typeof value === 'object' && value !== null, path)
    const found = Object.entries(value).filter(([, part]) => part !== undefined)
    for (const [name, part] of found) {
      const member = shape.members.get(name)
      assert.ok(member, `${path}.${name} is not in the model`)
      assertShape(member.shape, part, `${path}.${name}`)
    }
    for (const name of shape.required ?? []) assert.ok(name in value, `${path} lacks ${name}`)
  } else if (shape?.type === 'list') {
    assert.ok(Array.isArray(value), path)
    for (const part of value) assertShape(shape.member?.shape, part, `${path}[]`)
  } else if (shape) {
    const scalar = {
      string: 'string',
      boolean: 'boolean',
      integer: 'number',
      timestamp: 'number',
      map: 'object',
      blob: 'object',
    }
    assert.equal(typeof value, scalar[shape.type as keyof typeof scalar], `${path} is a ${shape.type}`)
  } else assert.deepEqual(value, {}, path)
}
