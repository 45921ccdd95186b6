/**
 * Policy text -> validated document, or AWS's sentence about it.
 *
 * The sentences and their order are IAM's `MalformedPolicyDocument`, as recorded by moto (Apache-2.0) against AWS, and
 * as users quote them (facts: errors.md A5, iam.md §3.11). Other services say it in their own words: `reason` tells
 * them, and people, what is wrong and where.
 */
import { principalTypes } from './document.ts'
import type { PolicyDocument, PrincipalDocument, PrincipalType, StatementDocument } from './document.ts'
import { JsonSyntaxError, readJson } from './json.ts'
import type { Json, JsonObject, JsonPath, JsonText } from './json.ts'
import { parseOperator } from './operators.ts'
import type { Grammar } from './types.ts'
import { checkControlDocument, checkIdentityDocument, checkTrustDocument } from './vendor-rules.ts'
import type { Fail } from './vendor-rules.ts'

/** A document that AWS would not store. `message` is AWS's sentence. */
export class PolicySyntaxError extends Error {
  /** What is wrong, in our words. */
  readonly reason: string
  /** Where: UTF-16 units from the start of the text. */
  readonly offset: number
  /** What people may have meant. AWS says nothing of the kind, so that no answer of a service has it. */
  readonly hint: string | undefined

  constructor(message: string, reason: string, offset = 0, hint?: string) {
    super(message)
    this.name = 'PolicySyntaxError'
    this.reason = reason
    this.offset = offset
    this.hint = hint
  }
}

export interface ParsedPolicy {
  readonly document: PolicyDocument
  /** Offset of an element, e.g. `['Statement', 0, 'Action', 1]`. */
  readonly offsetOf: (path: JsonPath) => number
  /** The first Effect written as `allow` or `DENY`: IAM refuses it, but only after other errors. */
  readonly oddEffect?: JsonPath
}

export const INVALID_JSON = 'This policy contains invalid Json'
export const SYNTAX_ERRORS = 'Syntax errors in policy.'

/** What each grammar asks for. `must` and `never` are about the element, whichever of its two forms. */
interface GrammarRules {
  readonly principal: 'must' | 'never'
  readonly resource: 'must' | 'never'
  /** NotPrincipal may stand for Principal. */
  readonly notPrincipal: boolean
  readonly effects: readonly string[]
}

const rules: Readonly<Record<Grammar, GrammarRules>> = {
  identity: { principal: 'never', resource: 'must', notPrincipal: false, effects: ['Allow', 'Deny'] },
  trust: { principal: 'must', resource: 'never', notPrincipal: false, effects: ['Allow', 'Deny'] },
  resource: { principal: 'must', resource: 'must', notPrincipal: true, effects: ['Allow', 'Deny'] },
  endpoint: { principal: 'must', resource: 'must', notPrincipal: true, effects: ['Allow', 'Deny'] },
  scp: { principal: 'never', resource: 'must', notPrincipal: false, effects: ['Allow', 'Deny'] },
  // RCPFullAWSAccess, AWS's own, is the one RCP that allows.
  rcp: { principal: 'must', resource: 'must', notPrincipal: false, effects: ['Allow', 'Deny'] },
}

/** Beyond every quota of AWS (the largest managed policy has 135 KB): a guard, not a rule. */
const MAX_LENGTH = 1_048_576

/** Throws PolicySyntaxError. `grammar` defaults to an identity-based policy's. */
export function parsePolicy(text: string, grammar: Grammar = 'identity'): PolicyDocument {
  return parsePolicyText(text, grammar).document
}

/**
 * As parsePolicyText, for an SCP or RCP that a customer writes: what AWS Organizations refuses to store is more than
 * what makes no sense to the engine.
 */
export function parseControlPolicy(text: string, grammar: 'scp' | 'rcp'): ParsedPolicy {
  const parsed = parsePolicyText(text, grammar)
  checkControlDocument(parsed.document, grammar, failing(parsed.offsetOf))
  return parsed
}

/** As parsePolicy, and says where each element stands. */
export function parsePolicyText(text: string, grammar: Grammar = 'identity'): ParsedPolicy {
  const parsed = readPolicyText(text, grammar)
  const { document, offsetOf, oddEffect } = parsed
  const fail = failing(offsetOf)
  if (grammar === 'identity') checkIdentityDocument(document, fail, oddEffect)
  else if (grammar === 'trust') checkTrustDocument(document, fail, oddEffect)
  else {
    for (const [index, statement] of document.Statement.entries()) {
      const path = ['Statement', index]
      const { resource } = rules[grammar]
      if (!has(statement.Action ?? statement.NotAction)) fail(SYNTAX_ERRORS, path, 'a statement must contain actions')
      if (resource === 'must' && !has(statement.Resource ?? statement.NotResource))
        fail(SYNTAX_ERRORS, path, 'a statement must contain resources')
    }
  }
  return parsed
}

