/**
 * What stands between two stars of a pattern: letters, and `?` for any one. Many letters are looked for by Knuth, Morris and
 * Pratt's way, in as many steps as the text is long; where there is a `?`, by Shift-And (Baeza-Yates and Gonnet, "A new
 * approach to text searching", 1992): one bit for each place says whether the text so far ends with all up to there, and 32
 * of them move on at once. However segment and text are made, that takes text × segment ÷ 32 steps.
 */
import { ONE } from './pattern.ts'
import type { FixedPart } from './pattern.ts'

export interface Segment {
  readonly length: number
  /** Whether the text has it at that place; it must be long enough. */
  readonly at: (text: string, from: number) => boolean
  /** Where its leftmost occurrence between two places of the text ends; -1: there is none. */
  readonly endIn: (text: string, from: number, to: number) => number
}

/** Characters for which the engine's own search is soon done, however it is teased: its worst is text × pattern. */
export const SHORT = 256

/** Of parts without stars. */
export function compileSegment(parts: readonly FixedPart[]): Segment {
  const letters: { text: string; offset: number }[] = []
  let length = 0
  for (const part of parts) {
    if (typeof part === 'string') letters.push({ text: part, offset: length })
    length += typeof part === 'string' ? part.length : 1
  }
  return {
    length,
    at: (text, from) => letters.every((one) => text.startsWith(one.text, from + one.offset)),
    endIn: parts.includes(ONE) ? shiftAnd(letters, length) : lettersOnly(letters.map(({ text }) => text).join('')),
  }
}

function lettersOnly(letters: string): Segment['endIn'] {
  return letters.length > SHORT ? resuming(letters) : plain(letters)
}

/** Knuth, Morris and Pratt: after a letter that does not fit, it goes on with the longest beginning that still does. */
function resuming(letters: string): Segment['endIn'] {
  const shorter = new Int32Array(letters.length)
  for (let at = 1, fits = 0; at < letters.length; at++) {
    const code = letters.charCodeAt(at)
    while (fits > 0 && letters.charCodeAt(fits) !== code) fits = shorter[fits - 1]!
    if (letters.charCodeAt(fits) === code) fits++
    shorter[at] = fits
  }
  return (text, from, to) => {
    let fits = 0
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at)
      while (fits > 0 && letters.charCodeAt(fits) !== code) fits = shorter[fits - 1]!
      if (letters.charCodeAt(fits) === code) fits++
      if (fits === letters.length) return at + 1
    }
    return -1
  }
}

function plain(letters: string): Segment['endIn'] {
  return (text, from, to) => {
    const end = text.indexOf(letters, from) + letters.length
    return end < from + letters.length || end > to ? -1 : end
  }
}

/** The places of one letter in the segment: words of 32, in order, and the bits in each. */
interface Places {
  readonly words: number[]
  readonly bits: number[]
}

function shiftAnd(letters: readonly { text: string; offset: number }[], length: number): Segment['endIn'] {
  const words = Math.ceil(length / 32)
  const lastBit = 1 << ((length - 1) % 32)
  const wild = new Int32Array(words).fill(-1)
  const placesOf = new Map<number, Places>()
  for (const { text, offset } of letters) {
    for (let at = 0; at < text.length; at++) {
      const word = (offset + at) >>> 5
      const bit = 1 << ((offset + at) % 32)
      wild[word]! &= ~bit
      const code = text.charCodeAt(at)
      let places = placesOf.get(code)
      if (!places) placesOf.set(code, (places = { words: [], bits: [] }))
      if (places.words.at(-1) === word) places.bits[places.bits.length - 1]! |= bit
      else {
        places.words.push(word)
        places.bits.push(bit)
      }
    }
  }
  return (text, from, to) => {
    if (to - from < length) return -1
    const reached = new Int32Array(words)
    const next = new Int32Array(words)
    for (let at = from; at < to; at++) {
      // Further on no bit can be set yet.
      const some = Math.min(words, ((at - from) >>> 5) + 1)
      let carry = 1
      for (let word = 0; word < some; word++) {
        const before = reached[word]!
        const moved = (before << 1) | carry
        carry = before >>> 31
        next[word] = moved
        reached[word] = moved & wild[word]!
      }
      const places = placesOf.get(text.charCodeAt(at))
      if (places) {
        for (let index = 0; index < places.words.length; index++) {
          const word = places.words[index]!
          if (word >= some) break
          reached[word]! |= next[word]! & places.bits[index]!
        }
      }
      if (reached[words - 1]! & lastBit) return at + 1
    }
    return -1
  }
}
