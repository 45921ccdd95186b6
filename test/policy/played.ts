/** Worlds for laws: every request of so many of them, decided. */
import { PolicySyntaxError } from '../../src/policy/policy.ts'
import { evaluate } from '../../src/policy/policy.ts'
import type { Decision, PolicySet } from '../../src/policy/policy.ts'
import { compileSources, requestOf } from './differ.ts'
import type { Sources } from './naive.ts'
import { randomOf } from './random.ts'
import { randomWorld } from './worlds.ts'
import type { Asked } from './worlds.ts'

export interface Played {
  asked: Asked
  sources: Sources
  set: PolicySet
  decision: Decision
}

const REQUESTS = 6

/** Worlds of a seed, of which every document would be stored. The same seed plays the same worlds. */
export function eachWorld(
  seed: number,
  worlds: number,
  play: (sources: Sources, asked: Asked[], set: PolicySet) => void,
): void {
  for (let number = 0; number < worlds; number++) {
    const { sources, asked } = randomWorld(randomOf(seed, number), REQUESTS)
    let set: PolicySet
    try {
      set = compileSources(sources)
    } catch (error) {
      if (error instanceof PolicySyntaxError) continue
      throw error
    }
    play(sources, asked, set)
  }
}

export function eachRequest(seed: number, worlds: number, look: (played: Played) => void): void {
  eachWorld(seed, worlds, (sources, requests, set) => {
    for (const asked of requests) look({ asked, sources, set, decision: evaluate(requestOf(asked), set) })
  })
}
