/**
 * What a resource's own policy does for a caller in its account and in another, by how it names the caller.
 * IAM User Guide: "Policy evaluation logic" (resource-based policies and implicit denies in other policy types),
 * "Cross-account policy evaluation logic". The table is written out, every cell; the naive interpreter is held to it as well.
 */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { evaluate } from '../../src/policy/policy.ts'
import type { Principal } from '../../src/policy/policy.ts'
import { compileSources, requestOf } from './differ.ts'
import { decideNaively } from './naive.ts'
import type { Doc, Sources } from './naive.ts'
import { eachWorld } from './played.ts'

const own = '111122223333'
const other = '444455556666'
const iam = (name: string) => `arn:aws:iam::${own}:${name}`
const sts = (name: string) => `arn:aws:sts::${own}:${name}`

const root: Principal = { kind: 'root', account: own, arn: iam('root'), principalArn: iam('root') }
const user: Principal = {
  kind: 'user',
  account: own,
  arn: iam('user/ann'),
  principalArn: iam('user/ann'),
  entityId: 'AIDAANN',
}
const role: Principal = {
  kind: 'role-session',
  account: own,
  arn: sts('assumed-role/R/s'),
  principalArn: iam('role/R'),
  entityId: 'AROAR',
}
const federated: Principal = {
  kind: 'federated-user',
  account: own,
  arn: sts('federated-user/fay'),
  principalArn: sts('federated-user/fay'),
  parentArn: iam('user/ann'),
}
const service: Principal = { kind: 'service', account: '', arn: '', principalArn: '', service: 'logs.amazonaws.com' }
const anonymous: Principal = { kind: 'anonymous', account: '', arn: '', principalArn: '' }

/** Whether the request is allowed when, besides the resource's policy, … */
interface Row {
  caller: Principal
  named: unknown
  /** … no policy of the caller says anything (its boundary and session policies included). */
  alone: boolean
  /** … only its identity-based policies do not. */
  withoutIdentity: boolean
  /** … only its boundary does not. Undefined where such a caller has none. */
  withoutBoundary?: boolean
  /** … only its session policy does not. */
  withoutSession?: boolean
  /** … all of them allow, and the resource is another account's. */
  fromAfar: boolean
}

const everywhere = { alone: true, withoutIdentity: true, withoutBoundary: true, withoutSession: true, fromAfar: true }
const nowhere = { alone: false, withoutIdentity: false, withoutBoundary: false, withoutSession: false, fromAfar: false }
/** As the role behind the session: identity does not matter, boundary and session policy do. */
const asEntity = { ...nowhere, withoutIdentity: true, fromAfar: true }
/** The account: a delegation, the caller's own policies decide. */
const delegated = { ...nowhere, fromAfar: true }

const rows: Row[] = [
  { caller: user, named: { AWS: user.arn }, ...everywhere },
  { caller: user, named: { AWS: 'AIDAANN' }, ...everywhere },
  { caller: role, named: { AWS: role.arn }, ...everywhere },
  { caller: role, named: { AWS: role.principalArn }, ...asEntity },
  { caller: role, named: { AWS: 'AROAR' }, ...asEntity },
  { caller: role, named: { AWS: [role.principalArn, role.arn] }, ...everywhere },
  { caller: federated, named: { AWS: federated.arn }, ...everywhere },
  { caller: federated, named: { AWS: user.arn }, ...asEntity },
  { caller: root, named: { AWS: root.arn }, ...everywhere },
  { caller: root, named: { AWS: own }, ...everywhere },
  ...[user, role, federated].flatMap((caller): Row[] => [
    { caller, named: '*', ...everywhere },
    { caller, named: { AWS: '*' }, ...everywhere },
    { caller, named: { AWS: own }, ...delegated },
    { caller, named: { AWS: root.arn }, ...delegated },
    // Of a partition where the same digits are another's.
    { caller, named: { AWS: `arn:aws-cn:iam::${own}:root` }, ...nowhere },
    { caller, named: { AWS: other }, ...nowhere },
    { caller, named: { AWS: iam('user/Ann') }, ...nowhere },
    { caller, named: { Service: 'logs.amazonaws.com' }, ...nowhere },
  ]),
  { caller: service, named: { Service: 'logs.amazonaws.com' }, ...everywhere },
  { caller: service, named: { AWS: '*' }, ...everywhere },
  { caller: service, named: { Service: 's3.amazonaws.com' }, ...nowhere },
  { caller: service, named: { AWS: own }, ...nowhere },
  { caller: anonymous, named: '*', ...everywhere },
  { caller: anonymous, named: { AWS: '*' }, ...everywhere },
  { caller: anonymous, named: { AWS: own }, ...nowhere },
]

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const yes: Doc = { Version: '2012-10-17', Statement: [statement] }
const silent: Doc = { Version: '2012-10-17', Statement: [{ ...statement, Action: 'ec2:*', Resource: '*' }] }

