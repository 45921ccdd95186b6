/** Who may use a key: key policy, the account's IAM, grants, forward access; with AWS's sentences. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { organize } from '../organizations/estate.ts'
import { type Lab, openLab, policy, refusal } from './lab.ts'

let lab: Lab
before(async () => (lab = await openLab()))
after(() => lab.server.close())

const account = '123456789012'
const arnOf = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`
const Plaintext = Buffer.from('secret')
const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const toRoot = (more: object = {}) => allow('kms:*', { Principal: { AWS: `arn:aws:iam::${account}:root` }, ...more })

function denied(who: string, action: string, id: string, reason: string) {
  return refusal(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: kms:${action} on resource: ${arnOf(id)} ${reason}`,
  )
}

test('a role with kms:Decrypt decrypts, one without does not', async () => {
  const { kms, key, role } = lab
  const KeyId = await key()
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  const reader = await role('reader', [allow('kms:Decrypt', { Resource: arnOf(KeyId) })])
  const stranger = await role('stranger')
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob }, reader)).Plaintext, Plaintext)
  await assert.rejects(
    kms('Decrypt', { CiphertextBlob }, stranger),
    denied(stranger.arn, 'Decrypt', KeyId, 'because no identity-based policy allows the kms:Decrypt action'),
  )
  await assert.rejects(
    kms('Encrypt', { KeyId, Plaintext }, reader),
    refusal('AccessDeniedException', /kms:Encrypt action$/),
  )
})

test('without the account in the key policy no IAM policy counts, not even root', async () => {
  const { kms, key, user, role, server } = lab
  const keeper = await user('keeper')
  const KeyId = await key({
    Policy: policy(allow('kms:*', { Principal: { AWS: keeper.arn } })),
    BypassPolicyLockoutSafetyCheck: true,
  })
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext }, keeper)
  const all = await role('all-of-kms', [allow('kms:*')])
  const because = 'because no resource-based policy allows the kms:Decrypt action'
  await assert.rejects(kms('Decrypt', { CiphertextBlob }, all), denied(all.arn, 'Decrypt', KeyId, because))
  const rootArn = `arn:aws:iam::${account}:root`
  await assert.rejects(kms('Decrypt', { CiphertextBlob }, server.root), denied(rootArn, 'Decrypt', KeyId, because))
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob }, keeper)).Plaintext, Plaintext)
})

test('a policy that shuts its author out is not taken, unless he says so', async () => {
  const { kms, key } = lab
  const KeyId = await key()
  const Policy = policy(allow('kms:Decrypt', { Principal: { AWS: `arn:aws:iam::${account}:root` } }))
  const words = 'The new key policy will not allow you to update the key policy in the future.'
  await assert.rejects(kms('PutKeyPolicy', { KeyId, Policy }), refusal('MalformedPolicyDocumentException', words))
  await assert.rejects(kms('CreateKey', { Policy }), refusal('MalformedPolicyDocumentException', words))
  await kms('PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true })
  await assert.rejects(kms('PutKeyPolicy', { KeyId, Policy: policy(toRoot()) }), refusal('AccessDeniedException'))
  await assert.rejects(
    kms('CreateKey', {
      Policy: policy(toRoot(), allow('kms:*', { Principal: { AWS: `arn:aws:iam::${account}:user/nobody` } })),
    }),
    refusal('MalformedPolicyDocumentException', 'Policy contains a statement with one or more invalid principals.'),
  )
  for (const text of ['{', '[]', policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' })])
    await assert.rejects(kms('CreateKey', { Policy: text }), refusal('MalformedPolicyDocumentException'))
})

test('a key policy reads as it was put; the default one opens the account', async () => {
  const { kms, key } = lab
  const KeyId = await key()
  const { Policy, PolicyName } = await kms('GetKeyPolicy', { KeyId })
  assert.equal(PolicyName, 'default')
  assert.deepEqual(JSON.parse(Policy), {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [{ Sid: 'Enable IAM User Permissions', ...toRoot() }],
  })
  const text = policy(toRoot({ Sid: 'mine' }))
  await kms('PutKeyPolicy', { KeyId, PolicyName: 'default', Policy: text })
  assert.equal((await kms('GetKeyPolicy', { KeyId, PolicyName: 'default' })).Policy, text)
  assert.deepEqual((await kms('ListKeyPolicies', { KeyId })).PolicyNames, ['default'])
})

/** What a policy's condition sees: one key of the request, the value that lets it through and the call. */
const conditions: { key: string; value: string; operation: string; input?: object; other?: object }[] = [
  {
    key: 'kms:EncryptionContext:team',
    value: 'ml',
    operation: 'Encrypt',
    input: { Plaintext, EncryptionContext: { team: 'ml' } },
    other: { EncryptionContext: { team: 'hr' } },
  },
  { key: 'kms:EncryptionAlgorithm', value: 'SYMMETRIC_DEFAULT', operation: 'Encrypt', input: { Plaintext } },
  { key: 'kms:CallerAccount', value: account, operation: 'DescribeKey' },
  { key: 'kms:KeySpec', value: 'SYMMETRIC_DEFAULT', operation: 'DescribeKey' },
  { key: 'kms:KeyUsage', value: 'ENCRYPT_DECRYPT', operation: 'DescribeKey' },
  { key: 'kms:KeyOrigin', value: 'AWS_KMS', operation: 'DescribeKey' },
  { key: 'kms:MultiRegion', value: 'false', operation: 'DescribeKey' },
  { key: 'aws:ResourceTag/team', value: 'ml', operation: 'DescribeKey' },
  {
    key: 'kms:RequestAlias',
    value: 'alias/conditions',
    operation: 'Encrypt',
    input: { KeyId: 'alias/conditions', Plaintext },
    other: { KeyId: undefined },
  },
  {
    key: 'kms:DataKeyPairSpec',
    value: 'ECC_NIST_P256',
    operation: 'GenerateDataKeyPair',
    input: { KeyPairSpec: 'ECC_NIST_P256' },
    other: { KeyPairSpec: 'ECC_NIST_P384' },
  },
  {
    key: 'kms:ScheduleKeyDeletionPendingWindowInDays',
    value: '6',
    operation: 'ScheduleKeyDeletion',
    input: { PendingWindowInDays: 6 },
    other: { PendingWindowInDays: 7 },
  },
  {
    key: 'kms:BypassPolicyLockoutSafetyCheck',
    value: 'false',
    operation: 'PutKeyPolicy',
    input: { Policy: policy(toRoot()) },
    other: { BypassPolicyLockoutSafetyCheck: true },
  },
  {
    key: 'aws:RequestTag/team',
    value: 'ml',
    operation: 'TagResource',
    input: { Tags: [{ TagKey: 'team', TagValue: 'ml' }] },
    other: { Tags: [{ TagKey: 'team', TagValue: 'hr' }] },
  },
]

