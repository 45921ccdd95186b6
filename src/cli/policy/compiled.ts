import { compile, PolicySyntaxError } from '../../policy/policy.ts'
import type { CompiledPolicy, Grammar } from '../../policy/policy.ts'
import { positionAt } from '../../policy/json.ts'
import { UsageError } from '../failure.ts'
import { readSource } from './source.ts'

/** The policy that a name stands for (`readSource`); what is none is shown where it breaks. */
export function compiled(name: string, grammar: Grammar): CompiledPolicy {
  const { name: id, text, managed } = readSource(name)
  try {
    return compile(text, { id, managed, grammar })
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    const { line, column } = positionAt(text, error.offset)
    const why = error.hint ?? error.reason
    throw new UsageError(`${id}:${line}:${column}: ${error.message}${why === error.message ? '' : ` (${why})`}`)
  }
}