function failing(offsetOf: ParsedPolicy['offsetOf']): Fail {
  return (message, path, reason = message) => {
    throw new PolicySyntaxError(message, reason, offsetOf(path))
  }
}

function has(list: readonly string[] | undefined): boolean {
  return list !== undefined && list.length > 0
}

/** Only the structure: AWS's own managed policies pass this, though some break the rules that IAM holds users to. */
export function readPolicyText(text: string, grammar: Grammar): ParsedPolicy {
  if (text.length > MAX_LENGTH) throw new PolicySyntaxError(SYNTAX_ERRORS, `longer than ${MAX_LENGTH} characters`)
  const json = readJsonOrFail(text)
  // JSON has no bare control characters; and of a text of one-byte characters the expression knows at once.
  refuseForeign(text, /[\u0100-\uffff]/)
  const reader = new Reader(json, grammar)
  const document = reader.document()
  return { document, offsetOf: json.offsetOf, ...(reader.oddEffect && { oddEffect: reader.oddEffect }) }
}

function refuseForeign(text: string, characters: RegExp): void {
  const found = characters.exec(text)
  if (found) throw new PolicySyntaxError(SYNTAX_ERRORS, 'a character beyond U+00FF, or a control', found.index)
}

function readJsonOrFail(text: string): JsonText {
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    refuseForeign(text, /[^\t\n\r\x20-\u00ff]/)
    const message = error.message.startsWith('duplicate key') ? SYNTAX_ERRORS : INVALID_JSON
    throw new PolicySyntaxError(message, error.message, error.offset)
  }
}

/** Documentation often prints no more than a statement. */
const LONE_STATEMENT = 'this is a statement, not a policy: wrap it in {"Version": "2012-10-17", "Statement": [ … ]}'

/** What a policy may consist of, and a statement of it. */
export const TOP_ELEMENTS = new Set(['Version', 'Id', 'Statement'])
const VERSIONS = new Set<Json>(['2008-10-17', '2012-10-17'])
export const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

const EXCLUSIVE = [
  ['Principal', 'NotPrincipal'],
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
] as const

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Walks the JSON value down and knows at each step where it is. */
class Reader {
  readonly #json: JsonText
  readonly #rules: GrammarRules
  readonly #grammar: Grammar
  oddEffect: JsonPath | undefined

  constructor(json: JsonText, grammar: Grammar) {
    this.#json = json
    this.#grammar = grammar
    this.#rules = rules[grammar]
  }

  #fail(reason: string, path: JsonPath, message = SYNTAX_ERRORS): never {
    throw new PolicySyntaxError(message, reason, this.#json.offsetOf(path))
  }

