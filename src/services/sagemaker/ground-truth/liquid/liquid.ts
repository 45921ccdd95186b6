import { isTrue, Reader, type Expression, type Scope } from './expression.ts'
import { escapeHtml, escaping, outputMax, textOf, type Filters } from './filters.ts'
import { LiquidError, pieces, type Piece } from './lexer.ts'

/** Turns of a template's loops: what renders here renders beside other calls. */
const turnsMax = 100_000
/** Milliseconds. */
const timeMax = 1000

interface Frame extends Scope {
  names: Map<string, unknown>
  out: string[]
  spent: { characters: number; turns: number }
}

/** Renders a part; `break` and `continue` are for the loop around it. */
type Part = (frame: Frame) => 'break' | 'continue' | void

/**
 * Renders a Liquid template as Ground Truth does: outputs are escaped for HTML unless a filter says otherwise (SageMaker
 * Developer Guide, "Adding automation with Liquid"). Throws LiquidError: for tags and filters that it does not know, too.
 */
export function renderLiquid(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  filters: Filters = {},
): string {
  const parser = new Parser(pieces(template), filters)
  const names = new Map(Object.entries(variables))
  const until = performance.now() + timeMax
  const frame: Frame = {
    names,
    get: (name) => names.get(name),
    pace() {
      if (performance.now() > until) throw new RangeError(`More than ${timeMax} ms`)
    },
    out: [],
    spent: { characters: 0, turns: 0 },
  }
  try {
    parser.whole()(frame)
    return frame.out.join('')
  } catch (error) {
    // What a text or a list may come to, by this module's measure or the language's.
    throw error instanceof RangeError ? new LiquidError(error.message, 0) : error
  }
}

class Parser {
  readonly #pieces: readonly Piece[]
  readonly #filters: Filters
  #at = 0

  constructor(all: readonly Piece[], filters: Filters) {
    this.#pieces = all
    this.#filters = filters
  }

  whole(): Part {
    return this.#block([]).part
  }

  /** Up to a tag of these names, which is given with its words. */
  #block(until: readonly string[]): { part: Part; end: string; reader: Reader } {
    const parts: Part[] = []
    const opened = this.#pieces[this.#at - 1]
    for (;;) {
      const piece = this.#pieces[this.#at++]
      if (!piece) {
        if (until.length === 0) return { part: inTurn(parts), end: '', reader: new Reader('', 0) }
        throw new LiquidError(`'${nameOf(opened!)}' tag was never closed`, opened!.line)
      }
      if (piece.type === 'text') parts.push((frame) => write(frame, piece.text, piece.line))
      else if (piece.type === 'output') parts.push(this.#output(piece))
      else {
        const name = nameOf(piece)
        const reader = (): Reader => new Reader(piece.text.slice(name.length), piece.line)
        if (until.includes(name)) return { part: inTurn(parts), end: name, reader: reader() }
        parts.push(this.#tag(name, piece, reader))
      }
    }
  }

  #output({ text, line }: Piece): Part {
    if (text === '') return () => {}
    const reader = new Reader(text, line)
    const { value, applied } = reader.filtered(this.#filters)
    reader.end()
    const escapes = !applied.some((name) => escaping.includes(name))
    return (frame) => {
      frame.pace()
      const shown = textOf(value(frame))
      write(frame, escapes ? escapeHtml(shown) : shown, line)
    }
  }

  #tag(name: string, piece: Piece, reader: () => Reader): Part {
    switch (name) {
      case 'if':
        return this.#choice(reader(), true)
      case 'unless':
        return this.#choice(reader(), false)
      case 'case':
        return this.#case(reader())
      case 'for':
        return this.#for(reader(), piece.line)
      case 'assign':
        return this.#assign(reader())
      case 'capture':
        return this.#capture(reader())
      case 'comment':
        this.#skip(piece)
        return () => {}
      case 'break':
      case 'continue':
        return () => name
      default:
        throw new LiquidError(`Unknown tag '${name}'`, piece.line)
    }
  }

