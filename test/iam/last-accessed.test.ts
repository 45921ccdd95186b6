import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call, Caller } from '../../src/door/call.ts'
import { compile } from '../../src/policy/compile.ts'
import { grantedServices, grantsService } from '../../src/services/iam/granted-services.ts'
import { accessesOf, recordAccess } from '../../src/services/iam/last-accessed.ts'
import { operations } from '../../src/services/iam/operations.ts'
import { account, newAccount, policy, refused } from './account.ts'

const allow = (Action: string | string[], Resource = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
const deny = (Action: string, Resource = '*', more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more })
const when = { Condition: { StringEquals: { 'aws:username': 'nobody' } } }

describe('the services that policies may open', () => {
  const services = (...statements: object[]) =>
    grantedServices([compile(policy(statements), { id: 'test' })]).map(({ service }) => service.prefix)

  const cases: [string, object[], string[]][] = [
    ['named', [allow(['sqs:SendMessage', 'S3:getobject'])], ['s3', 'sqs']],
    ['of an action that nobody has', [allow('s3:MadeUp')], []],
    ['under a condition', [allow('s3:GetObject', '*', when)], ['s3']],
    ['denied wholly', [allow(['s3:*', 'sqs:*']), deny('sqs:*')], ['s3']],
    ['denied under a condition', [allow('s3:*'), deny('s3:*', '*', when)], ['s3']],
    ['denied in part', [allow('s3:*'), deny('s3:*', 'arn:aws:s3:::shelf/*')], ['s3']],
    ['denied to the last action', [allow('s3:GetObject'), deny('s3:Get*')], []],
  ]
  for (const [name, statements, expected] of cases) {
    test(name, () => assert.deepEqual(services(...statements), expected))
  }

  test('bound by the resource', () => {
    // Some services have actions on resources of another's.
    const found = services(allow('*', 'arn:aws:sns:*:*:*'))
    assert.ok(found.includes('sns') && found.length < 10, found.join())
  })

  test('all of them, and all but one', () => {
    assert.ok(services(allow('*')).length > 400)
    const rest = services({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' })
    assert.ok(rest.length > 400 && !rest.includes('iam'))
  })

  test('one document by itself may open them with actions that nobody knows', () => {
    const grants = (prefix: string, ...statements: object[]) =>
      grantsService(compile(policy(statements), { id: 'test' }), prefix)
    assert.equal(grants('s3', allow('s3:MadeUp')), true)
    assert.equal(grants('sqs', allow('s3:*')), false)
    assert.equal(grants('s3', allow('s3:*'), deny('s3:*')), false)
    assert.equal(grants('s3', allow('s3:*'), deny('s3:Get*')), true)
    assert.equal(grants('s3', allow('s3:*'), deny('s3:*', '*', when)), true)
    assert.equal(grants('iam', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), false)
    assert.equal(grants('s3', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), true)
  })
})

describe('last accessed information', () => {
  const { act, store, world, clock, user, role } = newAccount()
  const second = 1000
  const minute = 60 * second

  /** An attempt as the door notes it. */
  function attempt(caller: Partial<Caller>, action: string, region = 'us-east-1') {
    const call = {
      world,
      caller,
      service: action.split(':')[0],
      operation: action.split(':')[1],
      region,
      time: clock.now,
    }
    recordAccess(call as Call, [
      { action, resource: '*' },
      { action: 'iam:PassRole', resource: '*' },
    ])
  }
  const idOf = (type: 'User' | 'Role', name: string): string =>
    act('admin', `Get${type}`, { [`${type}Name`]: name })[type][`${type}Id`]

  const doer = user('doer', allow(['s3:*', 'sqs:SendMessage', 'iam:ListRoles']))
  user('idler')
  act('admin', 'CreateGroup', { GroupName: 'both' })
  act('admin', 'PutGroupPolicy', {
    GroupName: 'both',
    PolicyName: 'shared',
    PolicyDocument: policy(allow('s3:GetObject')),
  })
  for (const UserName of ['doer', 'idler']) act('admin', 'AddUserToGroup', { GroupName: 'both', UserName })
  const shared = act('admin', 'CreatePolicy', {
    PolicyName: 'shared',
    PolicyDocument: policy(allow('s3:CreateBucket')),
  }).Policy.Arn
  const job = role('job', { Service: 'sagemaker.amazonaws.com' })
  act('admin', 'AttachRolePolicy', { RoleName: 'job', PolicyArn: shared })
  act('admin', 'AttachGroupPolicy', { GroupName: 'both', PolicyArn: shared })

  const arn = (type: string, name: string) => `arn:aws:iam::${account}:${type}/${name}`
  const start = (Arn: string, more: object = {}, who = 'admin'): string =>
    act(who, 'GenerateServiceLastAccessedDetails', { Arn, ...more }).JobId
  const report = (Arn: string, more: object = {}) => {
    const JobId = start(Arn, more)
    clock.now += 2 * second
    return act('admin', 'GetServiceLastAccessedDetails', { JobId })
  }
  const serviceOf = (answer: any, namespace: string) =>
    answer.ServicesLastAccessed.find((one: any) => one.ServiceNamespace === namespace)

  test('an action is written down once a minute', () => {
    const caller = { entityId: 'AIDAWRITER' }
    attempt(caller, 's3:GetObject')
    const before = store.revision
    attempt(caller, 's3:GetObject')
    assert.equal(store.revision, before)
    clock.now += minute
    attempt(caller, 's3:GetObject')
    assert.notEqual(store.revision, before)
    assert.deepEqual(
      [...accessesOf(store, 'AIDAWRITER', 0).keys()],
      ['s3:GetObject'],
      'what is checked besides is no attempt',
    )
    attempt({}, 's3:GetObject')
  })

  test('of a user: every service that it may use, and when it last tried', () => {
    attempt({ entityId: idOf('User', 'doer') }, 's3:GetObject', 'eu-west-1')
    clock.now += minute
    attempt({ entityId: idOf('User', 'doer') }, 's3:CreateBucket')
    const tried = Math.floor(clock.now / 1000)
    const answer = report(arn('user', 'doer'))
    assert.deepEqual([answer.JobStatus, answer.JobType, answer.IsTruncated], ['COMPLETED', 'SERVICE_LEVEL', false])
    assert.deepEqual(
      answer.ServicesLastAccessed.map((one: any) => one.ServiceNamespace),
      ['iam', 's3', 'sqs'],
    )
    assert.deepEqual(serviceOf(answer, 's3'), {
      ServiceName: 'Amazon S3',
      ServiceNamespace: 's3',
      LastAuthenticated: tried,
      LastAuthenticatedEntity: arn('user', 'doer'),
      LastAuthenticatedRegion: 'us-east-1',
      TotalAuthenticatedEntities: 1,
    })
    assert.deepEqual(Object.keys(serviceOf(answer, 'sqs')), [
      'ServiceName',
      'ServiceNamespace',
      'TotalAuthenticatedEntities',
    ])
  })

  test('action by action, for management actions', () => {
    const actions = serviceOf(
      report(arn('user', 'doer'), { Granularity: 'ACTION_LEVEL' }),
      's3',
    ).TrackedActionsLastAccessed
    const named = (name: string) => actions.find((one: any) => one.ActionName === name)
    assert.equal(named('CreateBucket').LastAccessedEntity, arn('user', 'doer'))
    assert.deepEqual(named('DeleteBucket'), { ActionName: 'DeleteBucket' })
    assert.equal(named('GetObject'), undefined, 'work on data is not tracked')
  })

  test('of a group and of a policy: whoever of theirs tried last', () => {
    attempt({ entityId: idOf('Role', 'job') }, 's3:CreateBucket')
    const group = serviceOf(report(arn('group', 'both')), 's3')
    assert.deepEqual([group.TotalAuthenticatedEntities, group.LastAuthenticatedEntity], [1, arn('user', 'doer')])
    const JobId = start(shared)
    clock.now += 2 * second
    const s3 = serviceOf(act('admin', 'GetServiceLastAccessedDetails', { JobId }), 's3')
    assert.deepEqual([s3.TotalAuthenticatedEntities, s3.LastAuthenticatedEntity], [2, job])
    const entities = (more: object = {}) =>
      act('admin', 'GetServiceLastAccessedDetailsWithEntities', { JobId, ServiceNamespace: 's3', ...more })
    assert.deepEqual(
      entities().EntityDetailsList.map((one: any) => [
        one.EntityInfo.Type,
        one.EntityInfo.Name,
        'LastAuthenticated' in one,
      ]),
      [
        ['ROLE', 'job', true],
        ['USER', 'doer', true],
        ['USER', 'idler', false],
      ],
    )
    const first = entities({ MaxItems: 1 })
    assert.equal(first.IsTruncated, true)
    assert.equal(entities({ Marker: first.Marker }).EntityDetailsList.length, 2)
    assert.deepEqual(entities({ ServiceNamespace: 'sqs' }).EntityDetailsList, [])
    refused(() => entities({ ServiceNamespace: 'madeup' }), 'InvalidInput', 'Invalid service namespace.', 400)
  })

  test('a report stays as it was, but for names of those who are gone', () => {
    user('leaver', allow('s3:GetObject'))
    const leaver = idOf('User', 'leaver')
    attempt({ entityId: leaver }, 's3:GetObject')
    const JobId = start(arn('user', 'leaver'))
    clock.now += 2 * minute
    attempt({ entityId: leaver }, 's3:GetObject')
    const [key] = act('admin', 'ListAccessKeys', { UserName: 'leaver' }).AccessKeyMetadata
    act('admin', 'DeleteAccessKey', { UserName: 'leaver', AccessKeyId: key.AccessKeyId })
    act('admin', 'DeleteUserPolicy', { UserName: 'leaver', PolicyName: 'inline' })
    act('admin', 'DeleteUser', { UserName: 'leaver' })
    const s3 = serviceOf(act('admin', 'GetServiceLastAccessedDetails', { JobId }), 's3')
    assert.equal(s3.LastAuthenticated, Math.floor(clock.now / 1000) - 120)
    const input = { JobId, ServiceNamespace: 's3' }
    assert.deepEqual(act('admin', 'GetServiceLastAccessedDetailsWithEntities', input).EntityDetailsList, [])
    // One of the same name is somebody else.
    act('admin', 'CreateUser', { UserName: 'leaver' })
    assert.deepEqual(act('admin', 'GetServiceLastAccessedDetailsWithEntities', input).EntityDetailsList, [])
    assert.deepEqual(report(arn('user', 'leaver')).ServicesLastAccessed, [])
  })

  test('takes a moment, in which there is little to tell', () => {
    const JobId = start(arn('user', 'doer'))
    const call = { account, caller: { accessKeyId: 'any', entityId: idOf('User', 'admin') }, time: clock.now, world }
    const permit = { call, world } as never
    const answer = operations.GetServiceLastAccessedDetails.perform({ JobId }, permit)
    assert.deepEqual(answer, { JobStatus: 'IN_PROGRESS', JobCreationDate: clock.now / 1000, IsTruncated: false })
  })

  test('is told to whoever asked for it, and to nobody else', () => {
    const JobId = start(arn('user', 'doer'))
    clock.now += 2 * second
    const other = user('other', allow('iam:*'))
    const gone = `The job with id ${JobId} cannot be found.`
    refused(() => act(other, 'GetServiceLastAccessedDetails', { JobId }), 'NoSuchEntity', gone, 404)
    refused(() => start(arn('user', 'ghost')), 'NoSuchEntity', 'The user with name ghost cannot be found.', 404)
    refused(
      () => start(arn('user', 'admin'), {}, doer),
      'AccessDenied',
      /iam:GenerateServiceLastAccessedDetails on resource: arn:aws:iam::\d+:user\/admin/,
      403,
    )
  })

  test('AdministratorAccess is of every service, in pages', () => {
    const JobId = start('arn:aws:iam::aws:policy/AdministratorAccess')
    clock.now += 2 * second
    const first = act('admin', 'GetServiceLastAccessedDetails', { JobId })
    assert.deepEqual([first.ServicesLastAccessed.length, first.IsTruncated], [200, true])
    const second200 = act('admin', 'GetServiceLastAccessedDetails', { JobId, Marker: first.Marker, MaxItems: 1 })
    const [last, next] = [first.ServicesLastAccessed.at(-1), second200.ServicesLastAccessed[0]]
    assert.ok(last.ServiceNamespace < next.ServiceNamespace)
  })

  test('ListPoliciesGrantingServiceAccess names each policy and who has it', () => {
    const granting = (Arn: string, ...ServiceNamespaces: string[]) =>
      act('admin', 'ListPoliciesGrantingServiceAccess', { Arn, ServiceNamespaces }).PoliciesGrantingServiceAccess
    assert.deepEqual(granting(arn('user', 'doer'), 's3', 'ec2', 's3'), [
      {
        ServiceNamespace: 's3',
        Policies: [
          { PolicyName: 'inline', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'doer' },
          { PolicyName: 'shared', PolicyType: 'INLINE', EntityType: 'GROUP', EntityName: 'both' },
          { PolicyName: 'shared', PolicyType: 'MANAGED', PolicyArn: shared },
        ],
      },
      { ServiceNamespace: 'ec2', Policies: [] },
    ])
    refused(() => granting(job, 'madeup'), 'InvalidInput', 'Invalid service namespace.', 400)
  })
})
