/** Patterns held against patterns: does one cover the other, could one text match both? */

/** What a pattern is made of: a character's code, or one of these. */
const ANY = -1
const ONE = -2
/** As ANY and ONE, but never a slash. */
const ANY_BUT_SLASH = -3
const ONE_BUT_SLASH = -4

export type Tokens = readonly number[]

/** A pattern of a policy. Variables stand for any text. */
export function policyTokens(pattern: string): Tokens {
  const tokens: number[] = []
  for (const char of pattern.replaceAll(/\$\{[^{}]*\}/g, '*')) {
    if (char !== '*') tokens.push(char === '?' ? ONE : char.codePointAt(0)!)
    else if (tokens.at(-1) !== ANY) tokens.push(ANY)
  }
  return tokens
}

/** Part of an ARN format of the Service Authorization Reference: a placeholder stands for at least one character. */
export function formatTokens(format: string): Tokens {
  const tokens: number[] = []
  for (const part of format.split(/(\$\{[^{}]*\})/)) {
    // A bucket's name is the one that is told from what follows it by the slash alone.
    if (part === '${BucketName}') tokens.push(ONE_BUT_SLASH, ANY_BUT_SLASH)
    else if (part.startsWith('${')) tokens.push(ONE, ANY)
    else tokens.push(...policyTokens(part))
  }
  return tokens
}

/** Whether some text matches both; yes where they are too long to tell. */
export function overlap(a: Tokens, b: Tokens): boolean {
  if (a.length > LONGEST || b.length > LONGEST) return true
  const seen = new Set<number>()
  const width = b.length + 1
  const open = [0]
  const visit = (i: number, j: number) => {
    const state = i * width + j
    if (!seen.has(state)) {
      seen.add(state)
      open.push(state)
    }
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const i = Math.floor(state / width)
    const j = state % width
    if (i === a.length && j === b.length) return true
    const left = a[i]
    const right = b[j]
    if (left !== undefined && isStar(left)) visit(i + 1, j)
    if (right !== undefined && isStar(right)) visit(i, j + 1)
    if (left === undefined || right === undefined || !canBeSame(left, right)) continue
    visit(isStar(left) ? i : i + 1, isStar(right) ? j : j + 1)
  }
  return false
}

function isStar(token: number): boolean {
  return token === ANY || token === ANY_BUT_SLASH
}

const SLASH = 0x2f

function canBeSame(a: number, b: number): boolean {
  if (a >= 0 && b >= 0) return a === b
  const noSlash = a <= ANY_BUT_SLASH || b <= ANY_BUT_SLASH
  return !(noSlash && (a === SLASH || b === SLASH))
}

/** Whether every text that `inner` matches is matched by `outer`, as far as their letters tell. */
export function covers(outer: string, inner: string): boolean {
  let o = 0
  let i = 0
  let starAt = -1
  let resumeAt = 0
  while (i < inner.length) {
    if (outer[o] === '*') {
      starAt = o++
      resumeAt = i
    } else if (inner[i] !== '*' && (outer[o] === '?' || outer[o] === inner[i])) {
      o++
      i++
    } else if (starAt !== -1) {
      o = starAt + 1
      i = ++resumeAt
    } else return false
  }
  while (outer[o] === '*') o++
  return o === outer.length
}

/** Longer than any ARN, and more pairs than any policy has: what is beyond is not looked at, so that nothing takes long. */
const LONGEST = 2048
const MOST_PAIRS = 1_000_000

/** Places of the patterns that another one of the list covers; of equal ones the first stays. */
export function redundantAmong(patterns: readonly string[], covering: typeof covers = covers): number[] {
  const firstAt = new Map<string, number>()
  for (const [at, pattern] of patterns.entries()) if (!firstAt.has(pattern)) firstAt.set(pattern, at)
  const wild = [...firstAt.keys()].filter((pattern) => /[*?]/.test(pattern) && pattern.length <= LONGEST)
  if (wild.length * patterns.length > MOST_PAIRS) wild.length = 0
  return patterns.flatMap((pattern, at) =>
    firstAt.get(pattern) !== at || wild.some((outer) => outer !== pattern && covering(outer, pattern)) ? [at] : [],
  )
}
