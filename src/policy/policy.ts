/**
 * `sallyport/policy`: the IAM policy language, pure and without dependencies.
 *
 *     const policy = compile(text, { id: 'inline:reader' })
 *     const decision = evaluate(request, { identity: [policy] })
 *     if (decision.effect !== 'allow') denialSentence(request, decision)
 */
export { grants, isPublic } from './compare/assertions.ts'
export type { Access, Answer } from './compare/assertions.ts'
export { compare, contains, DEFAULT_BUDGET, relate, replay } from './compare/compare.ts'
export type { CompareOptions, Comparison, Related, Relation, Side, Verdict } from './compare/compare.ts'
export { shadowed } from './compare/shadowed.ts'
export type { Shadowed, ShadowedStatements } from './compare/shadowed.ts'
export type { Replay, Witness } from './compare/witness.ts'
export { compile } from './compile.ts'
export type { CompileOptions } from './compile.ts'
export { contextKeysOf } from './context-keys.ts'
export type { PolicyDocument, PrincipalDocument, StatementDocument } from './document.ts'
export { evaluate } from './evaluate.ts'
export { nearMisses } from './explain.ts'
export { compileGrant } from './grant.ts'
export type { Grant } from './grant.ts'
export { lint } from './lint/lint.ts'
export type { Finding, LintOptions } from './lint/lint.ts'
export type { ServiceReference } from './reference.ts'
export { denialSentence } from './message.ts'
export type { SentenceOptions } from './message.ts'
export { invalidPrincipal, parsePolicy, policySize, PolicySyntaxError } from './parse.ts'
export { statementSpan } from './statement-span.ts'
export type { Position, Span } from './statement-span.ts'
export { suggest } from './suggest.ts'
export type { SuggestedStatement, Suggestion } from './suggest.ts'
export type * from './types.ts'