  #choice(first: Reader, wanted: boolean): Part {
    const closing = wanted ? 'endif' : 'endunless'
    const condition = conditionOf(first)
    const branches: { test: Expression; part: Part }[] = []
    let test: Expression = wanted ? condition : (scope) => !condition(scope)
    for (;;) {
      const { part, end, reader } = this.#block(['elsif', 'else', closing])
      branches.push({ test, part })
      if (end === closing) break
      test = end === 'else' ? () => true : conditionOf(reader)
    }
    return (frame) => branches.find((branch) => branch.test(frame))?.part(frame)
  }

  #case(reader: Reader): Part {
    const value = reader.value()
    reader.end()
    const branches: { values: Expression[]; part: Part }[] = []
    let otherwise: Part | undefined
    // What stands before the first `when` is not shown.
    let block = this.#block(['when', 'else', 'endcase'])
    while (block.end !== 'endcase') {
      const values: Expression[] = []
      const { end, reader: words } = block
      if (end === 'when') {
        do values.push(words.value())
        while (words.takes(',') || words.takes('or'))
        words.end()
      }
      block = this.#block(['when', 'else', 'endcase'])
      if (end === 'else') otherwise = block.part
      else branches.push({ values, part: block.part })
    }
    return (frame) => {
      const shown = value(frame)
      const found = branches.find(({ values }) => values.some((one) => one(frame) === shown))
      return (found?.part ?? otherwise)?.(frame)
    }
  }

  #for(reader: Reader, line: number): Part {
    const name = reader.name()
    reader.expect('in')
    const source = reader.value()
    const given: { limit?: Expression; offset?: Expression; reversed?: true } = {}
    while (reader.peek() !== undefined) {
      const option = reader.name()
      if (option === 'reversed') given.reversed = true
      else if (option === 'limit' || option === 'offset') {
        reader.expect(':')
        given[option] = reader.value()
      } else reader.fail(`Unexpected "${option}"`)
    }
    const body = this.#block(['else', 'endfor'])
    const none = body.end === 'else' ? this.#block(['endfor']).part : undefined
    return (frame) => {
      const offset = Number(given.offset?.(frame) ?? 0)
      const limit = given.limit ? Number(given.limit(frame)) : Infinity
      const list = itemsOf(source(frame)).slice(offset, offset + limit)
      if (given.reversed) list.reverse()
      if (list.length === 0) return none?.(frame)
      const outer = new Map(['forloop', name].map((key) => [key, frame.names.get(key)]))
      for (const [index, item] of list.entries()) {
        if (++frame.spent.turns > turnsMax) throw new LiquidError(`More than ${turnsMax} turns of loops`, line)
        frame.names.set(name, item)
        frame.names.set('forloop', forloop(index, list.length))
        if (body.part(frame) === 'break') break
      }
      for (const [key, value] of outer) frame.names.set(key, value)
    }
  }

  #assign(reader: Reader): Part {
    const name = reader.name()
    reader.expect('=')
    const { value } = reader.filtered(this.#filters)
    reader.end()
    return (frame) => void frame.names.set(name, value(frame))
  }

  #capture(reader: Reader): Part {
    const name = reader.name()
    reader.end()
    const { part } = this.#block(['endcapture'])
    return (frame) => {
      const inner = { ...frame, out: [] as string[] }
      const signal = part(inner)
      frame.names.set(name, inner.out.join(''))
      return signal
    }
  }

  /** What is in a comment need not be Liquid. */
  #skip(opened: Piece): void {
    for (let depth = 1; depth > 0;) {
      const piece = this.#pieces[this.#at++]
      if (!piece) throw new LiquidError("'comment' tag was never closed", opened.line)
      if (piece.type !== 'tag') continue
      if (nameOf(piece) === 'comment') depth++
      if (nameOf(piece) === 'endcomment') depth--
    }
  }
}

const nameOf = ({ text }: Piece): string => /^\w+/.exec(text)?.[0] ?? text

function conditionOf(reader: Reader): Expression {
  const condition = reader.condition()
  reader.end()
  return (scope) => isTrue(condition(scope))
}

/** A map's items are its pairs. */
function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return [...(value as unknown[])]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

const forloop = (index: number, length: number) => ({
  index: index + 1,
  index0: index,
  rindex: length - index,
  rindex0: length - index - 1,
  first: index === 0,
  last: index === length - 1,
  length,
})

function write(frame: Frame, text: string, line: number): void {
  frame.spent.characters += text.length
  if (frame.spent.characters > outputMax) throw new LiquidError(`More than ${outputMax} characters`, line)
  frame.out.push(text)
}

function inTurn(parts: readonly Part[]): Part {
  return (frame) => {
    for (const part of parts) {
      const signal = part(frame)
      if (signal) return signal
    }
  }
}
