import { UsageError } from './failure.ts'

export type Members = Record<string, unknown>

/** A file's name (it may hold the id that an answer leaves out) and content. */
export interface AnswerFile {
  readonly name: string
  readonly text: string
}

/** JSON values that follow each other, with or without line ends between them; arrays stand for their elements. */
export function answers({ name, text }: AnswerFile): Members[] {
  const found: Members[] = []
  for (const value of jsonValues(name, text.replace(/^\uFEFF/, ''))) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one !== 'object' || one === null || Array.isArray(one))
        throw new UsageError(`${name} is no answer of an EC2 call: not a JSON object`)
      found.push(one as Members)
    }
  }
  if (found.length === 0) throw new UsageError(`${name} is empty`)
  return found
}

function jsonValues(name: string, text: string): unknown[] {
  try {
    return [JSON.parse(text) as unknown]
  } catch {
    return split(text).map((part) => {
      try {
        return JSON.parse(part) as unknown
      } catch (error) {
        throw new UsageError(`${name} is not JSON: ${(error as Error).message}`)
      }
    })
  }
}

/** Cuts a text where the outermost braces or brackets close. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|[{}[\]]/g)) {
    if (token.startsWith('"')) continue
    depth += token === '{' || token === '[' ? 1 : -1
    if (depth !== 0) continue
    parts.push(text.slice(start, index + 1))
    start = index + 1
  }
  const rest = text.slice(start)
  return rest.trim() === '' ? parts : [...parts, rest]
}
