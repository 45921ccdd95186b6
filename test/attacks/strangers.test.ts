/** What a refusal tells those who have no business to know. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { authorizationId, uuidOf } from '../../src/door/request-id.ts'
import { call, send } from '../support/call.ts'
import { attempt, type Member, policy } from '../organizations/estate.ts'
import { type Lab, newLab, trusts } from './lab.ts'

let lab: Lab
let owner: Member
let stranger: Member
let sibling: Member

before(async () => {
  lab = await newLab()
  const { estate, iam, server } = lab
  owner = await estate.account('owner')
  stranger = await estate.account('stranger')
  sibling = await estate.account('sibling')
  await estate.manage('RemoveAccountFromOrganization', { AccountId: stranger.id })
  const trust = trusts('*', { StringEquals: { 'sts:ExternalId': 'open-sesame' } })
  await iam('CreateRole', { RoleName: 'guarded', AssumeRolePolicyDocument: trust }, owner.keys)
  const Bucket = `guarded-${owner.id}`
  const Condition = { StringNotEquals: { 'aws:PrincipalTag/secret': 'open-sesame' } }
  const Resource = `arn:aws:s3:::${Bucket}`
  const Policy = policy({ Sid: 'Sesame', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource, Condition })
  await call(server.url, owner.keys, 's3', 'CreateBucket', { Bucket })
  await call(server.url, owner.keys, 's3', 'PutBucketPolicy', { Bucket, Policy })
})
after(() => lab.server.close())

/** Everything that the caller can hear about its refused call. */
async function heard({ keys }: Member, service: string, operation: string, input: object): Promise<string> {
  const { server } = lab
  const { answer, refused } = await attempt(server, keys, service, operation, input)
  assert.ok(refused)
  const explained = await call(server.url, keys, 'sallyport', 'Explain', { Id: answer.requestId })
  const id = authorizationId(uuidOf(answer.requestId) ?? answer.requestId)
  const details = await call(server.url, keys, 'iam-toolbox', 'GetRequestAuthorizationDetails', { authorizationId: id })
  return JSON.stringify([refused, explained, details])
}

const assumption = (name: string) => ({
  RoleArn: `arn:aws:iam::${owner.id}:role/${name}`,
  RoleSessionName: 'ali-baba',
})

describe('a stranger who is refused', () => {
  it('does not hear the external id that was missing, nor what else the role asks for', async () => {
    const told = await heard(stranger, 'sts', 'AssumeRole', assumption('guarded'))
    assert.doesNotMatch(told, /sesame|trust-policy:|ExternalId/i)
    assert.match(told, new RegExp(`why, only account ${owner.id} is told`))
    // In the same organization AWS tells more, and so do we.
    assert.match(await heard(sibling, 'sts', 'AssumeRole', assumption('guarded')), /sts:ExternalId/)
  })

  it('does not hear whether there is such a role', async () => {
    const plain = (text: string) =>
      text.replaceAll(/guarded|missing|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|"\d{10}"/g, '')
    const there = await heard(stranger, 'sts', 'AssumeRole', assumption('guarded'))
    const gone = await heard(stranger, 'sts', 'AssumeRole', assumption('missing'))
    assert.equal(plain(there), plain(gone))
  })

  it('does not read the bucket policy that denies', async () => {
    const told = await heard(stranger, 's3', 'ListObjectsV2', { Bucket: `guarded-${owner.id}` })
    assert.doesNotMatch(told, /sesame|bucket-policy:|explicit/i)
  })
})

describe('a stranger who is allowed', () => {
  it('does not hear by which statement', async () => {
    const { server } = lab
    const Bucket = `shared-${owner.id}`
    const Resource = `arn:aws:s3:::${Bucket}`
    const Principal = { AWS: [stranger.id, sibling.id] }
    const Policy = policy({ Sid: 'ProjectSesame', Effect: 'Allow', Principal, Action: 's3:ListBucket', Resource })
    await call(server.url, owner.keys, 's3', 'CreateBucket', { Bucket })
    await call(server.url, owner.keys, 's3', 'PutBucketPolicy', { Bucket, Policy })
    const explained = async ({ keys }: Member) => {
      const answer = await send(server.url, 's3', 'ListObjectsV2', { Bucket }, { keys })
      assert.equal(answer.status, 200)
      return (await call(server.url, keys, 'sallyport', 'Explain', { Id: answer.requestId })).Document
    }
    const told = await explained(stranger)
    assert.doesNotMatch(JSON.stringify(told), /sesame|bucket-policy:/i)
    assert.deepEqual([told.decision, told.needs[0].effect, told.blockers], ['allowed', 'allow', []])
    assert.match(JSON.stringify(await explained(sibling)), /ProjectSesame/)
  })
})

describe('a call with a wrong signature', () => {
  it('is told of to the server’s own account only, and its token is not kept', async () => {
    const { server, tried } = lab
    const { keys } = sibling
    const answer = await send(
      server.url,
      'sagemaker',
      'ListTrainingJobs',
      {},
      { keys: { ...keys, secretAccessKey: 'wrong' } },
    )
    const Id = answer.requestId
    const kept = JSON.stringify(server.world.decisions.get(Id))
    assert.match(kept, /x-amz-security-token:…/)
    assert.ok(keys.sessionToken && !kept.includes(keys.sessionToken))
    assert.equal(await tried(stranger.keys, 'sallyport', 'Explain', { Id }), 'ResourceNotFoundException')
    assert.equal(await tried(server.admin, 'sallyport', 'Explain', { Id }), 'done')
  })
})