/** What the caller has of its own: what its kind can have. */
function ownPolicies(caller: Principal, say: { identity: Doc; boundary: Doc; session: Doc }): Sources {
  const entity = caller.kind === 'user' || caller.kind === 'role-session' || caller.kind === 'federated-user'
  const session = caller.kind === 'role-session' || caller.kind === 'federated-user'
  return {
    identity: entity ? [say.identity] : [],
    ...(entity && { boundary: say.boundary }),
    ...(session && { session: [say.session] }),
  }
}

function allows(row: Row, policies: Sources, resourceAccount: string): boolean {
  const resource: Doc = { Version: '2012-10-17', Statement: [{ ...statement, Principal: row.named }] }
  const sources: Sources = { ...policies, resource, resourceType: 'resource' }
  const request = requestOf({
    principal: row.caller,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/k',
    resourceAccount,
    values: {},
  })
  const { effect } = evaluate(request, compileSources(sources))
  assert.equal(decideNaively(request, sources).effect, effect, 'the naive interpreter')
  return effect === 'allow'
}

suite('what naming a caller in a resource-based policy does', () => {
  for (const row of rows) {
    const { caller, named } = row
    test(`${caller.kind}, named ${JSON.stringify(named)}`, () => {
      const open = { identity: yes, boundary: yes, session: yes }
      const can = (say: Partial<typeof open>) => allows(row, ownPolicies(caller, { ...open, ...say }), own)
      // Root needs nobody's leave in its account.
      const free = caller.kind === 'root'
      assert.equal(can({ identity: silent, boundary: silent, session: silent }), row.alone || free, 'alone')
      if (caller.kind === 'service' || caller.kind === 'anonymous' || free) return
      assert.equal(can({ identity: silent }), row.withoutIdentity, 'without identity-based policy')
      assert.equal(can({ boundary: silent }), row.withoutBoundary, 'without boundary')
      if (caller.kind !== 'user') assert.equal(can({ session: silent }), row.withoutSession, 'without session policy')
      // Whatever its name: with all of its own policies it may, in its own account.
      assert.equal(can({}), true, 'with all')
    })
    test(`${caller.kind} of another account, named ${JSON.stringify(named)}`, () => {
      const open = { identity: yes, boundary: yes, session: yes }
      const can = (say: Partial<typeof open>) => allows(row, ownPolicies(caller, { ...open, ...say }), other)
      assert.equal(can({}), row.fromAfar, 'both sides')
      if (caller.kind === 'service' || caller.kind === 'anonymous' || caller.kind === 'root') return
      // Over the border nothing of one's own is bypassed.
      assert.equal(can({ identity: silent }), false, 'without identity-based policy')
      assert.equal(can({ boundary: silent }), false, 'without boundary')
      if (caller.kind !== 'user') assert.equal(can({ session: silent }), false, 'without session policy')
    })
  }
})

test('across accounts, both sides have allowed whatever is allowed', () => {
  let crossed = 0
  eachWorld(11, 700, (sources, requests, set) => {
    for (const asked of requests) {
      const { kind, account } = asked.principal
      if (account === asked.resourceAccount || kind === 'service' || kind === 'anonymous') continue
      const decision = evaluate(requestOf(asked), set)
      if (decision.effect !== 'allow') continue
      crossed++
      const effectOf = (type: string) => decision.layers.find((layer) => layer.type === type)?.effect
      assert.equal(effectOf(sources.resourceType!), 'allow')
      const rooted = kind === 'root' || asked.principal.parentArn?.endsWith(':root')
      if (!rooted) assert.equal(effectOf('identity'), 'allow')
      for (const type of ['boundary', 'session', 'scp', 'rcp', 'endpoint'])
        assert.notEqual(effectOf(type), 'implicit-deny')
    }
  })
  assert.ok(crossed > 25)
})

test('a grant only widens, and a key without policy or grant is nobody’s', () => {
  const operations = ['Decrypt', 'Encrypt', 'DescribeKey', 'RetireGrant', 'CreateGrant']
  let widened = 0
  eachWorld(12, 300, (sources, requests) => {
    if (sources.resourceType === 'trust') return
    const { grants = [], ...without } = sources
    for (const asked of requests) {
      const request = { ...requestOf(asked), action: 'kms:Decrypt' }
      const { kind, principalArn, service: name, account } = asked.principal
      const grantee = kind === 'root' ? account : kind === 'service' ? name! : principalArn
      const before = evaluate(request, compileSources({ ...without, grants }))
      const after = evaluate(request, compileSources({ ...without, grants: [...grants, { grantee, operations }] }))
      if (before.effect !== after.effect) {
        widened++
        assert.equal(before.effect, 'implicit-deny')
        assert.equal(after.effect, 'allow')
      }
      const bare = evaluate(request, compileSources({ identity: sources.identity, resourceRequired: true }))
      assert.notEqual(bare.effect, 'allow')
    }
  })
  assert.ok(widened > 30)
})