test('condition keys', async (t) => {
  const { kms, key, user } = lab
  const id = await key({ Tags: [{ TagKey: 'team', TagValue: 'ml' }] })
  await kms('CreateAlias', { AliasName: 'alias/conditions', TargetKeyId: id })
  for (const [at, { key: name, value, operation, input, other }] of conditions.entries()) {
    await t.test(name, async () => {
      const action = `kms:${operation}`
      const by = await user(`c${at}`, [allow(action, { Condition: { StringEquals: { [name]: value } } })])
      const wrong = await user(`w${at}`, [allow(action, { Condition: { StringEquals: { [name]: `not ${value}` } } })])
      const asked = { KeyId: id, ...input }
      const outcome = await kms(operation, asked, by).catch((error: { code: string }) => error)
      assert.notEqual(outcome?.code, 'AccessDeniedException')
      await assert.rejects(kms(operation, asked, wrong), refusal('AccessDeniedException'))
      if (!other) return
      const changed = { ...asked, ...other }
      await assert.rejects(
        kms(operation, { ...changed, KeyId: changed.KeyId ?? id }, by),
        refusal('AccessDeniedException'),
      )
    })
  }
  await t.test('kms:ResourceAliases', async () => {
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/conditions' } }
    const by = await user('aliased', [allow('kms:DescribeKey', { Condition })])
    await kms('DescribeKey', { KeyId: id }, by)
    await assert.rejects(kms('DescribeKey', { KeyId: await key() }, by), refusal('AccessDeniedException'))
  })
})

