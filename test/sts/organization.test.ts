/** Sessions of every kind within an organization: its control policies bind them, and its accounts see each other's refusals. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { authorizationId } from '../../src/door/request-id.ts'
import { organize, type Estate, type Member } from '../organizations/estate.ts'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { startIssuer, trustIssuer, type Issuer } from './issuer.ts'

let server: TestServer
let estate: Estate
let issuer: Issuer
let lab: Member
let unit: string
let denial: { id: string; arn: string }

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const all = { Effect: 'Allow', Action: '*', Resource: '*' }

const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: Record<string, string>): Keys => ({
  accessKeyId: AccessKeyId!,
  secretAccessKey: SecretAccessKey!,
  ...(SessionToken ? { sessionToken: SessionToken } : {}),
})

let user: Keys
let pod: Keys

before(async () => {
  server = await startTestServer()
  issuer = await startIssuer()
  estate = await organize(server)
  unit = await estate.unit('Research')
  lab = await estate.account('lab', unit)
  const iam = (operation: string, input: object) => call(server.url, lab.keys, 'iam', operation, input)
  await iam('CreateUser', { UserName: 'ann' })
  await iam('PutUserPolicy', { UserName: 'ann', PolicyName: 'all', PolicyDocument: document(all) })
  user = keysOf((await iam('CreateAccessKey', { UserName: 'ann' })).AccessKey)

  const provider = trustIssuer(server.world.store, lab.id, issuer)
  const Principal = { Federated: provider }
  const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity' })
  const { Role } = await iam('CreateRole', { RoleName: 'pod', AssumeRolePolicyDocument: trust })
  await iam('PutRolePolicy', { RoleName: 'pod', PolicyName: 'all', PolicyDocument: document(all) })
  denial = await estate.govern(unit, 'SERVICE_CONTROL_POLICY', {
    Effect: 'Deny',
    Action: 's3:CreateBucket',
    Resource: '*',
  })
  const input = { RoleArn: Role.Arn, RoleSessionName: 'pod', WebIdentityToken: await issuer.token() }
  pod = keysOf((await call(server.url, server.admin, 'sts', 'AssumeRoleWithWebIdentity', input)).Credentials)
})
after(async () => {
  await issuer.close()
  await server.close()
})

async function createBucket(keys: Keys) {
  const answer = await send(server.url, 's3', 'CreateBucket', { Bucket: 'lab-bucket' }, { keys })
  return { message: errorOf('s3', 'CreateBucket', answer)?.message, id: authorizationId(answer.requestId) }
}

describe('a service control policy binds', () => {
  const reason = () => `with an explicit deny in a service control policy: ${denial.arn}`

  it('a role session got by a token of an identity provider', async () => {
    const { message } = await createBucket(pod)
    assert.ok(message?.endsWith(reason()), message)
  })

  it("a user's session and a federated user", async () => {
    const sts = (operation: string, input: object = {}) => call(server.url, user, 'sts', operation, input)
    const session = await sts('GetSessionToken')
    const federated = await sts('GetFederationToken', { Name: 'bob', Policy: document(all) })
    for (const { Credentials } of [session, federated]) {
      const { message } = await createBucket(keysOf(Credentials))
      assert.ok(message?.endsWith(reason()), message)
    }
  })
})

describe('the details of a refusal', () => {
  const details = (id: string, keys: Keys) =>
    call(server.url, keys, 'iam-toolbox', 'GetRequestAuthorizationDetails', { authorizationId: id })

  it('are seen from another account of the organization, with the levels on which the policies hang', async () => {
    const { id } = await createBucket(pod)
    const { policies, requestContext } = await details(id, server.admin)
    assert.deepEqual((await details(id, lab.keys)).policies, policies)
    const { organizationId, rootId } = estate
    const on = (kind: string, target: string) => ({
      arn: `arn:aws:organizations::${server.account}:${kind}/${organizationId}/${target}`,
    })
    const scps = policies.filter(({ type }: { type: string }) => type === 'SERVICE_CONTROL_POLICY')
    assert.deepEqual(scps, [
      {
        type: 'SERVICE_CONTROL_POLICY',
        inline: false,
        uri: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
        attachedTo: [on('root', rootId), on('ou', unit), on('account', lab.id)],
      },
      { type: 'SERVICE_CONTROL_POLICY', inline: false, uri: denial.arn, attachedTo: [on('ou', unit)] },
    ])
    assert.equal(requestContext['aws:PrincipalOrgID'], organizationId)
    assert.equal(requestContext['aws:FederatedProvider'], `arn:aws:iam::${lab.id}:oidc-provider/${issuer.url}`)
    assert.match(requestContext['aws:PrincipalOrgPaths'], new RegExp(`^\\[${organizationId}/${rootId}/${unit}/\\]$`))
  })

  it('and from no account beyond it', async () => {
    const { id } = await createBucket(pod)
    await estate.manage('RemoveAccountFromOrganization', { AccountId: lab.id })
    const answer = await send(
      server.url,
      'iam-toolbox',
      'GetRequestAuthorizationDetails',
      { authorizationId: id },
      { keys: server.admin },
    )
    assert.equal(errorOf('iam-toolbox', 'GetRequestAuthorizationDetails', answer)?.code, 'ResourceNotFoundException')
    assert.ok((await details(id, user)).policies.length > 0)
  })
})
