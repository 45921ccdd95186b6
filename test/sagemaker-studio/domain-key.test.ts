/** R7: a domain's customer key is asked of the role at CreateApp: by the role's policy or by the key's, as the role page prints them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { allow, openStudioLab, policy, type Input, type StudioLab } from './lab.ts'

interface Document {
  Version: string
  Statement: { Action: string[]; [member: string]: unknown }[]
}

/** The page's document with its placeholders filled in and, where one is named, an action left out. */
function printed(name: string, values: Record<string, string>, without?: string): Document {
  const path = new URL(`../../corpus/policy/documents/${name}.json`, import.meta.url)
  let text = readFileSync(path, 'utf8')
  for (const [placeholder, value] of Object.entries(values)) text = text.replaceAll(placeholder, value)
  const document = JSON.parse(text) as Document
  for (const statement of document.Statement) {
    statement.Action = statement.Action.filter((action) => action !== without)
  }
  return document
}

const actions = ['kms:CreateGrant', 'kms:DescribeKey']
const byWhich = ['role policy', 'key policy'] as const

/** Who must be allowed: whose role it is, by how the domain's users sign in. */
const holders = [
  { mode: 'IAM', holder: 'profile' },
  { mode: 'IAM', holder: 'domain' },
  { mode: 'SSO', holder: 'domain' },
] as const

let lab: StudioLab
let number = 0
before(async () => void (lab = await openStudioLab()))
after(() => lab.close())

/** What becomes of an app whose `holder` role may do that; the other role of the domain may do nothing. */
async function tried(
  { mode, holder }: (typeof holders)[number],
  by: (typeof byWhich)[number],
  without?: string,
): Promise<{ Status: string; FailureReason?: string; keyId: string; app: Input }> {
  const name = `key-${number++}`
  const account = lab.server.account
  const able = await lab.role(`${name}-able`)
  const unable = await lab.role(`${name}-unable`)
  const { KeyId: keyId } = (await lab.ask('kms', 'CreateKey')).KeyMetadata
  const values = {
    region: lab.server.region,
    'account-id': account,
    'kms-key-id': keyId,
    ExecutionRole: `${name}-able`,
  }
  if (by === 'role policy') {
    await lab.ask('iam', 'PutRolePolicy', {
      RoleName: `${name}-able`,
      PolicyName: 'page',
      PolicyDocument: JSON.stringify(printed('domain-kms-role-policy', values, without)),
    })
  } else {
    // Administrators of the key beside it, or nobody could change it any more; without IAM's say, as for no role.
    const admins = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:user/admin` },
      Action: 'kms:*',
      Resource: '*',
    }
    const { Statement } = printed('domain-kms-key-policy', values, without)
    await lab.ask('kms', 'PutKeyPolicy', { KeyId: keyId, PolicyName: 'default', Policy: policy(admins, ...Statement) })
  }
  const isDomains = holder === 'domain'
  const DomainId = await lab.domain({
    AuthMode: mode,
    KmsKeyId: keyId,
    DefaultUserSettings: { ExecutionRole: isDomains ? able : unable },
  })
  const user = { DomainId, UserProfileName: 'alice' }
  // With IAM the profile's own role comes before the domain's; with IAM Identity Center the domain's is asked all the same.
  const own = mode === 'SSO' ? unable : isDomains ? undefined : able
  await lab.sagemaker('CreateUserProfile', {
    ...user,
    ...(mode === 'SSO' && { SingleSignOnUserIdentifier: 'UserName', SingleSignOnUserValue: 'alice' }),
    ...(own !== undefined && { UserSettings: { ExecutionRole: own } }),
  })
  await lab.settled('DescribeUserProfile', user)
  const app = { ...user, AppType: 'JupyterServer', AppName: 'default' }
  await lab.sagemaker('CreateApp', app)
  return { ...(await lab.settled('DescribeApp', app)), keyId, app }
}

for (const who of holders) {
  for (const by of byWhich) {
    describe(`${who.mode}: the ${who.holder}'s role, by ${by}`, () => {
      it('suffices', async () => {
        const { Status, FailureReason, keyId, app } = await tried(who, by)
        assert.equal(Status, 'InService', FailureReason)
        const grants = async () => (await lab.ask('kms', 'ListGrants', { KeyId: keyId })).Grants.length
        assert.equal(await grants(), 2, 'of the domain and of the app')
        await lab.sagemaker('DeleteApp', app)
        assert.equal((await lab.settled('DescribeApp', app)).Status, 'Deleted')
        assert.equal(await grants(), 1, 'of the domain alone')
      })

      for (const action of actions) {
        it(`needs ${action}`, async () => {
          const { Status, FailureReason } = await tried(who, by, action)
          assert.equal(Status, 'Failed')
          assert.match(
            FailureReason!,
            new RegExp(`assumed-role/key-\\d+-able/SageMaker is not authorized to perform: ${action} `),
          )
        })
      }
    })
  }
}

describe('CreateDomain with a key', () => {
  const rights = ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext']
  const all = [...rights, 'elasticfilesystem:CreateFileSystem', 'sagemaker:CreateDomain']
  let keyId: string
  const input = () => ({
    DomainName: `caller-${number++}`,
    AuthMode: 'IAM',
    VpcId: lab.vpcId,
    SubnetIds: [lab.subnetId],
    DefaultUserSettings: {},
    KmsKeyId: keyId,
  })
  before(async () => {
    keyId = (await lab.ask('kms', 'CreateKey')).KeyMetadata.KeyId
    await lab.domain()
  })

  it('suffices with the rights of the API permissions reference', async () => {
    const { DomainId } = await lab.sagemaker('CreateDomain', input(), await lab.user('keyed', [allow(all)]))
    await lab.settled('DescribeDomain', { DomainId })
    await lab.sagemaker('DeleteDomain', { DomainId })
    await lab.gone('DescribeDomain', { DomainId })
    assert.deepEqual((await lab.ask('kms', 'ListGrants', { KeyId: keyId })).Grants, [])
  })

  for (const action of all) {
    it(`needs ${action} of the caller`, async () => {
      const rest = all.filter((one) => one !== action)
      const caller = await lab.user(`keyed-${action.replace(':', '-')}`, [allow(rest)])
      await assert.rejects(lab.sagemaker('CreateDomain', input(), caller), (error: AwsError) => {
        assert.equal(error.code, 'AccessDeniedException')
        assert.ok(error.message.includes(`is not authorized to perform: ${action} `), error.message)
        return true
      })
      assert.deepEqual((await lab.ask('kms', 'ListGrants', { KeyId: keyId })).Grants, [])
    })
  }
})