test("forward access: kms:ViaService lets in what comes through S3, in the caller's name", async () => {
  const { kms, key, user, forwarded } = lab
  const KeyId = await key()
  const via = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } })
  const by = await user('through-s3', [allow('kms:GenerateDataKey', { Condition: via('s3') })])
  const asked = { KeyId, KeySpec: 'AES_256', EncryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::b' } }
  assert.equal((await forwarded('s3', 'GenerateDataKey', asked, by)).Plaintext.length, 32)
  const because = 'because no identity-based policy allows the kms:GenerateDataKey action'
  await assert.rejects(kms('GenerateDataKey', asked, by), denied(by.arn, 'GenerateDataKey', KeyId, because))
  await assert.rejects(
    forwarded('sqs', 'GenerateDataKey', asked, by),
    denied(by.arn, 'GenerateDataKey', KeyId, because),
  )

  // S3 shows in aws:ViaAWSService, but not in aws:CalledVia.
  const bool = await user('via-a-service', [
    allow('kms:GenerateDataKey', { Condition: { Bool: { 'aws:ViaAWSService': 'true' } } }),
  ])
  await forwarded('s3', 'GenerateDataKey', asked, bool)
  await assert.rejects(kms('GenerateDataKey', asked, bool), refusal('AccessDeniedException'))
  const Condition = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['s3.amazonaws.com', 'dynamodb.amazonaws.com'] } }
  const called = await user('called-via', [allow('kms:GenerateDataKey', { Condition })])
  await assert.rejects(forwarded('s3', 'GenerateDataKey', asked, called), refusal('AccessDeniedException'))
  await forwarded('dynamodb', 'GenerateDataKey', asked, called)
  // Nor is the caller's address handed on.
  const near = await user('near', [
    allow('kms:GenerateDataKey', { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
  ])
  await kms('GenerateDataKey', asked, near)
  await assert.rejects(forwarded('s3', 'GenerateDataKey', asked, near), refusal('AccessDeniedException'))
})

test('the AWS-managed key of S3 is there when it is first used, for all of the account and through S3 only', async () => {
  const { kms, user, forwarded, server } = lab
  const before = server.world.store.count('kms/key')
  const nobody = await user('without-a-policy')
  const asked = { KeyId: 'alias/aws/s3', KeySpec: 'AES_256' }
  await assert.rejects(
    kms('GenerateDataKey', asked),
    refusal('AccessDeniedException', /because no resource-based policy/),
  )
  assert.equal(server.world.store.count('kms/key'), before, 'a refusal makes no key')
  const made = await forwarded('s3', 'GenerateDataKey', asked, nobody)
  assert.equal((await forwarded('s3', 'GenerateDataKey', asked, nobody)).KeyId, made.KeyId)
  const opened = await forwarded('s3', 'Decrypt', { CiphertextBlob: made.CiphertextBlob }, nobody)
  assert.deepEqual(opened.Plaintext, made.Plaintext)
  const { KeyMetadata } = await kms('DescribeKey', { KeyId: 'alias/aws/s3' })
  assert.deepEqual([KeyMetadata.KeyManager, KeyMetadata.Arn], ['AWS', made.KeyId])
  assert.equal(JSON.parse((await kms('GetKeyPolicy', { KeyId: made.KeyId })).Policy).Id, 'auto-s3-2')
  for (const [operation, input] of [
    ['DisableKey', {}],
    ['ScheduleKeyDeletion', {}],
    ['PutKeyPolicy', { Policy: policy(toRoot()) }],
    ['Encrypt', { Plaintext }],
  ] as const)
    await assert.rejects(kms(operation, { KeyId: made.KeyId, ...input }), refusal('AccessDeniedException'))
  await assert.rejects(kms('DescribeKey', { KeyId: 'alias/aws/nothing' }), refusal('NotFoundException'))
})

