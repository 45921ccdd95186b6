/**
 * Strings made to lead a backtracking engine into as many readings as a pattern allows: everything before a repetition
 * once, the repetition itself very often, then something that can never match.
 */
type Node =
  | { kind: 'any of'; options: Node[] }
  | { kind: 'sequence'; items: Node[] }
  | { kind: 'repeat'; body: Node; min: number; max: number }
  | { kind: 'character'; source: string }

const nothing: Node = { kind: 'sequence', items: [] }

/** As much of a regular expression's syntax as AWS's patterns use. */
function parse(source: string): Node {
  let at = 0

  const alternatives = (): Node => {
    const options = [sequence()]
    while (source[at] === '|') {
      at += 1
      options.push(sequence())
    }
    return options.length === 1 ? options[0]! : { kind: 'any of', options }
  }

  const sequence = (): Node => {
    const items: Node[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') items.push(quantified(atom()))
    return { kind: 'sequence', items }
  }

  const atom = (): Node => {
    const char = source[at]!
    if (char === '(') {
      const opening = /^\((\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at))![0]
      at += opening.length
      const inside = alternatives()
      at += 1
      return /^\(\?<?[=!]/.test(opening) ? nothing : inside
    }
    if (char === '^' || char === '$') {
      at += 1
      return nothing
    }
    const token =
      /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\s\S]|[\s\S])/.exec(
        source.slice(at),
      )![0]
    at += token.length
    return { kind: 'character', source: token }
  }

  const quantified = (body: Node): Node => {
    const match = /^(?:([*+?])|\{(\d+)(,(\d*))?\})[?+]?/.exec(source.slice(at))
    if (!match) return body
    at += match[0].length
    const [, sign, low, more, high] = match
    const min = sign === undefined ? Number(low) : sign === '+' ? 1 : 0
    const max =
      sign === undefined ? (more === undefined ? min : high ? Number(high) : Infinity) : sign === '?' ? 1 : Infinity
    return quantified({ kind: 'repeat', body, min, max })
  }

  return alternatives()
}

const candidates = Array.from(
  'aA0-_./: *=@,+{$s\u00e9\nbcdefghijklmnopqrtuvwxyz123456789BCDEFGHIJKLMNOPQRSTUVWXYZ!"#%&\'()<>?[]^`|}~\\;',
)
const chosen = new Map<string, string>()

function character(source: string, preferred: string): string {
  const key = `${source}\0${preferred}`
  let found = chosen.get(key)
  if (found === undefined) {
    let test: RegExp
    try {
      test = new RegExp(`^${source}$`, 'u')
    } catch {
      test = new RegExp(`^${source}$`)
    }
    found = [preferred, ...candidates].find((each) => test.test(each)) ?? '\u4e00'
    chosen.set(key, found)
  }
  return found
}

function sample(node: Node, preferred: string): string {
  switch (node.kind) {
    case 'any of':
      return sample(node.options[0]!, preferred)
    case 'sequence':
      return node.items.map((item) => sample(item, preferred)).join('')
    case 'repeat':
      return sample(node.body, preferred).repeat(Math.min(Math.max(node.min, 1), 100))
    case 'character':
      return character(node.source, preferred)
  }
}

/** Hardly any pattern takes the first; a dot takes it, but none of the others. */
const ends = ['\u0001', '\n', '\u2028']

/** Hostile strings for a pattern, each `length` long. */
export function hostileStrings(pattern: string, length: number): Set<string> {
  const found = new Set<string>()
  const walk = (node: Node, before: string, preferred: string): void => {
    if (node.kind === 'any of') for (const option of node.options) walk(option, before, preferred)
    if (node.kind === 'sequence') {
      let so = before
      for (const item of node.items) {
        walk(item, so, preferred)
        so += sample(item, preferred)
      }
    }
    if (node.kind === 'repeat' && node.max > 1) {
      const body = sample(node.body, preferred) || preferred
      const room = Math.max(0, length - before.length - 1)
      const run = before + body.repeat(Math.ceil(room / body.length)).slice(0, room)
      for (const end of ends) found.add(run + end)
    }
    if (node.kind === 'repeat') walk(node.body, before, preferred)
  }
  const tree = parse(pattern)
  for (const preferred of 'a0-/.: ') walk(tree, '', preferred)
  return found
}
