/** A template that cannot be read or rendered, and on which line. */
export class LiquidError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** Text as it is, `{{ output }}` or `{% tag %}`. */
export interface Piece {
  type: 'text' | 'output' | 'tag'
  text: string
  line: number
}

const raw = /\{%-?\s*endraw\s*-?%\}/

/** Takes a template apart; `-` beside a brace takes the blanks beyond it away (Liquid, "Whitespace control"). */
export function pieces(template: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  let line = 1
  let trims = false
  const addText = (text: string, trimEnd: boolean) => {
    let kept = trims ? text.trimStart() : text
    if (trimEnd) kept = kept.trimEnd()
    if (kept !== '') found.push({ type: 'text', text: kept, line })
    line += count(text)
  }
  while (at < template.length) {
    const open = nextOpen(template, at)
    if (open === -1) break
    addText(template.slice(at, open), template[open + 2] === '-')
    const isOutput = template[open + 1] === '{'
    const close = template.indexOf(isOutput ? '}}' : '%}', open + 2)
    if (close === -1) throw new LiquidError(`${isOutput ? 'Variable' : 'Tag'} was not properly terminated`, line)
    const inner = template.slice(open + 2, close)
    const text = inner.replace(/^-/, '').replace(/-$/, '').trim()
    found.push({ type: isOutput ? 'output' : 'tag', text, line })
    line += count(inner)
    trims = inner.endsWith('-')
    at = close + 2
    if (isOutput || text !== 'raw') continue
    const end = raw.exec(template.slice(at))
    if (!end) throw new LiquidError("'raw' tag was never closed", line)
    found.pop()
    addText(template.slice(at, at + end.index), end[0].startsWith('{%-'))
    trims = end[0].endsWith('-%}')
    at += end.index + end[0].length
  }
  addText(template.slice(at), false)
  return found
}

function nextOpen(template: string, from: number): number {
  const open = /\{[{%]/g
  open.lastIndex = from
  return open.exec(template)?.index ?? -1
}

const count = (text: string): number => text.split('\n').length - 1

const word = /\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|\.\.|[=!<>]=|<>|[<>|:,.()[\]=]|[A-Za-z_][\w-]*\??)/y

/** Words of an expression. */
export function words(text: string, line: number): string[] {
  const found: string[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    word.lastIndex = at
    const match = word.exec(text)
    if (!match) throw new LiquidError(`Unexpected character in "${text}"`, line)
    found.push(match[1]!)
    at = word.lastIndex
  }
  return found
}
