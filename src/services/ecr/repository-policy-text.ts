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
