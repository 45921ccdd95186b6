/**
 * `sallyport/policy`: the IAM policy language, pure and without dependencies.
 *
 *     const policy = compile(text, { id: 'inline:reader' })
 *     const decision = evaluate(request, { identity: [policy] })
 *     if (decision.effect !== 'allow') denialSentence(request, decision)
 */
export { compile } from './compile.ts'
export type { CompileOptions } from './compile.ts'
export type { PolicyDocument, PrincipalDocument, StatementDocument } from './document.ts'
export { evaluate } from './evaluate.ts'
export { nearMisses } from './explain.ts'
export { lint } from './lint.ts'
export type { Finding, LintOptions } from './lint.ts'
export { denialSentence } from './message.ts'
export type { SentenceOptions } from './message.ts'
export { invalidPrincipal, parsePolicy, policySize, PolicySyntaxError } from './parse.ts'
export { suggest } from './suggest.ts'
export type { SuggestedStatement, Suggestion } from './suggest.ts'
export type * from './types.ts'
