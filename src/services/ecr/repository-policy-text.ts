import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'

/**
 * A repository's policy. Its statements have no Resource: they are about the repository that they hang on
 * (Amazon ECR User Guide, "Private repository policies"), so that is filled in before the common compiler reads them.
 * Throws what the compiler throws on a malformed document.
 */
export function compileRepositoryPolicy(text: string, repositoryArn: string): CompiledPolicy {
  const name = repositoryArn.slice(repositoryArn.indexOf('/') + 1)
  return compile(withResource(text, repositoryArn), {
    id: `repository-policy:${name}`,
    managed: false,
    grammar: 'resource',
  })
}

/** The statements of both, those of the first before the others. Both were compiled once: they are good documents. */
export function joinedText(first: string, second: string): string {
  const [one, other] = [first, second].map((text) => JSON.parse(text) as Record<string, unknown>)
  const statements = [one, other].flatMap((document) => document?.['Statement'] ?? [])
  return JSON.stringify({ Version: one?.['Version'] ?? other?.['Version'], Statement: withoutSids(statements) })
}

/** Sids are unique in each, not in both. */
function withoutSids(statements: readonly unknown[]): unknown[] {
  return statements.map((statement) => (isRecord(statement) ? { ...statement, Sid: undefined } : statement))
}

function withResource(text: string, repositoryArn: string): string {
  const document = parse(text)
  if (!isRecord(document)) return text
  const statements = Array.isArray(document['Statement']) ? document['Statement'] : [document['Statement']]
  return JSON.stringify({
    ...document,
    Statement: statements.map((statement) =>
      isRecord(statement) && !('Resource' in statement) && !('NotResource' in statement)
        ? { ...statement, Resource: repositoryArn }
        : statement,
    ),
  })
}

/** What is no JSON goes to the compiler as it is, so that there is one place that refuses. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