  document(): PolicyDocument {
    const top = this.#object(this.#json.value, [])
    const unknown = Object.keys(top).find((key) => !TOP_ELEMENTS.has(key))
    if (unknown !== undefined) {
      const hint = top['Effect'] !== undefined && top['Statement'] === undefined ? LONE_STATEMENT : undefined
      throw new PolicySyntaxError(SYNTAX_ERRORS, `unknown element ${unknown}`, this.#json.offsetOf([unknown]), hint)
    }
    const { Version, Id, Statement } = top
    if (Version !== undefined && !VERSIONS.has(Version)) this.#fail('no such Version', ['Version'])
    if (Id !== undefined && typeof Id !== 'string') this.#fail('Id must be a string', ['Id'])
    if (Statement === undefined) this.#fail('Statement is missing', [])
    const statements = Array.isArray(Statement)
      ? Statement.map((statement, index) => this.#statement(statement, ['Statement', index]))
      : [this.#statement(Statement, ['Statement'])]
    if (statements.length === 0) this.#fail('Statement is empty', ['Statement'])
    return {
      ...(typeof Version === 'string' && { Version }),
      ...(Id !== undefined && { Id }),
      Statement: statements,
    }
  }

  #statement(value: Json, path: JsonPath): StatementDocument {
    const raw = this.#object(value, path)
    for (const key of Object.keys(raw)) {
      if (!STATEMENT_ELEMENTS.has(key)) this.#fail(`unknown element ${key}`, [...path, key])
    }
    for (const [element, negated] of EXCLUSIVE) {
      if (raw[element] !== undefined && raw[negated] !== undefined)
        this.#fail(`${element} and ${negated} exclude each other`, path)
    }
    const { Sid, Effect, Condition } = raw
    if (Sid !== undefined && typeof Sid !== 'string') this.#fail('Sid must be a string', [...path, 'Sid'])
    const effect = this.#effect(Effect, [...path, 'Effect'])
    this.#principalAllowed(raw, path)
    const read: Mutable<StatementDocument> = { Effect: effect }
    if (Sid !== undefined) read.Sid = Sid
    for (const key of ['Principal', 'NotPrincipal'] as const) {
      const found = raw[key]
      if (found !== undefined) read[key] = this.#principal(found, [...path, key])
    }
    for (const key of ['Action', 'NotAction', 'Resource', 'NotResource'] as const) {
      const found = raw[key]
      if (found !== undefined) read[key] = this.#strings(found, [...path, key])
    }
    if (Condition !== undefined) read.Condition = this.#condition(Condition, [...path, 'Condition'])
    return read
  }

  #effect(value: Json | undefined, path: JsonPath): 'Allow' | 'Deny' {
    if (value === 'Allow' || value === 'Deny') return value
    // IAM's syntax check is blind to case; what comes after it is not.
    const known = typeof value === 'string' && /^(?:allow|deny)$/i.test(value)
    if (!known || (this.#grammar !== 'identity' && this.#grammar !== 'trust'))
      this.#fail('Effect must be Allow or Deny', path)
    this.oddEffect ??= path
    return value.toLowerCase() === 'allow' ? 'Allow' : 'Deny'
  }

  #principalAllowed(raw: JsonObject, path: JsonPath): void {
    const present = raw['Principal'] !== undefined || raw['NotPrincipal'] !== undefined
    const { principal, notPrincipal } = this.#rules
    if (principal === 'never' && present) {
      this.#fail(
        'this kind of policy has no Principal',
        path,
        this.#grammar === 'identity' ? 'Policy document should not specify a principal.' : SYNTAX_ERRORS,
      )
    }
    if (!notPrincipal && raw['NotPrincipal'] !== undefined) this.#fail('NotPrincipal is not allowed here', path)
    if (principal === 'must' && !present) {
      const message = this.#grammar === 'trust' ? 'Missing required field Principal' : SYNTAX_ERRORS
      this.#fail('Principal is missing', path, message)
    }
  }

  #principal(value: Json, path: JsonPath): PrincipalDocument {
    if (value === '*') return '*'
    if (typeof value === 'string') this.#fail('a principal is "*" or an object', path, invalidPrincipal('AWS', value))
    const raw = this.#object(value, path)
    const read: Partial<Record<PrincipalType, string[]>> = {}
    for (const [type, names] of Object.entries(raw)) {
      const known = principalTypes.find((candidate) => candidate === type)
      if (!known) this.#fail(`unknown principal type ${type}`, [...path, type])
      const list = this.#strings(names, [...path, type])
      for (const name of list) {
        if (known === 'AWS' && name !== '*' && /[*?]/.test(name))
          this.#fail('a principal has no wildcards but a lone *', [...path, type], invalidPrincipal(type, name))
        if (known !== 'AWS' && name === '*')
          this.#fail(`${type} cannot be everyone`, [...path, type], invalidPrincipal(type, name))
      }
      read[known] = list
    }
    if (this.#grammar === 'rcp' && !(raw['AWS'] === '*' && Object.keys(raw).length === 1))
      this.#fail('the Principal of a resource control policy is "*"', path)
    return read
  }

  #condition(value: Json, path: JsonPath): NonNullable<StatementDocument['Condition']> {
    const operators: Record<string, Record<string, string[]>> = Object.create(null)
    for (const [operator, keys] of Object.entries(this.#object(value, path))) {
      const at = [...path, operator]
      const block = this.#object(keys, at)
      const entries = Object.entries(block)
      // AWS accepts an unknown operator as long as it asks nothing.
      if (!parseOperator(operator) && entries.length > 0) this.#fail(`no such condition operator: ${operator}`, at)
      if (entries.length === 0) continue
      const read: Record<string, string[]> = Object.create(null)
      for (const [key, values] of entries) read[key] = this.#scalars(values, [...at, key])
      operators[operator] = read
    }
    return operators
  }

  #object(value: Json | undefined, path: JsonPath): JsonObject {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) this.#fail('an object is expected', path)
    return value
  }

  #strings(value: Json, path: JsonPath): string[] {
    const list = Array.isArray(value) ? value : [value]
    for (const item of list) if (typeof item !== 'string') this.#fail('a string or a list of strings is expected', path)
    return list as string[]
  }

  /** Condition values may be written as unquoted booleans and numbers. */
  #scalars(value: Json, path: JsonPath): string[] {
    const list = Array.isArray(value) ? value : [value]
    return list.map((item) => {
      if (item === null || typeof item === 'object') this.#fail('a condition value must be a string', path)
      return String(item)
    })
  }
}

/** `Invalid principal in policy: "AWS":"arn:…"`; IAM also says it where the principal does not exist. */
export function invalidPrincipal(type: string, name: string): string {
  return `Invalid principal in policy: ${JSON.stringify(type === 'AWS' ? type : type.toUpperCase())}:${JSON.stringify(name)}`
}

/** The size that IAM's quotas count: characters without white space. */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length
}
