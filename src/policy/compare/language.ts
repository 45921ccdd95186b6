/**
 * Sets of strings given by wildcard patterns, and the walk over all strings at once: patterns share a trie of tokens, the
 * walk keeps the set of places where a string so far may stand in it (the subset construction, made as it goes), and
 * visits each combination of sets once, shortest string first.
 */
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'

/** `*` and `?`; and the two of an ARN's first five components, which do not match a colon. */
export const STAR = Symbol('*')
export const ONE = Symbol('?')
export const STAR_IN_COMPONENT = Symbol('* but :')
export const ONE_IN_COMPONENT = Symbol('? but :')

/** A UTF-16 unit, or one in any case, or a wildcard. */
export type Token =
  | string
  | { readonly anyCase: string }
  | typeof STAR
  | typeof ONE
  | typeof STAR_IN_COMPONENT
  | typeof ONE_IN_COMPONENT

/** Stands for the unknown text of a policy variable: private use, so no policy can write it (they end at U+00FF). */
const FIRST_SYMBOL = 0xe000

/** The character that stands for a variable's text. `?` does not match it, as nobody knows its length. */
export function symbol(index: number): string {
  return String.fromCharCode(FIRST_SYMBOL + index)
}

export function isSymbol(char: string): boolean {
  const code = char.charCodeAt(0)
  return code >= FIRST_SYMBOL && code < 0xf900
}

type Loop = 'none' | 'any' | 'component'

interface Node {
  readonly id: number
  readonly loop: Loop
  readonly chars: Map<string, Node>
  readonly anyCase: Map<string, Node>
  star?: Node
  starInComponent?: Node
  one?: Node
  oneInComponent?: Node
  /** Names of patterns that end here. */
  readonly accepts: number[]
  /** Names of patterns that go through here or end here. */
  readonly ahead: Set<number>
}

/** Patterns over one string. */
export interface Language {
  readonly nodes: Node[]
}

function newNode(language: Language, loop: Loop): Node {
  const node: Node = {
    id: language.nodes.length,
    loop,
    chars: new Map(),
    anyCase: new Map(),
    accepts: [],
    ahead: new Set(),
  }
  language.nodes.push(node)
  return node
}

export function newLanguage(): Language {
  const language: Language = { nodes: [] }
  newNode(language, 'none')
  return language
}

/** Adds a pattern under a name that the walk will call; several may share one, and are told apart no more. */
export function addPattern(language: Language, tokens: readonly Token[], name: number): void {
  let node = language.nodes[0]!
  node.ahead.add(name)
  for (const token of tokens) {
    if (typeof token === 'string') node = child(node.chars, token, language)
    else if (typeof token === 'object') node = child(node.anyCase, token.anyCase, language)
    else if (token === STAR) node = node.star ??= newNode(language, 'any')
    else if (token === STAR_IN_COMPONENT) node = node.starInComponent ??= newNode(language, 'component')
    else if (token === ONE) node = node.one ??= newNode(language, 'none')
    else node = node.oneInComponent ??= newNode(language, 'none')
    node.ahead.add(name)
  }
  node.accepts.push(name)
}

function child(edges: Map<string, Node>, char: string, language: Language): Node {
  let node = edges.get(char)
  if (!node) edges.set(char, (node = newNode(language, 'none')))
  return node
}

/** Characters outside of Latin 1 whose lower case is within it, where the policies' own characters end. */
const FOREIGN_UPPER_CASE: Readonly<Record<string, string>> = {
  k: '\u212a',
  '\u00e5': '\u212b',
  '\u00df': '\u1e9e',
  '\u00ff': '\u0178',
}

function casesOf(lower: string): string[] {
  const upper = lower.toUpperCase()
  const foreign = FOREIGN_UPPER_CASE[lower]
  return [lower, ...(upper.length === 1 && upper !== lower ? [upper] : []), ...(foreign ? [foreign] : [])]
}

/** Places in a language, sorted by id. */
type Places = readonly Node[]

function enter(node: Node, into: Set<Node>): void {
  if (into.has(node)) return
  into.add(node)
  if (node.star) enter(node.star, into)
  if (node.starInComponent) enter(node.starInComponent, into)
}

/**
 * In order, and without places that have nothing to add: a pattern that ended in `*` accepts whatever comes, so what else
 * there is of its name does not matter any more. It is this that keeps many infix wildcards from multiplying.
 */
function settled(nodes: Set<Node>): Places {
  const places = nodes.size < 2 ? [...nodes] : [...nodes].sort((a, b) => a.id - b.id)
  const decided = new Set<number>()
  for (const { loop, accepts } of places) if (loop === 'any') for (const name of accepts) decided.add(name)
  if (decided.size === 0) return places
  const shown = new Set<number>()
  return places.filter(({ loop, accepts, ahead }) => {
    const more = loop === 'any' && accepts.some((name) => !shown.has(name))
    if (loop === 'any') for (const name of accepts) shown.add(name)
    return more || !isWithin(ahead, decided)
  })
}

