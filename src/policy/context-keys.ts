/** The condition keys that a document speaks of: what a simulation wants values for. */
import type { StatementDocument } from './document.ts'
import { readPolicyText } from './parse.ts'
import { isVariable, parsePattern } from './pattern.ts'
import type { CompiledPolicy, Grammar } from './types.ts'

/**
 * Condition keys and policy variables of a document, in its order and spelling, each once (their case does not count).
 * Takes the text, or a compiled policy. Throws PolicySyntaxError where the structure is broken; a document that only IAM's
 * further rules would refuse is read. Source: AWS CLI examples of get-context-keys-for-custom-policy.
 */
export function contextKeysOf(source: string | CompiledPolicy, grammar: Grammar = 'identity'): string[] {
  const text = typeof source === 'string' ? source : source.text
  const document = readPolicyText(text, grammar).document
  const variables = document.Version === '2012-10-17'
  const found = new Map<string, string>()
  const add = (key: string) => {
    const lowerCased = key.toLowerCase()
    if (key !== '' && !found.has(lowerCased)) found.set(lowerCased, key)
  }
  const addVariables = (value: string) => {
    for (const part of parsePattern(value, { variables, wildcards: false })) if (isVariable(part)) add(part.name)
  }
  for (const statement of document.Statement) {
    for (const resource of resourcesOf(statement)) addVariables(resource)
    for (const keys of Object.values(statement.Condition ?? {})) {
      for (const [key, values] of Object.entries(keys)) {
        add(key)
        for (const value of values) addVariables(value)
      }
    }
  }
  return [...found.values()]
}

function resourcesOf({ Resource, NotResource }: StatementDocument): readonly string[] {
  return Resource ?? NotResource ?? []
}
