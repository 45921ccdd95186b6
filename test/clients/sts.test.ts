/** The ways to credentials that real clients take by themselves: a token file, MFA, federation, SAML; and what they make of refusals. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { MFA_DEVICES, mfaKey, type MfaDevice } from '../../src/services/iam/mfa-devices.ts'
import { assertionXml, encoded, ENTITY, metadataOf, newKey, responseXml, signed } from '../sts/identity-provider.ts'
import { startIssuer, type Issuer } from '../sts/issuer.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { boto3, type Boto3 } from './boto3.ts'
import { refusal } from './client.ts'
import type { Environment } from './command.ts'

let server: TestServer
let issuer: Issuer
let folder: string
let admin: Boto3
const clients: { close(): Promise<void> }[] = []

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const allowAll = document({ Effect: 'Allow', Action: '*', Resource: '*' })

function place(): Environment {
  return { AWS_ENDPOINT_URL: server.url, AWS_REGION: server.region, AWS_DEFAULT_REGION: server.region }
}

function signedBy({ accessKeyId, secretAccessKey, sessionToken }: Keys): Environment {
  return {
    ...place(),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
  }
}

const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: Record<string, string>): Keys => ({
  accessKeyId: AccessKeyId!,
  secretAccessKey: SecretAccessKey!,
  ...(SessionToken ? { sessionToken: SessionToken } : {}),
})

function opened<T extends { close(): Promise<void> }>(client: T): T {
  clients.push(client)
  return client
}
const python = (env: Environment): Boto3 => opened(boto3(env))
const cli = (env: Environment): AwsCli => opened(awsCli(env))

before(async () => {
  server = await startTestServer()
  issuer = await startIssuer()
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sts-'))
  admin = python(signedBy(server.admin))
})
after(async () => {
  for (const client of clients) await client.close()
  rmSync(folder, { recursive: true, force: true })
  await issuer.close()
  await server.close()
})

async function user(UserName: string, PolicyDocument = allowAll): Promise<Keys> {
  await admin.call('iam', 'CreateUser', { UserName })
  await admin.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'inline', PolicyDocument })
  const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName })
  return keysOf(AccessKey)
}

describe('a token file', () => {
  it('is all that boto3 and the AWS CLI need (AWS_WEB_IDENTITY_TOKEN_FILE)', async () => {
    const { OpenIDConnectProviderArn: provider } = await admin.call('iam', 'CreateOpenIDConnectProvider', {
      Url: issuer.issuer,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [issuer.thumbprint],
    })
    const { Role } = await admin.call('iam', 'CreateRole', {
      RoleName: 'pod',
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer.url}:sub`]: 'system:serviceaccount:ml:trainer' } },
      }),
    })
    await admin.call('iam', 'PutRolePolicy', { RoleName: 'pod', PolicyName: 'all', PolicyDocument: allowAll })
    const AWS_WEB_IDENTITY_TOKEN_FILE = join(folder, 'token')
    const env = { ...place(), AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN: Role.Arn, AWS_ROLE_SESSION_NAME: 'trainer' }
    const arn = `arn:aws:sts::${server.account}:assumed-role/pod/trainer`

    writeFileSync(AWS_WEB_IDENTITY_TOKEN_FILE, await issuer.token({ sub: 'system:serviceaccount:ml:trainer' }))
    assert.equal((await python(env).call('sts', 'GetCallerIdentity')).Arn, arn)
    assert.equal((await cli(env).call('sts', 'GetCallerIdentity')).Arn, arn)

    writeFileSync(AWS_WEB_IDENTITY_TOKEN_FILE, await issuer.token({ sub: 'system:serviceaccount:web:site' }))
    const refused = await refusal(python(env).call('sts', 'GetCallerIdentity'))
    assert.deepEqual(
      [refused.code, refused.message],
      ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
    )
    writeFileSync(AWS_WEB_IDENTITY_TOKEN_FILE, await issuer.token({ aud: 'elsewhere' }))
    const { code, message } = await refusal(cli(env).call('sts', 'GetCallerIdentity'))
    assert.deepEqual([code, message], ['InvalidIdentityToken', 'Incorrect token audience'])
  })
})

describe('a user with MFA', () => {
  it('gets a session by the AWS CLI, and with it into what asks for MFA', async () => {
    const ann = await user(
      'ann',
      document(
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          NotAction: ['sts:GetSessionToken', 'iam:ListMFADevices'],
          Resource: '*',
          Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
        },
      ),
    )
    const { User } = await admin.call('iam', 'GetUser', { UserName: 'ann' })
    const serialNumber = `arn:aws:iam::${server.account}:mfa/ann`
    const seed = new Secret({ size: 20 })
    server.world.store.put<MfaDevice>(MFA_DEVICES, mfaKey(serialNumber), {
      account: server.account,
      serialNumber,
      seed: seed.base32,
      createDate: 0,
      tags: [],
      userId: User.UserId,
    })
    const weak = cli(signedBy(ann))
    const session = await weak.call('sts', 'GetSessionToken', {})
    const without = await refusal(cli(signedBy(keysOf(session.Credentials))).call('s3', 'ListBuckets'))
    assert.equal(without.code, 'AccessDenied')
    const notIam = await refusal(cli(signedBy(keysOf(session.Credentials))).call('iam', 'ListUsers'))
    assert.deepEqual(
      [notIam.code, notIam.message],
      ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
    )
    const TokenCode = new TOTP({ secret: seed }).generate()
    const strong = await weak.call('sts', 'GetSessionToken', { SerialNumber: serialNumber, TokenCode })
    const withMfa = cli(signedBy(keysOf(strong.Credentials)))
    await withMfa.call('s3', 'ListBuckets')
    assert.ok((await withMfa.call('iam', 'ListUsers')).Users.length > 0)
    assert.equal((await withMfa.call('sts', 'GetCallerIdentity')).Arn, User.Arn)
    const again = await refusal(withMfa.call('sts', 'GetSessionToken', {}))
    assert.deepEqual(
      [again.code, again.message],
      ['AccessDenied', 'Cannot call GetSessionToken with session credentials'],
    )
  })
})

describe('a federated user', () => {
  it('does with boto3 what its policy allows, and what a bucket allows it by name', async () => {
    const broker = await user(
      'broker',
      document({ Effect: 'Allow', Action: ['sts:GetFederationToken', 's3:*'], Resource: '*' }),
    )
    const { Credentials, FederatedUser } = await python(signedBy(broker)).call('sts', 'GetFederationToken', {
      Name: 'bob',
      Policy: document({ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }),
    })
    const bob = python(signedBy(keysOf(Credentials)))
    const identity = await bob.call('sts', 'GetCallerIdentity')
    assert.deepEqual(identity, { UserId: `${server.account}:bob`, Account: server.account, Arn: FederatedUser.Arn })
    await bob.call('s3', 'ListBuckets')
    await admin.call('s3', 'CreateBucket', { Bucket: 'federated-bucket' })
    const inside = () => bob.call('s3', 'ListObjectsV2', { Bucket: 'federated-bucket' })
    const closed = await refusal(inside())
    assert.match(closed.message, /because no session policy allows the s3:ListBucket action$/)
    // AWS: a resource's policy that names the federated user itself needs nothing of the session's.
    await admin.call('s3', 'PutBucketPolicy', {
      Bucket: 'federated-bucket',
      Policy: document({
        Effect: 'Allow',
        Principal: { AWS: FederatedUser.Arn },
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::federated-bucket',
      }),
    })
    await inside()
    assert.equal((await refusal(bob.call('iam', 'ListUsers'))).code, 'InvalidClientTokenId')
    const RoleArn = `arn:aws:iam::${server.account}:role/any`
    assert.equal(
      (await refusal(bob.call('sts', 'AssumeRole', { RoleArn, RoleSessionName: 'any' }))).code,
      'AccessDenied',
    )
  })
})

describe('a SAML response', () => {
  it('is taken from the AWS CLI, which signs nothing', async () => {
    const key = newKey()
    const { SAMLProviderArn: PrincipalArn } = await admin.call('iam', 'CreateSAMLProvider', {
      Name: 'Corp',
      SAMLMetadataDocument: metadataOf([key]),
    })
    const { Role } = await admin.call('iam', 'CreateRole', {
      RoleName: 'corp',
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Principal: { Federated: PrincipalArn },
        Action: 'sts:AssumeRoleWithSAML',
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      }),
    })
    const xml = assertionXml({
      subject: 'ann',
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
      issuer: ENTITY,
      audience: 'urn:amazon:webservices',
      recipient: 'https://signin.aws.amazon.com/saml',
      issued: new Date(),
      notBefore: new Date(Date.now() - 60_000),
      notOnOrAfter: new Date(Date.now() + 240_000),
      attributes: {
        'https://aws.amazon.com/SAML/Attributes/Role': [`${Role.Arn},${PrincipalArn}`],
        'https://aws.amazon.com/SAML/Attributes/RoleSessionName': ['ann'],
      },
    })
    const output = await cli(place()).call('sts', 'AssumeRoleWithSAML', {
      RoleArn: Role.Arn,
      PrincipalArn,
      SAMLAssertion: encoded(responseXml(signed(xml, key))),
    })
    assert.equal(output.SubjectType, 'transient')
    const { Arn } = await cli(signedBy(keysOf(output.Credentials))).call('sts', 'GetCallerIdentity')
    assert.equal(Arn, `arn:aws:sts::${server.account}:assumed-role/corp/ann`)
  })
})

describe('a refusal', () => {
  it("is explained by boto3's iam-toolbox client, and decoded by the AWS CLI", async () => {
    const carl = await user('carl', document({ Sid: 'NoVpc', Effect: 'Deny', Action: 'ec2:CreateVpc', Resource: '*' }))
    const denied = await refusal(python(signedBy(carl)).call('iam', 'CreateUser', { UserName: 'dora' }))
    const [, authorizationId] = /authorization id: ([0-9a-z]+)$/.exec(denied.message) ?? []
    const { evaluations, requestContext } = await admin.call('iam-toolbox', 'GetRequestAuthorizationDetails', {
      authorizationId,
    })
    assert.deepEqual(
      [evaluations[0].action, evaluations[0].evaluatedEffect, requestContext['aws:PrincipalAccount']],
      ['iam:CreateUser', 'IMPLICIT_DENY', server.account],
    )
    const missing = await refusal(
      admin.call('iam-toolbox', 'GetRequestAuthorizationDetails', { authorizationId: 'a1b2c3d4e5f6g7h8i9j0' }),
    )
    assert.equal(missing.code, 'ResourceNotFoundException')

    const { message } = await refusal(cli(signedBy(carl)).call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }))
    const [, EncodedMessage] = /Encoded authorization failure message: (\S+)$/.exec(message) ?? []
    const { DecodedMessage } = await cli(signedBy(server.admin)).call('sts', 'DecodeAuthorizationMessage', {
      EncodedMessage,
    })
    const { explicitDeny, matchedStatements } = JSON.parse(DecodedMessage)
    assert.deepEqual([explicitDeny, matchedStatements.items[0].statementId], [true, 'NoVpc'])
  })
})