test('a grant alone is enough, for its operations and while it lasts', async () => {
  const { kms, key, role } = lab
  const KeyId = await key()
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  const worker = await role('worker')
  const because = 'because no identity-based policy allows the kms:Decrypt action'
  await assert.rejects(kms('Decrypt', { CiphertextBlob }, worker), denied(worker.arn, 'Decrypt', KeyId, because))
  const asked = { KeyId, GranteePrincipal: worker.roleArn, Operations: ['Decrypt', 'DescribeKey'], Name: 'job' }
  const { GrantId, GrantToken } = await kms('CreateGrant', asked)
  assert.match(GrantId, /^[0-9a-f]{64}$/)
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob, GrantTokens: [GrantToken] }, worker)).Plaintext, Plaintext)
  await kms('DescribeKey', { KeyId }, worker)
  await assert.rejects(kms('Encrypt', { KeyId, Plaintext }, worker), refusal('AccessDeniedException'))
  assert.equal((await kms('CreateGrant', asked)).GrantId, GrantId, 'the same name and parameters: the same grant')
  assert.notEqual((await kms('CreateGrant', { ...asked, Name: 'other' })).GrantId, GrantId)
  const { Grants } = await kms('ListGrants', { KeyId, GrantId })
  const { CreationDate, ...told } = Grants[0]
  assert.equal(typeof CreationDate, 'number')
  assert.deepEqual(told, {
    KeyId: arnOf(KeyId),
    GrantId,
    Name: 'job',
    GranteePrincipal: worker.roleArn,
    IssuingAccount: `arn:aws:iam::${account}:root`,
    Operations: ['Decrypt', 'DescribeKey'],
  })
  for (const one of (await kms('ListGrants', { KeyId })).Grants)
    await kms('RevokeGrant', { KeyId, GrantId: one.GrantId })
  await assert.rejects(kms('Decrypt', { CiphertextBlob }, worker), refusal('AccessDeniedException'))
  await assert.rejects(kms('RevokeGrant', { KeyId, GrantId }), refusal('NotFoundException'))
  await assert.rejects(kms('Decrypt', { CiphertextBlob, GrantTokens: ['AAAA'] }), refusal('InvalidGrantTokenException'))
})

test('grant constraints are compared letter by letter', async () => {
  const { kms, key, role } = lab
  const KeyId = await key()
  const worker = await role('constrained')
  const encrypt = (EncryptionContext: object) => kms('Encrypt', { KeyId, Plaintext, EncryptionContext }, worker)
  const cases: { constraints: object; allowed: object[]; denied: object[] }[] = [
    {
      constraints: { EncryptionContextSubset: { Team: 'ml' } },
      allowed: [{ Team: 'ml' }, { Team: 'ml', more: 'x' }],
      denied: [{}, { Team: 'hr' }, { team: 'ml' }, { Team: 'ML' }, { more: 'x' }],
    },
    {
      constraints: { EncryptionContextEquals: { Team: 'ml', job: '1' } },
      allowed: [{ job: '1', Team: 'ml' }],
      denied: [
        { Team: 'ml' },
        { Team: 'ml', job: '1', more: 'x' },
        { team: 'ml', job: '1' },
        { Team: 'ml', team: 'x', job: '1' },
      ],
    },
  ]
  for (const { constraints: Constraints, allowed, denied: refused } of cases) {
    const Operations = ['Encrypt']
    const { GrantId } = await kms('CreateGrant', { KeyId, GranteePrincipal: worker.roleArn, Operations, Constraints })
    for (const context of allowed) await encrypt(context)
    for (const context of refused)
      await assert.rejects(encrypt(context), refusal('AccessDeniedException'), JSON.stringify(context))
    await kms('RevokeGrant', { KeyId, GrantId })
  }
})

test('who may make grants, and hand them on', async () => {
  const { kms, key, role, user, forwarded } = lab
  const KeyId = await key()
  const [first, second] = [await role('first'), await role('second')]
  const grant = (by: typeof first | undefined, input: object) => kms('CreateGrant', { KeyId, ...input }, by)
  const Operations = ['CreateGrant', 'Decrypt']
  const Constraints = { EncryptionContextSubset: { a: '1' } }
  await grant(undefined, { GranteePrincipal: first.roleArn, Operations, Constraints })
  const narrower = {
    GranteePrincipal: second.roleArn,
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextEquals: { a: '1', b: '2' } },
  }
  await grant(first, narrower)
  for (const wider of [
    { ...narrower, Constraints: {} },
    { ...narrower, Operations: ['Encrypt'] },
    { ...narrower, Constraints: { EncryptionContextSubset: { b: '2' } } },
  ])
    await assert.rejects(grant(first, wider), refusal('AccessDeniedException'))

  // "Allow attachment of persistent resources": for AWS's services only.
  const Condition = { Bool: { 'kms:GrantIsForAWSResource': 'true' } }
  const operator = await user('operator', [allow('kms:CreateGrant', { Condition })])
  const asked = { KeyId, GranteePrincipal: second.roleArn, Operations: ['Decrypt'] }
  await assert.rejects(kms('CreateGrant', asked, operator), refusal('AccessDeniedException'))
  await forwarded('ec2', 'CreateGrant', asked, operator)
  const only = {
    'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] },
    StringEquals: { 'kms:GranteePrincipal': second.roleArn, 'kms:GrantConstraintType': 'EncryptionContextSubset' },
  }
  const careful = await user('careful', [allow('kms:CreateGrant', { Condition: only })])
  await kms('CreateGrant', { ...asked, Constraints }, careful)
  await assert.rejects(kms('CreateGrant', asked, careful), refusal('AccessDeniedException'))
  await assert.rejects(
    kms('CreateGrant', { ...asked, Constraints, Operations: ['Encrypt'] }, careful),
    refusal('AccessDeniedException'),
  )
  await assert.rejects(
    kms('CreateGrant', { ...asked, GranteePrincipal: `arn:aws:iam::${account}:role/nobody` }),
    refusal('InvalidArnException', `ARN does not refer to a valid principal: arn:aws:iam::${account}:role/nobody`),
  )
  await assert.rejects(kms('CreateGrant', { ...asked, Operations: ['Sign'] }), refusal('ValidationException'))
})

