/** What is written about an observation, held against what was seen, recorded and said by the network model. */
import assert from 'node:assert/strict'
import { decodeAnswer } from '../../src/cli/client-wire.ts'
import { send } from '../support/call.ts'
import type { Told } from './clients.ts'
import type { Playing } from './playing.ts'
import type { Observation, PlaceWanted } from './scenario.ts'

const CLIENTS = ['aws', 'sallyport', 'boto3', 'sdk', 'skopeo', 'curl', 'fetch', 'lookup', 'tcp', 'idle'] as const

/** What was asked, for the message of a failed comparison. */
export const asked = (one: Observation) =>
  Object.fromEntries(CLIENTS.flatMap((name) => (one[name] ? [[name, one[name]]] : [])))

/** What was told, in as much detail as was asked for. */
export function brief(one: Observation, told: Told): object {
  const { sees } = one
  const { seen, status, output = '' } = told
  let said: unknown = seen
  if (typeof sees === 'object' && 'output' in sees)
    said = { output: output.includes(sees.output) ? sees.output : output }
  if (typeof sees === 'object' && 'failure' in sees && typeof seen === 'object' && 'failure' in seen)
    said = seen.failure.includes(sees.failure) ? sees : seen
  if (typeof sees === 'object' && 'error' in sees && typeof seen === 'object' && 'error' in seen) {
    const { error, says = '' } = seen
    said = {
      error,
      ...(sees.says !== undefined && { says: says.includes(sees.says) ? sees.says : says }),
      ...(sees.status !== undefined && { status }),
    }
  }
  return { ...asked(one), sees: said }
}

/** The decision that was recorded of the call. */
export async function assertExplained(
  { server, region }: Playing,
  { explain }: Observation,
  { requestId }: Told,
): Promise<void> {
  const answer = await send(server.url, 'sallyport', 'Explain', { Id: requestId }, { keys: server.admin, region })
  const { Document: found } = decodeAnswer('sallyport', 'Explain', answer) as { Document: any } // oxlint-disable-line typescript/no-explicit-any
  const { decision, blockers, context = {}, without = [] } = explain!
  if (decision) assert.equal(found.decision, decision)
  if (blockers)
    assert.deepEqual(
      found.blockers.map((one: Record<string, unknown>, at: number) =>
        Object.fromEntries(Object.keys(blockers[at] ?? { layer: '', code: '' }).map((key) => [key, one[key]])),
      ),
      blockers,
    )
  for (const [key, value] of Object.entries(context)) assert.equal(found.way.context[key], value, key)
  for (const key of without) assert.equal(found.way.context[key], undefined, key)
}

function network({ server, region }: Playing) {
  return server.world.network(server.account, region)
}

const endOf = (text: string): [string, number] => [text.replace(/:\d+$/, ''), Number(/:(\d+)$/.exec(text)?.[1] ?? 443)]

export function assertBlockers(
  play: Playing,
  { subnet, from, groups = [] }: PlaceWanted,
  { to, are }: NonNullable<Observation['blockers']>,
): void {
  const origin =
    from === undefined
      ? ({ kind: 'subnet', subnetId: subnet ?? '', securityGroupIds: groups } as const)
      : ({ kind: 'interface', networkInterfaceId: from } as const)
  const { blockers } = network(play).connect(origin, ...endOf(to))
  assert.deepEqual(
    blockers.map(({ layer, code }) => [layer, code]),
    are,
    to,
  )
}

export function assertTrace(play: Playing, { trace = '', from, sees, explain = {}, blockers }: Observation): void {
  const origin = { kind: 'on-premises', gatewayId: from!.gateway, ip: from!.ip } as const
  const found = network(play).connect(origin, ...endOf(trace))
  assert.equal(found.verdict, sees, trace)
  if (blockers)
    assert.deepEqual(
      found.blockers.map(({ layer, code }) => [layer, code]),
      blockers.are,
    )
  for (const [key, value] of Object.entries(explain.context ?? {})) assert.equal(found.context[key], value, key)
  for (const key of explain.without ?? []) assert.equal(found.context[key], undefined, key)
}
