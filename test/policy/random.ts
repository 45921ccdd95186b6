/** Chance that can be repeated: the same seed, the same choices, on every machine. */
export interface Random {
  /** An integer from 0 to below `limit`. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** From `least` to `most` values. */
  several<T>(least: number, most: number, make: () => T): T[]
}

/** Mulberry32, seeded by a stream and a number within it. */
export function randomOf(stream: number, number: number): Random {
  let state = Math.imul(stream ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 0x7f4a7c15, 0xc2b2ae35)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  next()
  const below = (limit: number) => next() % limit
  return {
    below,
    chance: (probability) => next() < probability * 0x1_0000_0000,
    pick: (from) => from[below(from.length)]!,
    several: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  }
}
