/** Plays a scenario: calls through the door, programs in their places, and what they saw held against what is written. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestServer } from '../support/server.ts'
import { take } from './calls.ts'
import { programOf } from './clients.ts'
import { asked, assertBlockers, assertExplained, assertTrace, brief } from './expectations.ts'
import { listen, refusalOfPlace, runAt } from './places.ts'
import { named, type Playing } from './playing.ts'
import type { Look, Observation, PlaceWanted, Scenario } from './scenario.ts'

const corpus = new URL('../../corpus/scenarios/', import.meta.url)

export function readScenario(file: string): Scenario {
  return JSON.parse(readFileSync(new URL(file, corpus), 'utf8')) as Scenario
}

type Part = Pick<Scenario, 'steps' | 'places'>

/** `unique`: a name that no other scenario has. */
export async function playScenario(server: TestServer, scenario: Scenario, unique: string): Promise<void> {
  const { region = 'us-east-1', parts = [], steps } = scenario
  const made = parts.map((name) => readScenario(`parts/${name}.json`) as Part)
  const play: Playing = {
    server,
    region,
    names: new Map<string, unknown>([
      ['region', region],
      ['account', server.account],
      ['unique', unique],
    ]),
    places: Object.assign({ outside: {} }, ...made.map(({ places }) => places), scenario.places) as Playing['places'],
  }
  for (const step of [...made.flatMap((part) => part.steps), ...steps])
    if ('see' in step) await look(play, step)
    else await take(play, step)
}

async function look(play: Playing, { see: observations, while: meanwhile }: Look): Promise<void> {
  const listener = meanwhile && (await listen(play, meanwhile))
  try {
    await lookAll(play, observations)
  } finally {
    await listener?.end()
  }
}

async function lookAll(play: Playing, observations: readonly Observation[]): Promise<void> {
  const given = observations.map((one) => named(one, play.names))
  for (const one of given.filter(({ trace }) => trace !== undefined)) assertTrace(play, one)
  const byPlace = Map.groupBy(
    given.filter(({ trace }) => trace === undefined),
    ({ at: place = 'outside' }) => place,
  )
  await Promise.all([...byPlace].map(([place, some]) => lookFrom(play, place, some)))
}

async function lookFrom(play: Playing, name: string, observations: readonly Observation[]): Promise<void> {
  const place = play.places[name]
  assert.ok(place, `there is no place ${name}`)
  const wanted = named(place, play.names)
  const unplaced = observations.find((one) => one.unplaced)
  if (unplaced) return assertUnplaced(play, wanted, unplaced)
  const programs = observations.map(programOf)
  const outcomes = await runAt(
    play,
    wanted,
    programs.map(({ argv }) => argv),
  )
  const told = programs.map(({ tell }, at) => tell(outcomes[at]!))
  assert.deepEqual(
    observations.map((one, at) => brief(one, told[at]!)),
    observations.map((one) => ({ ...asked(one), sees: one.sees })),
    name,
  )
  for (const [at, one] of observations.entries()) {
    if (one.explain) await assertExplained(play, one, told[at]!)
    if (one.blockers) assertBlockers(play, wanted, one.blockers)
  }
}

async function assertUnplaced(play: Playing, wanted: PlaceWanted, { sees, blockers }: Observation): Promise<void> {
  const { error } = sees as { error: string }
  const said = await refusalOfPlace(play, wanted)
  if (!said.includes(error)) assert.equal(said, error)
  if (blockers) assertBlockers(play, wanted, blockers)
}
