/**
 * The cases of `corpus/policy/cases` over the wire: those that iam:SimulateCustomPolicy has words for, asked of a running
 * server. It takes identity-based policies, a boundary, SCPs and a resource's policy, of a user or of a role's session.
 */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { parsePolicy } from '../../src/policy/policy.ts'
import { call } from '../support/call.ts'
import { startTestServer } from '../support/server.ts'
import type { TestServer } from '../support/server.ts'
import { caseFiles, textOf } from './cases.ts'
import type { Case } from './cases.ts'

const decisions = { allow: 'allowed', 'explicit-deny': 'explicitDeny', 'implicit-deny': 'implicitDeny' }

/** An identity-based policy that says nothing: the list may not be empty. */
const SILENT =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"none:None","Resource":"arn:aws:none:::"}]}'

/** Keys that the simulator knows of its own accord; a case that is about their absence cannot be told to it. */
const OWN_KEYS = ['aws:userid', 'aws:username', 'aws:principalarn', 'aws:principalaccount', 'aws:principaltype']

/** Why a case cannot be put to SimulateCustomPolicy; undefined where it can. */
function unspeakable({ principal, policies, resource, resourceAccount, context }: Case): string | undefined {
  const { identity, session, endpoint, rcp, grants, resourceRequired, resourceType, scp } = policies
  if (principal.kind !== 'user' && principal.kind !== 'role-session') return `a ${principal.kind} does not call it`
  if (principal.canonicalId) return 'it knows no canonical user ids'
  if (principal.serviceLinked) return 'service-linked roles are not told apart'
  if (session ?? endpoint ?? rcp ?? grants)
    return 'it knows no session, endpoint or resource control policies, and no grants'
  if (resourceType === 'trust' || resourceRequired) return 'it knows no trust policies, and no keys that need a policy'
  if (scp?.some((level) => level.length === 0)) return 'no level of an organization is empty'
  if (resource !== '*' && !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s.test(resource)) return 'the resource is no ARN'
  const texts = [identity, policies.boundary ?? [], policies.resource ?? [], scp ?? []].flat(3).map(textOf)
  const spoken = texts.join('').toLowerCase()
  if (OWN_KEYS.some((key) => spoken.includes(key) && context[key] === undefined))
    return 'it fills in a key that is absent here'
  if (policies.resource) {
    const named = textOf(policies.resource)
    if (named.includes('assumed-role')) return 'it does not name sessions'
    if (/"A(?:ID|RO)A/.test(named)) return 'unique ids are those of entities that exist'
    if (resource === '*' || parsePolicy(named, 'resource').Statement.some(({ Resource }) => Resource?.includes('*')))
      return 'a resource policy is about its resource'
  }
  if (!policies.resource && principal.account !== resourceAccount)
    return 'without a resource policy there is no other account'
  return undefined
}

function inputOf({ principal, action, resource, resourceAccount, context, policies }: Case): object {
  const { identity, boundary, scp, resource: resourcePolicy } = policies
  return {
    PolicyInputList: identity.length > 0 ? identity.map(textOf) : [SILENT],
    ActionNames: [action],
    ResourceArns: [resource],
    CallerArn: principal.principalArn,
    ...(boundary && { PermissionsBoundaryPolicyInputList: [textOf(boundary)] }),
    ...(scp && {
      OrderedOrganizationPolicyInputList: scp.map((level) => ({ ServiceControlPolicyInputList: level.map(textOf) })),
    }),
    ...(resourcePolicy && {
      ResourcePolicy: textOf(resourcePolicy),
      ResourceOwner: `arn:aws:iam::${resourceAccount}:root`,
    }),
    // The simulator knows no empty lists.
    ContextEntries: Object.entries(context)
      .filter(([, value]) => typeof value === 'string' || value.length > 0)
      .map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyValues: [value].flat(),
        ContextKeyType: typeof value === 'string' ? 'string' : 'stringList',
      })),
  }
}

suite('corpus/policy/cases by SimulateCustomPolicy', () => {
  let server: TestServer
  let told = 0
  before(async () => {
    server = await startTestServer()
  })
  after(() => server.close())

  for (const { file, cases } of caseFiles()) {
    test(file, async () => {
      const answers: Record<string, string> = {}
      const expected: Record<string, string> = {}
      for (const one of cases) {
        if (unspeakable(one) !== undefined) continue
        told++
        const { EvaluationResults } = await call(server.url, server.admin, 'iam', 'SimulateCustomPolicy', inputOf(one))
        answers[one.name] = EvaluationResults[0].EvalDecision
        expected[one.name] = decisions[one.expect.effect]
      }
      assert.deepEqual(answers, expected)
    })
  }

  test('most of the cases can be told', () => {
    assert.ok(told > 250, `only ${told}`)
  })
})
