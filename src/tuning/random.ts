/** Numbers in [0, 1) that look random. */
export type Random = () => number

/**
 * The numbers of one draw of a search: what is drawn for a training job depends on the seed and the job's place alone, so that
 * a search goes on after a restart as if nothing had been.
 */
export function randomOf(seed: number, ...places: number[]): Random {
  let state = mix(0x9e3779b9, seed >>> 0)
  state = mix(state, Math.floor(seed / 2 ** 32))
  for (const place of places) state = mix(state, place)
  // mulberry32, public domain
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number of 32 bits that stands for a text. */
export function seedOf(text: string): number {
  let seed = 0x811c9dc5
  for (const char of text) seed = mix(seed, char.codePointAt(0)!)
  return seed >>> 0
}

/** From the standard normal distribution. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Finalizer of murmur3, public domain. */
function mix(state: number, word: number): number {
  let hash = Math.imul(state ^ word, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}