test('grants end by who retires them', async () => {
  const { kms, key, role } = lab
  const KeyId = await key()
  const [grantee, retirer, other] = [await role('grantee'), await role('retirer'), await role('other')]
  const make = (Operations: string[]) =>
    kms('CreateGrant', { KeyId, GranteePrincipal: grantee.roleArn, RetiringPrincipal: retirer.roleArn, Operations })
  const one = await make(['Decrypt'])
  await assert.rejects(kms('RetireGrant', { KeyId, GrantId: one.GrantId }, other), refusal('AccessDeniedException'))
  await assert.rejects(kms('RetireGrant', { GrantToken: one.GrantToken }, grantee), refusal('AccessDeniedException'))
  const { Grants } = await kms('ListRetirableGrants', { RetiringPrincipal: retirer.roleArn })
  assert.deepEqual(
    Grants.map(({ GrantId }: any) => GrantId),
    [one.GrantId],
  )
  await kms('RetireGrant', { GrantToken: one.GrantToken }, retirer)
  const two = await make(['Decrypt', 'RetireGrant'])
  await kms('RetireGrant', { KeyId: arnOf(KeyId), GrantId: two.GrantId }, grantee)
  assert.deepEqual((await kms('ListGrants', { KeyId })).Grants, [])
})

test('a role that is made anew is not who had the grant', async () => {
  const { kms, key, role, iam } = lab
  const KeyId = await key()
  const before = await role('phoenix')
  await kms('CreateGrant', { KeyId, GranteePrincipal: before.roleArn, Operations: ['DescribeKey'] })
  await kms('DescribeKey', { KeyId }, before)
  await iam('DeleteRole', { RoleName: 'phoenix' })
  const again = await role('phoenix')
  assert.equal(again.roleArn, before.roleArn)
  await assert.rejects(kms('DescribeKey', { KeyId }, again), refusal('AccessDeniedException'))
})

test('another account: the key policy and its own IAM, both; and no more than AWS lets out', async () => {
  const { kms, key, server, forwarded } = lab
  const estate = await organize(server)
  const { id: stranger, keys } = await estate.account('stranger')
  const KeyId = await key()
  const arn = arnOf(KeyId)
  const asked = { KeyId: arn, KeySpec: 'AES_256' }
  await assert.rejects(
    kms('GenerateDataKey', asked, keys),
    refusal('AccessDeniedException', /because no resource-based policy allows the kms:GenerateDataKey action$/),
  )
  const theirs = allow('kms:*', { Principal: { AWS: `arn:aws:iam::${stranger}:root` } })
  await kms('PutKeyPolicy', { KeyId, Policy: policy(toRoot(), theirs) })
  const made = await kms('GenerateDataKey', asked, keys)
  assert.equal(made.KeyId, arn)
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob: made.CiphertextBlob }, keys)).Plaintext, made.Plaintext)
  await forwarded('s3', 'GenerateDataKey', asked, keys)
  await kms('CreateGrant', { KeyId: arn, GranteePrincipal: stranger, Operations: ['Decrypt'] }, keys)
  // "Cross-account use: No", whatever the policy says.
  for (const operation of ['DisableKey', 'GetKeyPolicy', 'ScheduleKeyDeletion', 'ListResourceTags'])
    await assert.rejects(kms(operation, { KeyId: arn }, keys), refusal('AccessDeniedException'))
  // Their own id means their own key.
  await assert.rejects(
    kms('DescribeKey', { KeyId }, keys),
    refusal('NotFoundException', new RegExp(`:${stranger}:key/`)),
  )
})
