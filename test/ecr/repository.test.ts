import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openToken } from '../../src/services/ecr/authorization-token.ts'
import { imageIdOf, parseImageUri } from '../../src/services/ecr/image-uri.ts'
import { account, newRegistry, refusal } from './registry.ts'

const arn = (name: string) => `arn:aws:ecr:us-east-1:${account}:repository/${name}`

test('a repository is created once, described, and deleted', async () => {
  const { act } = newRegistry()
  const { repository } = await act('CreateRepository', { repositoryName: 'team/app' })
  assert.equal(repository.repositoryArn, arn('team/app'))
  assert.equal(repository.repositoryUri, '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app')
  assert.equal(repository.createdAt, Date.parse('2026-09-01T00:00:00Z') / 1000)
  assert.equal(repository.imageTagMutability, 'MUTABLE')
  await assert.rejects(
    act('CreateRepository', { repositoryName: 'team/app' }),
    refusal(
      'RepositoryAlreadyExistsException',
      "The repository with name 'team/app' already exists in the registry with id '123456789012'",
    ),
  )
  assert.deepEqual((await act('DescribeRepositories', { repositoryNames: ['team/app'] })).repositories, [repository])
  await act('DeleteRepository', { repositoryName: 'team/app' })
  await assert.rejects(
    act('DescribeRepositories', { repositoryNames: ['team/app'] }),
    refusal(
      'RepositoryNotFoundException',
      "The repository with name 'team/app' does not exist in the registry with id '123456789012'",
    ),
  )
})

test('repositories come in pages', async () => {
  const { act } = newRegistry()
  for (const repositoryName of ['a', 'b', 'c']) await act('CreateRepository', { repositoryName })
  const first = await act('DescribeRepositories', { maxResults: 2 })
  const second = await act('DescribeRepositories', { maxResults: 2, nextToken: first.nextToken })
  const names = [first, second].map((page) => page.repositories.map((one: any) => one.repositoryName))
  assert.deepEqual(names, [['a', 'b'], ['c']])
  assert.equal(second.nextToken, undefined)
  await assert.rejects(
    act('DescribeRepositories', { nextToken: 'x' }),
    refusal('InvalidParameterException', /nextToken/),
  )
})

test('a repository with images is deleted by force only, with all that lies in it', async () => {
  const { act, pushImage, world } = newRegistry()
  await act('CreateRepository', { repositoryName: 'app' })
  await pushImage('app', 'one', 'v1')
  await act('InitiateLayerUpload', { repositoryName: 'app' })
  await assert.rejects(
    act('DeleteRepository', { repositoryName: 'app' }),
    refusal(
      'RepositoryNotEmptyException',
      "The repository with name 'app' in registry with id '123456789012' cannot be deleted because it still contains images",
    ),
  )
  await act('DeleteRepository', { repositoryName: 'app', force: true })
  for (const kind of ['repository', 'image', 'tag', 'layer', 'upload'])
    assert.equal(world.store.count(`ecr/${kind}`), 0)
})

test('needs name the repository, its tags, and what is tagged at creation', async () => {
  const { act, needs } = newRegistry()
  const tags = [{ Key: 'team', Value: 'ml' }]
  const create = needs('CreateRepository', { repositoryName: 'app', tags })
  assert.deepEqual(
    create.map(({ action, resource, context }) => [action, resource, context]),
    ['CreateRepository', 'TagResource'].map((action) => [
      `ecr:${action}`,
      arn('app'),
      { 'aws:TagKeys': ['team'], 'aws:RequestTag/team': 'ml' },
    ]),
  )
  await act('CreateRepository', { repositoryName: 'app', tags })
  const [get] = needs('BatchGetImage', { repositoryName: 'app' })
  assert.deepEqual(get?.context, { 'aws:ResourceTag/team': 'ml', 'ecr:ResourceTag/team': 'ml' })
  assert.equal(needs('DescribeRepositories', {})[0]?.resource, arn('*'))
  assert.equal(needs('GetAuthorizationToken', {})[0]?.resource, '*')
  const other = needs('BatchGetImage', { repositoryName: 'app', registryId: '210987654321' })
  assert.equal(other[0]?.resource, 'arn:aws:ecr:us-east-1:210987654321:repository/app')
})

