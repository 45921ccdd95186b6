/** The steps of a scenario: calls through the door. */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeAnswer } from '../../src/cli/client-wire.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { send } from '../support/call.ts'
import { named, type Playing } from './playing.ts'
import type { Step } from './scenario.ts'

/** Policies are written as they are, and sent as text. */
const DOCUMENTS = ['PolicyDocument', 'AssumeRolePolicyDocument', 'Policy']

function inputOf(given: object): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => [
      name,
      DOCUMENTS.includes(name) && typeof value === 'object' ? JSON.stringify(value) : value,
    ]),
  )
}

const operationOf = (command: string) =>
  command
    .split('-')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')

/** Makes the call and keeps what was asked for; fails where its answer is not the one that is written. */
export async function take(play: Playing, step: Step): Promise<void> {
  const { names } = play
  if (step.refused) return assertRefused(await refusalOf(play, step), named(step.refused, names), step.do)
  let output = await answerOf(play, step)
  const until = Object.entries(named(step.until ?? {}, names))
  const isThere = () => until.every(([path, wanted]) => at(output, path) === wanted)
  for (let tries = 0; !isThere() && tries < TRIES; tries++) {
    await delay(TRY_MS)
    output = await answerOf(play, step)
  }
  for (const [name, path] of Object.entries(step.keep ?? {})) names.set(name, at(output, path))
  for (const [path, wanted] of [...until, ...Object.entries(named(step.answers ?? {}, names))])
    assert.deepEqual(at(output, path) ?? null, wanted, `${step.do}: ${path}`)
}

const TRY_MS = 300
const TRIES = 100

async function answerOf({ server, region, names }: Playing, step: Step): Promise<unknown> {
  const [service = '', command = ''] = step.do.split(' ')
  const operation = operationOf(command)
  const input = inputOf(named(step.with ?? {}, names))
  const answer = await send(server.url, service, operation, input, { keys: server.admin, region })
  try {
    return decodeAnswer(service, operation, answer)
  } catch (error) {
    const { code, message } = error as AwsError
    throw step.refused ? error : new Error(`${step.do}: ${code}: ${message}`, { cause: error })
  }
}

async function refusalOf(play: Playing, step: Step): Promise<{ error: string; says: string }> {
  try {
    await answerOf(play, step)
  } catch (error) {
    const { code, message } = error as AwsError
    return { error: code, says: message }
  }
  return assert.fail(`${step.do} was not refused`)
}

const at = (value: unknown, path: string): unknown => path.split('.').reduce<any>((one, member) => one?.[member], value) // oxlint-disable-line typescript/no-explicit-any

function assertRefused(
  seen: { error: string; says: string },
  wanted: { error: string; says?: string },
  what: string,
): void {
  assert.equal(seen.error, wanted.error, `${what}: ${seen.says}`)
  if (wanted.says !== undefined && !seen.says.includes(wanted.says)) assert.equal(seen.says, wanted.says, what)
}
