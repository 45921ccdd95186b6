/** Where programs run: inside a VPC by `sallyport exec`, or outside of every one. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { decodeAnswer } from '../../src/cli/client-wire.ts'
import { root, run, type Environment, type Outcome } from '../clients/command.ts'
import { send } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'
import { named, type Playing } from './playing.ts'
import type { Look, PlaceWanted } from './scenario.ts'

/** Runs commands at a place, all at once. */
export async function runAt(play: Playing, wanted: PlaceWanted, commands: readonly string[][]): Promise<Outcome[]> {
  const program = `${root}/test/scenarios/programs/place.ts`
  const runner = [process.execPath, '--disable-warning=ExperimentalWarning', program, JSON.stringify(commands)]
  const { code, stdout, stderr } =
    wanted.subnet === undefined && wanted.from === undefined
      ? await run(runner, environment(play, await keysOf(play, wanted)))
      : await run(
          [`${root}/sallyport`, 'exec', ...options(wanted), '--', ...runner],
          environment(play, play.server.admin),
        )
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Outcome[]
}

/** What `exec` says that refuses a place. */
export async function refusalOfPlace(play: Playing, wanted: PlaceWanted): Promise<string> {
  const command = [`${root}/sallyport`, 'exec', ...options(wanted), '--', 'true']
  const { code, stderr } = await run(command, environment(play, play.server.admin))
  assert.notEqual(code, 0)
  return stderr
}

/** A program that listens at a place, until it is ended. */
export async function listen(
  play: Playing,
  { at: place, listens }: NonNullable<Look['while']>,
): Promise<{ end(): Promise<void> }> {
  const wanted = named(play.places[place]!, play.names)
  const program = [process.execPath, `${root}/test/scenarios/programs/listen.ts`, String(listens)]
  const child = spawn(`${root}/sallyport`, ['exec', ...options(wanted), '--', ...program], {
    env: { PATH: process.env['PATH'] ?? '', ...environment(play, play.server.admin) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail(`nothing listens at ${place}`))])
  return {
    async end() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

const options = ({ subnet = '', from, groups = [], role }: PlaceWanted) => [
  ...(from === undefined ? ['--subnet', subnet] : ['--from', from]),
  ...groups.flatMap((group) => ['--security-group', group]),
  ...(role === undefined ? [] : ['--role', role]),
]

async function keysOf({ server, region }: Playing, { role }: PlaceWanted): Promise<Keys> {
  if (role === undefined) return server.admin
  const input = { RoleArn: role, RoleSessionName: 'scenario' }
  const answer = await send(server.url, 'sts', 'AssumeRole', input, { keys: server.admin, region })
  const { Credentials: given } = decodeAnswer('sts', 'AssumeRole', answer) as { Credentials: Record<string, string> }
  return {
    accessKeyId: given['AccessKeyId']!,
    secretAccessKey: given['SecretAccessKey']!,
    sessionToken: given['SessionToken']!,
  }
}

function environment({ server, region }: Playing, keys: Keys): Environment {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: server.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
