/** Who may push and pull: each request of docker's is one that its token's holder makes, decided and recorded as any. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { mintToken } from '../../src/services/ecr/authorization-token.ts'
import { call } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'
import { openLab, passwordOf, RegistryClient, type Lab } from './client.ts'

const arn = 'arn:aws:ecr:us-east-1:123456789012:repository/team/app'
const app = '/v2/team/app'
const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
const push = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
]

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) })

let lab: Lab
let image: Awaited<ReturnType<Lab['docker']['image']>>
before(async () => {
  lab = await openLab()
  image = await lab.docker.image('team/app', 'v1', 'one')
})
after(() => lab.close())

const ask = (service: string, operation: string, input: object = {}, keys: Keys = lab.server.admin) =>
  call(lab.server.url, keys, service, operation, input)

/** A user with these actions on the repository, and the right to a token. */
async function userWith(UserName: string, actions: string[]): Promise<Keys> {
  await ask('iam', 'CreateUser', { UserName })
  await ask('iam', 'PutUserPolicy', {
    UserName,
    PolicyName: 'ecr',
    PolicyDocument: policy(
      { Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      ...(actions.length > 0 ? [{ Action: actions, Resource: arn }] : []),
    ),
  })
  const { AccessKey } = await ask('iam', 'CreateAccessKey', { UserName })
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

async function dockerOf(keys: Keys): Promise<RegistryClient> {
  return new RegistryClient(lab.server.url, await passwordOf(lab.server.url, keys))
}

const denied = (user: string, action: string) =>
  `User: arn:aws:iam::123456789012:user/${user} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`

describe('a token', () => {
  it('pulls with the rights that AWS names, and pushes not', async () => {
    const docker = await dockerOf(await userWith('puller', pull))
    assert.equal((await docker.send('GET', `${app}/manifests/v1`)).body.toString(), image.manifest)
    assert.equal((await docker.send('GET', `${app}/blobs/${image.layer}`)).body.toString(), 'layer of one')
    assert.equal((await docker.send('HEAD', `${app}/blobs/${image.layer}`)).status, 200)
    const refused = await docker.send('POST', `${app}/blobs/uploads/`)
    assert.deepEqual(
      [refused.status, refused.error],
      [403, { code: 'DENIED', message: denied('puller', 'ecr:InitiateLayerUpload') }],
    )
    const put = await docker.manifest('team/app', 'v2', image.manifest)
    assert.equal(put.error?.message, denied('puller', 'ecr:PutImage'))
    assert.equal((await docker.send('GET', `${app}/tags/list`)).error?.message, denied('puller', 'ecr:ListImages'))
    assert.equal(
      (await docker.send('DELETE', `${app}/manifests/v1`)).error?.message,
      denied('puller', 'ecr:BatchDeleteImage'),
    )
    assert.equal((await docker.send('GET', '/v2/_catalog')).error?.code, 'DENIED')
    // The reason is on record, and explained, as with any call of ECR's own API.
    const id = refused.headers['x-amzn-requestid'] ?? ''
    const trace = lab.server.world.decisions.get(id)
    assert.deepEqual(
      [trace?.service, trace?.operation, trace?.decision, trace?.stage, trace?.status],
      ['ecr', 'InitiateLayerUpload', 'denied', 'authorize', 400],
    )
    const { Document } = await ask('sallyport', 'Explain', { Id: id })
    assert.equal(Document.blockers[0].layer, 'caller-policy')
    assert.equal(Document.needs[0].action, 'ecr:InitiateLayerUpload')
    assert.ok(Document.fixes.length > 0)
  })

  it('pushes with the rights that AWS names, and with none less', async () => {
    const pushed = await (await dockerOf(await userWith('pusher', push))).image('team/app', 'pushed', 'pushed')
    assert.equal(pushed.reply.status, 201)
    for (const [at, missing] of push.entries()) {
      const docker = await dockerOf(
        await userWith(
          `pusher-${at}`,
          push.filter((action) => action !== missing),
        ),
      )
      const head = await docker.send('HEAD', `${app}/blobs/${image.layer}`)
      if (missing === 'ecr:BatchCheckLayerAvailability') assert.equal(head.status, 403)
      else {
        assert.equal(head.status, 200)
        const failure = await docker.image('team/app', 'less', missing).then(
          ({ reply }) => reply,
          (error: { reply?: typeof head }) => error.reply,
        )
        assert.equal(failure?.error?.message, denied(`pusher-${at}`, missing))
      }
    }
  })

  it('is a role’s while its session and the role live', async () => {
    const { Arn } = await ask('sts', 'GetCallerIdentity')
    await ask('iam', 'CreateRole', {
      RoleName: 'puller',
      AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: { AWS: Arn } }),
    })
    await ask('iam', 'PutRolePolicy', {
      RoleName: 'puller',
      PolicyName: 'ecr',
      PolicyDocument: policy({ Action: ['ecr:GetAuthorizationToken', ...pull], Resource: '*' }),
    })
    const { Credentials } = await ask('sts', 'AssumeRole', {
      RoleArn: 'arn:aws:iam::123456789012:role/puller',
      RoleSessionName: 'docker',
    })
    const docker = await dockerOf({
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    })
    assert.equal((await docker.send('GET', `${app}/manifests/v1`)).status, 200)
    assert.match(
      (await docker.send('POST', `${app}/blobs/uploads/`)).error?.message ?? '',
      /^User: arn:aws:sts::123456789012:assumed-role\/puller\/docker is not authorized to perform: ecr:InitiateLayerUpload/,
    )
    await ask('iam', 'DeleteRolePolicy', { RoleName: 'puller', PolicyName: 'ecr' })
    assert.equal((await docker.send('GET', `${app}/manifests/v1`)).status, 403, 'its rights are those of now')
    await ask('iam', 'DeleteRole', { RoleName: 'puller' })
    assert.deepEqual((await docker.send('GET', `${app}/manifests/v1`)).error, {
      code: 'DENIED',
      message: 'Your Authorization Token is invalid.',
    })
  })

  it('dies with the key that asked for it', async () => {
    const keys = await userWith('leaver', pull)
    const docker = await dockerOf(keys)
    assert.equal((await docker.send('GET', '/v2/')).status, 200)
    const key = { UserName: 'leaver', AccessKeyId: keys.accessKeyId }
    await ask('iam', 'UpdateAccessKey', { ...key, Status: 'Inactive' })
    assert.equal((await docker.send('GET', '/v2/')).error?.message, 'Your Authorization Token is invalid.')
    await ask('iam', 'UpdateAccessKey', { ...key, Status: 'Active' })
    assert.equal((await docker.send('GET', '/v2/')).status, 200)
    await ask('iam', 'DeleteAccessKey', key)
    assert.equal((await docker.send('GET', '/v2/')).status, 400)
  })

  it('ends after twelve hours, in ECR’s words, and is one Region’s', async () => {
    const { world, admin } = lab.server
    const token = { accessKeyId: admin.accessKeyId, registryId: '123456789012', region: 'us-east-1' }
    const now = Math.floor(Date.now() / 1000)
    const old = await lab.docker.send('GET', '/v2/', { password: mintToken(world, { ...token, expiresAt: now - 1 }) })
    assert.deepEqual(
      [old.status, old.error],
      [403, { code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.' }],
    )
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
    assert.equal((await lab.docker.send('GET', '/v2/', { headers: { host } })).status, 400)
  })

  it('reaches another registry only where that lets it in', async () => {
    const registryId = '210987654321'
    const password = await passwordOf(lab.server.url, lab.server.admin, { registryIds: [registryId] })
    const there = await lab.docker.send('GET', `${app}/manifests/v1`, { password })
    assert.equal(there.error?.code, 'DENIED')
    assert.match(
      there.error?.message ?? '',
      /:210987654321:repository\/team\/app because no resource-based policy allows/,
    )
    const host = `${registryId}.dkr.ecr.us-east-1.amazonaws.com`
    assert.equal((await lab.docker.send('GET', `${app}/manifests/v1`, { headers: { host } })).error?.code, 'DENIED')
  })
})

describe('beside the caller’s own policies', () => {
  it('the repository’s and the registry’s are in force', async () => {
    const docker = await dockerOf(await userWith('guest', []))
    const get = async () => (await docker.send('GET', `${app}/manifests/v1`)).error?.message
    assert.equal(await get(), denied('guest', 'ecr:BatchGetImage'))
    const guest = { AWS: 'arn:aws:iam::123456789012:user/guest' }
    const allow = { Sid: 'one', Principal: guest, Action: 'ecr:BatchGetImage' }
    await lab.ecr('SetRepositoryPolicy', { repositoryName: 'team/app', policyText: policy(allow) })
    assert.equal(await get(), undefined)
    const deny = { Sid: 'one', Effect: 'Deny', Principal: guest, Action: 'ecr:*', Resource: arn }
    await lab.ecr('PutRegistryPolicy', { policyText: policy(deny) })
    assert.match((await get()) ?? '', /with an explicit deny in a resource-based policy$/)
    await lab.ecr('PutAccountSetting', { name: 'REGISTRY_POLICY_SCOPE', value: 'V1' })
    assert.equal(await get(), undefined, 'the first version is about AWS’s own doing')
    await lab.ecr('PutAccountSetting', { name: 'REGISTRY_POLICY_SCOPE', value: 'V2' })
    await lab.ecr('DeleteRepositoryPolicy', { repositoryName: 'team/app' })
    await lab.ecr('PutRegistryPolicy', { policyText: policy({ ...allow, Resource: '*' }) })
    assert.equal(await get(), undefined)
    await lab.ecr('DeleteRegistryPolicy')
    assert.equal(await get(), denied('guest', 'ecr:BatchGetImage'))
  })

  it('that of the endpoint is, which must be docker’s own', async () => {
    const { Vpc } = await ask('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })
    const endpoint = async (service: string, document?: string) => {
      const { VpcEndpoint } = await ask('ec2', 'CreateVpcEndpoint', {
        VpcId: Vpc.VpcId,
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: false,
        ServiceName: `com.amazonaws.us-east-1.${service}`,
        ...(document && { PolicyDocument: document }),
      })
      const { Url } = await ask('sallyport', 'GetEndpointUrl', { VpcEndpointId: VpcEndpoint.VpcEndpointId })
      return new RegistryClient(Url, lab.docker.password)
    }
    const readOnly = policy({ Principal: '*', Action: pull, Resource: '*' })
    const dkr = await endpoint('ecr.dkr', readOnly)
    assert.equal((await dkr.send('GET', `${app}/manifests/v1`)).status, 200)
    const refused = await dkr.send('POST', `${app}/blobs/uploads/`)
    assert.match(
      refused.error?.message ?? '',
      /because no VPC endpoint policy allows the ecr:InitiateLayerUpload action$/,
    )
    const trace = lab.server.world.decisions.get(refused.headers['x-amzn-requestid'] ?? '')
    assert.equal(trace?.way?.via, 'interface-endpoint')
    const blob = await dkr.send('GET', `${app}/blobs/${image.layer}`)
    assert.deepEqual([blob.status, new URL(blob.headers['location'] ?? '').host], [307, new URL(lab.server.url).host])
    const api = await endpoint('ecr.api')
    assert.equal((await api.send('GET', `${app}/manifests/v1`)).status, 400, 'another service’s front end stands there')
  })
})