function isWithin(few: ReadonlySet<number>, many: ReadonlySet<number>): boolean {
  if (few.size > many.size) return false
  for (const one of few) if (!many.has(one)) return false
  return true
}

function advance(places: Places, char: string): Places {
  const next = new Set<Node>()
  const unknownText = isSymbol(char)
  const lower = char.toLowerCase()
  for (const node of places) {
    const direct = node.chars.get(char)
    if (direct) enter(direct, next)
    if (node.loop === 'any' || (node.loop === 'component' && char !== ':')) enter(node, next)
    if (unknownText) continue
    const folded = node.anyCase.get(lower)
    if (folded) enter(folded, next)
    if (node.one) enter(node.one, next)
    if (node.oneInComponent && char !== ':') enter(node.oneInComponent, next)
  }
  return settled(next)
}

export interface Walk {
  /** Each of these must accept the string. */
  readonly required: readonly Language[]
  /** Of this one it is told which patterns accept the string. */
  readonly observed: Language
  /** Characters to prefer where any will do. */
  readonly filler?: string
  /** All the characters that there are, where that is not all of Unicode. */
  readonly alphabet?: ReadonlySet<string>
}

/** What the walk has come to: a string that all required languages accept. */
export interface Visit {
  text(): string
  /** Names of the patterns that accept it, of each required language. */
  required(at: number): ReadonlySet<number>
  observed: ReadonlySet<number>
}

interface State {
  readonly places: readonly Places[]
  readonly parent: State | undefined
  readonly char: string
}

/** Walks all strings; `visit` returns true to stop. */
export function walk(
  { required, observed, filler = 'x', alphabet }: Walk,
  budget: Budget,
  visit: (v: Visit) => boolean,
): void {
  const languages = [...required, observed]
  const first: State = { places: languages.map(({ nodes }) => start(nodes[0]!)), parent: undefined, char: '' }
  const seen = new Set([keyOf(first)])
  const queue = [first]
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at]!
    spend(budget)
    if (required.every((_, index) => state.places[index]!.some(({ accepts }) => accepts.length > 0))) {
      const found: Visit = {
        text: () => textOf(state),
        required: (index) => acceptedBy(state.places[index]!),
        observed: acceptedBy(state.places.at(-1)!),
      }
      if (visit(found)) return
    }
    for (const char of nextChars(state.places, filler, alphabet)) {
      const places = state.places.map((one) => advance(one, char))
      if (required.some((_, index) => places[index]!.length === 0)) continue
      const next: State = { places, parent: state, char }
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(next)
    }
  }
}

function start(root: Node): Places {
  const places = new Set<Node>()
  enter(root, places)
  return settled(places)
}

function keyOf({ places }: State): string {
  return places.map((one) => one.map(({ id }) => id).join(',')).join('|')
}

function textOf(state: State): string {
  let text = ''
  for (let at: State | undefined = state; at; at = at.parent) text = at.char + text
  return text
}

function acceptedBy(places: Places): ReadonlySet<number> {
  const names = new Set<number>()
  for (const { accepts } of places) for (const name of accepts) names.add(name)
  return names
}

/** The characters that some place waits for, and one that stands for all the others. */
function nextChars(
  places: readonly Places[],
  filler: string,
  alphabet: ReadonlySet<string> | undefined,
): Iterable<string> {
  const expected = new Set<string>()
  for (const one of places) {
    for (const node of one) {
      for (const char of node.chars.keys()) expected.add(char)
      for (const lower of node.anyCase.keys()) for (const char of casesOf(lower)) expected.add(char)
      if (node.oneInComponent || node.loop === 'component') expected.add(':')
    }
  }
  const chars = [...expected].filter((char) => !alphabet || alphabet.has(char))
  const other = otherThan(expected, filler, alphabet)
  return other === undefined ? chars : [other, ...chars]
}

function otherThan(expected: ReadonlySet<string>, filler: string, alphabet: ReadonlySet<string> | undefined) {
  for (const char of filler) if (!expected.has(char)) return char
  for (const char of alphabet ?? LETTERS) if (!expected.has(char)) return char
  if (alphabet) return undefined
  let code = 0x100
  while (expected.has(String.fromCharCode(code))) code++
  return String.fromCharCode(code)
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'

/** What the last of the languages calls a text, if all the others accept it. */
export function spell(languages: readonly Language[], text: string): ReadonlySet<number> | undefined {
  const ends = languages.map(({ nodes }) => {
    let places = start(nodes[0]!)
    for (let at = 0; at < text.length; at++) places = advance(places, text[at]!)
    return places
  })
  if (ends.slice(0, -1).some((places) => !places.some(({ accepts }) => accepts.length > 0))) return undefined
  return acceptedBy(ends.at(-1)!)
}
