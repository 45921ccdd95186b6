/**
 * Two questions that people ask of one policy, as IAM Access Analyzer asks them: CheckAccessNotGranted ("does it allow any
 * of this?") and CheckNoPublicAccess ("can anyone use it?"). Both answer with a request where the answer is yes.
 */
import { compile, inside } from '../compile.ts'
import type { StatementDocument } from '../document.ts'
import type { CompiledPolicy, Grammar } from '../types.ts'
import { contains } from './compare.ts'
import type { Comparison, CompareOptions, Side } from './compare.ts'
import { namesPrincipals } from './rules.ts'
import type { Witness } from './witness.ts'

export interface Answer {
  /** `unknown`: neither could be shown within the budget. */
  readonly answer: 'yes' | 'no' | 'unknown'
  /** With `yes`: a request that is allowed. */
  readonly witness?: Witness
  readonly reason?: string
  readonly steps: number
}

/** Patterns as policies write them. Without actions: any action; without resources: any resource. */
export interface Access {
  readonly actions?: readonly string[]
  readonly resources?: readonly string[]
}

const NOBODY: Side = { policies: [] }

/** Whether a side allows any request among the given actions and resources. */
export function grants(
  side: Side,
  { actions = ['*'], resources = ['*'] }: Access,
  options: CompareOptions = {},
): Answer {
  const { grammar = 'identity' } = side
  // Of the same kind of caller as the side: those who have policies of their own, or everyone.
  const asked = namesPrincipals(grammar)
    ? everyone({ Action: actions, Resource: resources })
    : { grammar: 'scp' as const, policies: [access({ Action: actions, Resource: resources }, 'scp')] }
  return answered(contains({ ...side, within: [...(side.within ?? []), asked] }, NOBODY, options))
}

function answered({ verdict, witness, reason, steps }: Comparison): Answer {
  if (verdict === 'not-subset') return { answer: 'yes', witness: witness!, steps }
  return verdict === 'unknown' ? { answer: 'unknown', reason: reason!, steps } : { answer: 'no', steps }
}

function access(statement: object, grammar: Grammar): CompiledPolicy {
  const whole = { Effect: 'Allow', Action: '*', Resource: '*', ...statement }
  return compile({ Version: '2012-10-17', Statement: whole }, { id: 'inline:access', grammar })
}

function everyone(statement: object): Side {
  return { grammar: 'resource', policies: [access({ Principal: '*', ...statement }, 'resource')] }
}

/**
 * Whether a policy with principals allows someone whom it does not name: everyone, but for conditions that hold the caller to
 * fixed values of keys that it cannot choose. The witness is such a caller's request.
 * Amazon S3 User Guide: "The meaning of 'public'" (Blocking public access to your Amazon S3 storage).
 */
export function isPublic(policy: CompiledPolicy, grammar: Grammar = 'resource', options: CompareOptions = {}): Answer {
  const documents = inside(policy).statements.map(({ document }) => document)
  const named = namedPrincipals(documents)
  const trusted: Side = Object.keys(named).length > 0 ? everyone({ Principal: named }) : NOBODY
  const stranger = everyone({ Condition: strangers(documents) })
  return answered(contains({ grammar, policies: [policy], within: [stranger] }, trusted, options))
}

function namedPrincipals(documents: readonly StatementDocument[]): Record<string, string[]> {
  const named: Record<string, string[]> = {}
  for (const { Effect, Principal } of documents) {
    if (Effect === 'Deny' || !Principal || Principal === '*') continue
    for (const [type, names] of Object.entries(Principal)) {
      const some = names.filter((name) => name !== '*')
      if (some.length > 0) named[type] = [...(named[type] ?? []), ...some]
    }
  }
  return named
}

/** The keys that tell who calls, or from where; a caller cannot choose their values. */
const TRUSTED = new Set(
  [
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:PrincipalOrgID',
    'aws:PrincipalOrgPaths',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:SourceIp',
    'aws:SourceOrgID',
    'aws:SourceOrgPaths',
    'aws:SourceOwner',
    'aws:SourceVpc',
    'aws:SourceVpce',
    'aws:userid',
    's3:DataAccessPointAccount',
    's3:DataAccessPointArn',
  ].map((key) => key.toLowerCase()),
)

/** A condition that whoever has one of the fixed values that the policy asks for does not satisfy. */
function strangers(documents: readonly StatementDocument[]): NonNullable<StatementDocument['Condition']> {
  const texts: Record<string, string[]> = {}
  const blocks: Record<string, string[]> = {}
  for (const { Effect, Condition = {} } of documents) {
    if (Effect === 'Deny') continue
    for (const [operator, keys] of Object.entries(Condition)) {
      if (operator.includes('Not') || operator === 'Null') continue
      for (const [key, values] of Object.entries(keys)) {
        if (!TRUSTED.has(key.toLowerCase())) continue
        const isAddress = operator.includes('IpAddress')
        const fixed = values.filter(isAddress ? isNarrow : isFixed)
        if (fixed.length === 0) continue
        const found = isAddress ? blocks : texts
        found[key] = [...(found[key] ?? []), ...fixed]
      }
    }
  }
  return {
    ...(Object.keys(texts).length > 0 && { 'ForAllValues:StringNotLike': texts }),
    ...(Object.keys(blocks).length > 0 && { NotIpAddress: blocks }),
  }
}

/** No wildcard, no variable; or (inferred) an ARN that at least names an account. */
function isFixed(value: string): boolean {
  return !/[*?$]/.test(value) || /^arn:[^:]*:[^:]*:[^:]*:\d{12}:/.test(value)
}

/** inferred: AWS calls very broad ranges public and does not say where that begins. */
function isNarrow(block: string): boolean {
  const length = block.split('/')[1]
  return length === undefined || Number(length) >= (block.includes(':') ? 32 : 8)
}
