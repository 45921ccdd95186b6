/** Where a statement stands in its document, as IAM's simulator tells it. */
import { positionAt, readJson } from './json.ts'
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
export function statementSpan({ text }: Pick<CompiledPolicy, 'text'>, index: number): Span {
  const { value, offsetOf } = readJson(text)
  const list = offsetOf(['Statement'])
  const listed = Array.isArray((value as { Statement?: unknown }).Statement)
  const before = index === 0 || !listed ? list + 1 : objectEnd(text, offsetOf(['Statement', index - 1]))
  const end = objectEnd(text, listed ? offsetOf(['Statement', index]) : list)
  return { start: positionAt(text, before), end: positionAt(text, end) }
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