test('a repository policy needs no Resource, and becomes part of every need', async () => {
  const { act, needs } = newRegistry()
  await act('CreateRepository', { repositoryName: 'app' })
  const policyText = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'ecr:BatchGetImage' }],
  })
  const absent = refusal(
    'RepositoryPolicyNotFoundException',
    "Repository policy does not exist for the repository with name 'app' in the registry with id '123456789012'",
  )
  await assert.rejects(act('GetRepositoryPolicy', { repositoryName: 'app' }), absent)
  assert.equal(needs('BatchGetImage', { repositoryName: 'app' })[0]?.resourcePolicy, undefined)
  await act('SetRepositoryPolicy', { repositoryName: 'app', policyText })
  assert.equal((await act('GetRepositoryPolicy', { repositoryName: 'app' })).policyText, policyText)
  const policy = needs('BatchGetImage', { repositoryName: 'app' })[0]?.resourcePolicy
  assert.equal(policy?.id, 'repository-policy:app')
  assert.equal(policy?.statements[0]?.effect, 'Allow')
  assert.equal(needs('PutImage', { repositoryName: 'app' })[0]?.resourcePolicy, policy, 'compiled once')
  await act('DeleteRepositoryPolicy', { repositoryName: 'app' })
  await assert.rejects(act('DeleteRepositoryPolicy', { repositoryName: 'app' }), absent)
})

test('a malformed repository policy is refused without a reason', async () => {
  const { act } = newRegistry()
  await act('CreateRepository', { repositoryName: 'app' })
  const invalid = refusal(
    'InvalidParameterException',
    "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  )
  for (const policyText of ['{', '[]', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*"}]}'])
    await assert.rejects(act('SetRepositoryPolicy', { repositoryName: 'app', policyText }), invalid)
})

test('tags are laid over, listed and taken away', async () => {
  const { act } = newRegistry()
  await act('CreateRepository', { repositoryName: 'app', tags: [{ Key: 'a', Value: '1' }] })
  const resourceArn = arn('app')
  await act('TagResource', {
    resourceArn,
    tags: [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ],
  })
  await act('UntagResource', { resourceArn, tagKeys: ['b', 'c'] })
  assert.deepEqual(await act('ListTagsForResource', { resourceArn }), { tags: [{ Key: 'a', Value: '2' }] })
  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
  await assert.rejects(act('TagResource', { resourceArn, tags: many }), refusal('TooManyTagsException', /50/))
})

test('an authorization token says what it stands for to this server alone, and nothing of it is stored', async () => {
  const { act, world, clock } = newRegistry()
  const { authorizationData } = await act('GetAuthorizationToken', {})
  const [{ authorizationToken, expiresAt, proxyEndpoint }] = authorizationData
  assert.equal(proxyEndpoint, 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com')
  const [user, secret = ''] = Buffer.from(authorizationToken, 'base64').toString().split(':')
  assert.equal(user, 'AWS')
  assert.equal(expiresAt, clock.now / 1000 + 12 * 3600)
  const accessKeyId = 'AKIAIOSFODNN7EXAMPLE'
  assert.deepEqual(openToken(world, secret), { accessKeyId, registryId: account, region: 'us-east-1', expiresAt })
  assert.equal(world.store.revision, 0)
  const { payload, expiration } = JSON.parse(Buffer.from(secret, 'base64').toString())
  assert.equal(expiration, expiresAt)
  const forged = [
    'guess',
    '',
    JSON.stringify({ payload, expiration: expiresAt + 1 }),
    JSON.stringify({ payload: payload.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A')), expiration }),
    JSON.stringify({ payload: 5, expiration }),
    'null',
  ]
  for (const text of forged) assert.equal(openToken(world, Buffer.from(text).toString('base64')), undefined, text)
  const other = await act('GetAuthorizationToken', { registryIds: ['210987654321'] })
  const [, theirs = ''] = Buffer.from(other.authorizationData[0].authorizationToken, 'base64').toString().split(':')
  assert.equal(openToken(world, theirs)?.registryId, '210987654321')
})

test('image URIs are taken apart, and anything else is refused', () => {
  const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
  const digest = `sha256:${'a'.repeat(64)}`
  const base = { registryId: account, region: 'eu-west-1', repositoryName: 'team/app' }
  assert.deepEqual(parseImageUri(`${host}/team/app`), { ...base, tag: 'latest' })
  assert.deepEqual(parseImageUri(`${host}/team/app:1.0`), { ...base, tag: '1.0' })
  assert.deepEqual(parseImageUri(`${host}/team/app@${digest}`), { ...base, digest })
  const both = parseImageUri(`${host}/team/app:1.0@${digest}`)
  assert.deepEqual(both && imageIdOf(both), { imageDigest: digest })
  for (const uri of [
    'ubuntu',
    `${host}/`,
    `${host}/App`,
    `${host}/a:`,
    `x${host}/a`,
    `${host}/a@sha256:1`,
    `${host}/a b`,
  ])
    assert.equal(parseImageUri(uri), undefined, uri)
})
