import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Call, Need, Permit } from '../../src/door/call.ts'
import type { Operation } from '../../src/services/operation.ts'
import { operations } from '../../src/services/ec2/operations.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import type { World } from '../../src/world.ts'

type Operations = typeof operations
type Input<N extends keyof Operations> = Parameters<Operations[N]['perform']>[0]
type Output<N extends keyof Operations> = Awaited<ReturnType<Operations[N]['perform']>>

export const ACCOUNT = '123456789012'
export const REGION = 'us-east-1'

/** An account with an empty store: EC2's operations without the door before them. */
export interface TestEstate {
  readonly store: Store
  readonly account: string
  readonly region: string
  /** Performs an operation as if it had been allowed. */
  ask<N extends keyof Operations>(name: N, input: Input<N>): Output<N>
  needs<N extends keyof Operations>(name: N, input: Input<N>): Need[]
  /** Asserts AWS's code and sentence. */
  refuses<N extends keyof Operations>(name: N, input: Input<N>, code: string, message?: string | RegExp): void
  /** Lets the clock run. Seconds. */
  wait(seconds: number): void
}

interface Place {
  store?: Store
  account?: string
  region?: string
  caller?: Partial<Call['caller']>
}

export function newEstate({
  store = openStore(':memory:'),
  account = ACCOUNT,
  region = REGION,
  caller,
}: Place = {}): TestEstate {
  let time = Date.UTC(2026, 0, 1)
  let minted = 0
  const world = {
    store,
    now: () => time,
    // Deterministic, spread like random digits, and others in every account and Region.
    hex: (length: number) =>
      createHash('sha256').update(`${account} ${region} ${++minted}`).digest('hex').slice(0, length),
  } as unknown as World
  const call = () =>
    ({
      requestId: 'request',
      service: 'ec2',
      account,
      region,
      time,
      world,
      caller: {
        kind: 'user',
        account,
        arn: `arn:aws:iam::${account}:user/ana`,
        principalArn: `arn:aws:iam::${account}:user/ana`,
        userId: 'AIDAEXAMPLE',
        tags: {},
        ...caller,
      },
    }) as unknown as Call
  const operationOf = (name: keyof Operations) => operations[name] as unknown as Operation<unknown>
  const ask = (name: keyof Operations, input: unknown) =>
    operationOf(name).perform(input, { call: call(), world } as unknown as Permit)
  return {
    store,
    account,
    region,
    ask: ask as TestEstate['ask'],
    needs: (name, input) => operationOf(name).needs(input, call()),
    refuses(name, input, code, message) {
      assert.throws(
        () => void ask(name, input),
        (error) => {
          assert.ok(error instanceof AwsError, String(error))
          assert.equal(error.code, code, error.message)
          if (typeof message === 'string') assert.equal(error.message, message)
          else if (message) assert.match(error.message, message)
          return true
        },
      )
    },
    wait: (seconds) => {
      time += seconds * 1000
    },
  }
}

/** A VPC of 10.0.0.0/16 and a subnet of it in the first zone. */
export function withSubnet(estate: TestEstate, cidr = '10.0.0.0/24') {
  const VpcId = estate.ask('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc!.VpcId!
  const SubnetId = estate.ask('CreateSubnet', { VpcId, CidrBlock: cidr }).Subnet!.SubnetId!
  return { VpcId, SubnetId }
}

export function enableHostnames(estate: TestEstate, VpcId: string): void {
  estate.ask('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } })
}
