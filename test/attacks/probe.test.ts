import { test, before, after } from 'node:test'
import { call, send, errorOf, exchange } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { assume, attempt, organize, policy, type Estate } from '../organizations/estate.ts'
let s: TestServer, e: Estate
before(async () => { s = await startTestServer(); e = await organize(s) })
after(() => s.close())
const P = (Statement: object | object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const iam = (op: string, i: object = {}, k = s.admin) => call(s.url, k, 'iam', op, i)
const key = async (UserName: string, st?: object) => { await iam('CreateUser', { UserName }); if (st) await iam('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: P(st) }); const { AccessKey: a } = await iam('CreateAccessKey', { UserName }); return { accessKeyId: a.AccessKeyId, secretAccessKey: a.SecretAccessKey } }
const cred = (c: any) => ({ accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken })
const tryit = async (k: any, svc: string, op: string, i: object = {}) => (await attempt(s, k, svc, op, i)).refused?.slice(0, 160)
test('tags case in RequestTag for organizations, sagemaker, oidc, policies', async () => {
  const u = await key('tagger', [{ Effect: 'Allow', Action: ['iam:CreatePolicy', 'iam:TagPolicy'], Resource: '*', Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } } }])
  const mk = (n: string, Tags: object[]) => tryit(u, 'iam', 'CreatePolicy', { PolicyName: n, Tags, PolicyDocument: P({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) })
  console.log('one red', await mk('a1', [{ Key: 'team', Value: 'red' }]), '| one blue', await mk('a2', [{ Key: 'team', Value: 'blue' }]), '| both', await mk('a3', [{ Key: 'Team', Value: 'blue' }, { Key: 'team', Value: 'red' }]), '| both2', await mk('a4', [{ Key: 'team', Value: 'red' }, { Key: 'Team', Value: 'blue' }]))
  const d = await key('tagged', [{ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'iam:TagPolicy', Resource: '*', Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } } }])
  console.log('deny red', await tryit(d, 'iam', 'TagPolicy', { PolicyArn: `arn:aws:iam::${s.account}:policy/a1`, Tags: [{ Key: 'team', Value: 'red' }] }), '| hidden red', await tryit(d, 'iam', 'TagPolicy', { PolicyArn: `arn:aws:iam::${s.account}:policy/a1`, Tags: [{ Key: 'team', Value: 'red' }, { Key: 'TEAM', Value: 'x' }] }))
})
test('header keys', async () => {
  const u = await key('hdr', [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*', Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }, { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalTag/x': 'y' } } }, { Effect: 'Allow', Action: 'iam:ListRoles', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, { Effect: 'Allow', Action: 'iam:ListGroups', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }])
  const headers = { 'x-forwarded-for': '10.1.1.1', 'x-forwarded-proto': 'https', 'x-amzn-vpce-id': 'vpce-1', forwarded: 'for=10.1.1.1;proto=https', 'x-amz-source-account': s.account, 'x-amz-source-arn': 'arn:aws:x', 'aws-sourcevpc': 'vpc-1', 'x-real-ip': '10.1.1.1' }
  for (const [svc, op] of [['s3', 'ListBuckets'], ['iam', 'ListUsers'], ['iam', 'ListRoles'], ['iam', 'ListGroups']] as const) console.log(op, errorOf(svc, op, await send(s.url, svc, op, {}, { keys: u, headers }))?.code)
})
test('unsigned ops with prototype / other ops', async () => {
  for (const [svc, op] of [['iam', 'ListUsers'], ['sts', 'GetCallerIdentity'], ['sts', 'AssumeRole'], ['organizations', 'ListAccounts'], ['sallyport', 'Explain'], ['iam-toolbox', 'GetRequestAuthorizationDetails'], ['sagemaker', 'ListTrainingJobs'], ['s3', 'ListBuckets']] as const) { const a = await send(s.url, svc, op, svc === 'sallyport' ? { Id: 'x' } : svc === 'iam-toolbox' ? { authorizationId: 'x'.repeat(25) } : op === 'AssumeRole' ? { RoleArn: 'arn:aws:iam::123456789012:role/x', RoleSessionName: 'aa' } : {}); console.log(op, a.status, errorOf(svc, op, a)?.code) }
  for (const RoleArn of ['arn:aws:iam::123456789012:role/__proto__', 'arn:aws:iam::123456789012:role/constructor', 'arn:aws:iam::123456789012:role/../x']) console.log(await tryit(s.admin, 'sts', 'AssumeRole', { RoleArn, RoleSessionName: 'aa' }))
  console.log('user __proto__', await tryit(s.admin, 'iam', 'CreateUser', { UserName: '__proto__' }), await tryit(s.admin, 'iam', 'TagUser', { UserName: '__proto__', Tags: [{ Key: '__proto__', Value: 'x' }, { Key: 'constructor', Value: 'y' }] }), await tryit(s.admin, 'iam', 'GetUser', { UserName: '__proto__' }), await tryit(s.admin, 'iam', 'GetUser', { UserName: 'constructor' }))
  const r = await iam('ListUserTags', { UserName: '__proto__' }); console.log(JSON.stringify(r), ({} as any).x)
  for (const k of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) console.log(k, await tryit(s.admin, 'iam', 'PutUserPolicy', { UserName: '__proto__', PolicyName: 'p', PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"${k}":"false"}}}}` }))
  const { AccessKey: a } = await iam('CreateAccessKey', { UserName: '__proto__' })
  console.log('proto null key', await tryit({ accessKeyId: a.AccessKeyId, secretAccessKey: a.SecretAccessKey }, 's3', 'ListBuckets'))
})
test('explain of others', async () => {
  const m = await e.account('victim'), n = await e.account('snoop')
  const a = await attempt(s, m.keys, 'iam', 'GetUser', { UserName: 'nope' })
  const b = await attempt(s, s.admin, 'iam', 'GetUser', { UserName: 'nope' })
  for (const id of [a.answer.requestId, b.answer.requestId, 'arn:aws:sagemaker:us-east-1:' + m.id + ':training-job/x', '__proto__', '../..']) console.log(await tryit(n.keys, 'sallyport', 'Explain', { Id: id }))
  // rejected before identity: whose?
  const c = await send(s.url, 'iam', 'GetUser', {}, { keys: { ...s.admin, secretAccessKey: 'x'.repeat(40) } })
  const x = await call(s.url, n.keys, 'sallyport', 'Explain', { Id: c.requestId }).catch((q) => q.message); console.log('unauthenticated trace', JSON.stringify(x).slice(0, 300))
})
test('presigned sts / query', async () => {
  const { keys } = await e.account('scp')
  const id = (await call(s.url, keys, 'sts', 'GetCallerIdentity')).Account
  await e.govern(id, 'SERVICE_CONTROL_POLICY', { Effect: 'Deny', Action: ['s3:*', 'iam:*', 'sts:AssumeRole'], Resource: '*' })
  console.log(await tryit(keys, 's3', 'ListBuckets'), await tryit(keys, 's3', 'CreateBucket', { Bucket: 'scp-' + id }), await tryit(keys, 'iam', 'SimulateCustomPolicy', { PolicyInputList: [P({ Effect: 'Allow', Action: '*', Resource: '*' })], ActionNames: ['s3:x'] }))
})
