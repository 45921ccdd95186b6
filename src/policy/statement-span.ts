/** Where a statement stands in its document, as IAM's simulator tells it. */
import { readJson } from './json.ts'
import type { CompiledPolicy } from './types.ts'

/** 1-based; a line ends with its `\n`. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface Span {
  readonly start: Position
  readonly end: Position
}

/**
 * StartPosition and EndPosition of a statement. Both are the column *after* a token, as AWS's parser has it: the end is
 * just behind the statement's brace; the start just behind what was read before, which is the `[` of the list, the brace
 * of the statement before, or, where a lone statement stands without a list, its own opening brace.
 * Sources: AWS CLI examples of simulate-custom-policy (a lone statement, column 38) and simulate-principal-policy (a list,
 * line 3 column 19); recorded responses with (41, 198), (198, 300) for two neighbours.
 */
export function statementSpan(policy: Pick<CompiledPolicy, 'text'>, index: number): Span {
  let spans = known.get(policy)
  if (!spans) known.set(policy, (spans = spansOf(policy.text)))
  return spans[index]!
}

/** A simulation asks for the same statements again and again. */
const known = new WeakMap<Pick<CompiledPolicy, 'text'>, readonly Span[]>()

function spansOf(text: string): Span[] {
  const { value, offsetOf } = readJson(text)
  const list = offsetOf(['Statement'])
  const { Statement } = value as { Statement?: unknown }
  const position = positionsIn(text)
  if (!Array.isArray(Statement)) return [{ start: position(list + 1), end: position(objectEnd(text, list)) }]
  let before = list + 1
  return Statement.map((_, index) => {
    const start = position(before)
    before = objectEnd(text, offsetOf(['Statement', index]))
    return { start, end: position(before) }
  })
}

/** As positionAt, for offsets that grow. */
function positionsIn(text: string): (offset: number) => Position {
  let line = 1
  let lineStart = 0
  return (offset) => {
    for (let at = text.indexOf('\n', lineStart); at !== -1 && at < offset; at = text.indexOf('\n', lineStart)) {
      line++
      lineStart = at + 1
    }
    return { line, column: offset - lineStart + 1 }
  }
}

/** Offset just behind the object that begins at `offset`; the text is JSON, that much is known. */
function objectEnd(text: string, offset: number): number {
  let depth = 0
  for (let at = offset; ; at++) {
    const char = text[at]
    if (char === '"') at = stringEnd(text, at)
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at + 1
  }
}

/** Offset of the quotation mark that closes the string. */
function stringEnd(text: string, from: number): number {
  let at = from + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
