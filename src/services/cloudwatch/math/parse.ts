/** A metric math expression as a tree (User Guide, "Using math expressions with CloudWatch metrics"). Pure. */
export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'name'; name: string }
  | { kind: 'list'; items: Node[] }
  | { kind: 'negative'; of: Node }
  | { kind: 'binary'; operator: Operator; left: Node; right: Node }
  | { kind: 'call'; name: string; arguments: Node[] }

export type Operator = '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<=' | '>=' | '<' | '>' | 'AND' | 'OR'

export class MathError extends Error {}

type Token = { type: 'number' | 'text' | 'name' | 'sign' | 'end'; text: string }

const lexeme =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|(?<name>[A-Za-z_]\w*)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<sign>&&|\|\||==|!=|<=|>=|[-+*/^<>(),[\]]))/y

function tokens(expression: string): Token[] {
  const found: Token[] = []
  lexeme.lastIndex = 0
  while (lexeme.lastIndex < expression.trimEnd().length) {
    const at = lexeme.lastIndex
    const groups = lexeme.exec(expression)?.groups
    if (!groups) throw new MathError(`Unexpected character '${expression.slice(at).trim()[0]}'`)
    const { number, name, single, double, sign } = groups
    if (number !== undefined) found.push({ type: 'number', text: number })
    else if (name !== undefined) found.push({ type: 'name', text: name })
    else if (sign !== undefined) found.push({ type: 'sign', text: sign === '&&' ? 'AND' : sign === '||' ? 'OR' : sign })
    else found.push({ type: 'text', text: single ?? double ?? '' })
  }
  return [...found, { type: 'end', text: 'end of expression' }]
}

/** Loosest first; `^` binds from the right. */
const levels: readonly (readonly Operator[])[] = [
  ['OR'],
  ['AND'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
]

const DEPTH_MAX = 100

/** Throws MathError on what is no expression. */
export function parseMath(expression: string): Node {
  const list = tokens(expression)
  let at = 0
  let depth = 0

  const peek = (): Token => list[at]!
  const isOperator = (token: Token, text: string) =>
    (token.type === 'sign' || (token.type === 'name' && (text === 'AND' || text === 'OR'))) && token.text === text
  const accept = (text: string): boolean => {
    if (!isOperator(peek(), text)) return false
    at++
    return true
  }
  const expect = (text: string): void => {
    if (!accept(text)) throw new MathError(`Expected '${text}' but found '${peek().text}'`)
  }

  function binary(level: number): Node {
    const operators = levels[level]
    if (!operators) return negative()
    let left = binary(level + 1)
    for (;;) {
      const operator = operators.find((one) => accept(one))
      if (!operator) return left
      left = { kind: 'binary', operator, left, right: binary(level + 1) }
    }
  }

  function negative(): Node {
    if (accept('-')) return deeper(() => ({ kind: 'negative', of: negative() }))
    if (accept('+')) return deeper(negative)
    const base = primary()
    return accept('^') ? { kind: 'binary', operator: '^', left: base, right: deeper(negative) } : base
  }

  function deeper<T>(read: () => T): T {
    if (++depth > DEPTH_MAX) throw new MathError('The expression is nested too deeply')
    const result = read()
    depth--
    return result
  }

  function items(close: string): Node[] {
    const found: Node[] = []
    if (accept(close)) return found
    do found.push(deeper(() => binary(0)))
    while (accept(','))
    expect(close)
    return found
  }

  function primary(): Node {
    const token = peek()
    if (accept('(')) {
      const inner = deeper(() => binary(0))
      expect(')')
      return inner
    }
    if (accept('[')) return { kind: 'list', items: items(']') }
    at++
    if (token.type === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.type === 'text') return { kind: 'text', value: token.text }
    if (token.type === 'name' && token.text !== 'AND' && token.text !== 'OR') {
      return accept('(')
        ? { kind: 'call', name: token.text, arguments: items(')') }
        : { kind: 'name', name: token.text }
    }
    throw new MathError(`Unexpected '${token.text}'`)
  }

  const tree = binary(0)
  if (peek().type !== 'end') throw new MathError(`Unexpected '${peek().text}'`)
  return tree
}

/** Names of metrics and expressions that a tree refers to. */
export function namesIn(node: Node): string[] {
  switch (node.kind) {
    case 'name':
      return [node.name]
    case 'list':
      return node.items.flatMap(namesIn)
    case 'negative':
      return namesIn(node.of)
    case 'binary':
      return [...namesIn(node.left), ...namesIn(node.right)]
    case 'call':
      return node.arguments.flatMap(namesIn)
    default:
      return []
  }
}

/** Names of functions that a tree calls. */
export function callsIn(node: Node): string[] {
  switch (node.kind) {
    case 'list':
      return node.items.flatMap(callsIn)
    case 'negative':
      return callsIn(node.of)
    case 'binary':
      return [...callsIn(node.left), ...callsIn(node.right)]
    case 'call':
      return [node.name, ...node.arguments.flatMap(callsIn)]
    default:
      return []
  }
}
