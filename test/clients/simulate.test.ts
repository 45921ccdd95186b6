import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf } from './command.ts'
import { jsSdk } from './js-sdk.ts'
import { account } from './place.ts'
import { until } from './until.ts'

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const shelf = 'arn:aws:s3:::shelf/*'
const allowed = document({ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: shelf })
const conditional = document({
  Effect: 'Deny',
  Action: 's3:PutObject',
  Resource: '*',
  Condition: { NumericGreaterThan: { 's3:max-keys': '10' } },
})
const user = (name: string) => `arn:aws:iam::${account}:user/${name}`

/** What each client makes of the reports and simulations: every list, map, number, date and blob of theirs. */
describe('simulations and reports, by clients', () => {
  let server: TestServer
  let clients: ApiClient[]

  before(async () => {
    server = await startTestServer()
    const env = await environmentOf(server.dataDir)
    clients = [boto3(env), awsCli(env), jsSdk(env)]
    const [first] = clients as [ApiClient]
    await first.call('iam', 'CreateUser', { UserName: 'reader', Tags: [{ Key: 'team', Value: 'iris' }] })
    await first.call('iam', 'PutUserPolicy', { UserName: 'reader', PolicyName: 'own', PolicyDocument: allowed })
  })
  after(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await server.close()
  })

  const each = (title: string, run: (client: ApiClient) => Promise<void>) =>
    test(title, async (context) => {
      for (const client of clients) await context.test(client.name, () => run(client))
    })

  each('SimulateCustomPolicy', async (client) => {
    const ask = (more: object) =>
      client.call('iam', 'SimulateCustomPolicy', {
        PolicyInputList: [allowed, conditional],
        ActionNames: ['s3:PutObject'],
        ResourceArns: ['arn:aws:s3:::shelf/book', 'arn:aws:s3:::cellar/book'],
        ...more,
      })
    const key = { ContextKeyName: 's3:max-keys', ContextKeyType: 'numeric' }
    const { EvaluationResults, IsTruncated } = await ask({ ContextEntries: [{ ...key, ContextKeyValues: ['10'] }] })
    assert.ok(!IsTruncated)
    const [{ ResourceSpecificResults, ...whole }] = EvaluationResults
    assert.deepEqual([whole.EvalActionName, whole.EvalDecision], ['s3:PutObject', 'implicitDeny'])
    assert.deepEqual(
      ResourceSpecificResults.map((one: any) => [one.EvalResourceName, one.EvalResourceDecision]),
      [
        ['arn:aws:s3:::shelf/book', 'allowed'],
        ['arn:aws:s3:::cellar/book', 'implicitDeny'],
      ],
    )
    assert.deepEqual(ResourceSpecificResults[0].MatchedStatements, [
      {
        SourcePolicyId: 'PolicyInputList.1',
        SourcePolicyType: 'IAM Policy',
        StartPosition: { Line: 1, Column: allowed.indexOf('[{') + 2 },
        EndPosition: { Line: 1, Column: allowed.lastIndexOf('}]') + 2 },
      },
    ])
    const { EvaluationResults: bounded } = await ask({
      PermissionsBoundaryPolicyInputList: [document({ Effect: 'Allow', Action: 's3:Get*', Resource: '*' })],
    })
    assert.deepEqual(bounded[0].PermissionsBoundaryDecisionDetail, { AllowedByPermissionsBoundary: false })
    assert.deepEqual(bounded[0].MissingContextValues, ['s3:max-keys'])
  })

  each('SimulateCustomPolicy with a resource policy of another account', async (client) => {
    const { EvaluationResults } = await client.call('iam', 'SimulateCustomPolicy', {
      PolicyInputList: [allowed],
      ActionNames: ['s3:GetObject'],
      ResourceArns: ['arn:aws:s3:::shelf/book'],
      ResourceOwner: 'arn:aws:iam::210987654321:root',
      ResourcePolicy: document({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: shelf }),
      CallerArn: user('reader'),
    })
    assert.deepEqual(EvaluationResults[0].ResourceSpecificResults[0].EvalDecisionDetails, {
      'IAM Policy': 'allowed',
      'Resource Policy': 'explicitDeny',
    })
  })

  each('SimulatePrincipalPolicy', async (client) => {
    const { EvaluationResults } = await client.call('iam', 'SimulatePrincipalPolicy', {
      PolicySourceArn: user('reader'),
      ActionNames: ['s3:GetObject', 'sagemaker:CreateTrainingJob'],
      ResourceArns: ['arn:aws:s3:::shelf/book'],
    })
    assert.deepEqual(
      EvaluationResults.map((one: any) => [one.EvalDecision, one.MatchedStatements[0]?.SourcePolicyId]),
      [
        ['allowed', 'user_reader_own'],
        ['implicitDeny', undefined],
      ],
    )
    const nobody = { PolicySourceArn: user('nobody'), ActionNames: ['s3:GetObject'] }
    assert.equal((await refused(client.call('iam', 'SimulatePrincipalPolicy', nobody))).code, 'NoSuchEntity')
  })

  each('GetContextKeysForCustomPolicy', async (client) => {
    const input = { PolicyInputList: [conditional] }
    const { ContextKeyNames } = await client.call('iam', 'GetContextKeysForCustomPolicy', input)
    assert.deepEqual(ContextKeyNames, ['s3:max-keys'])
  })

  each('GetAccountAuthorizationDetails', async (client) => {
    const { UserDetailList } = await client.call('iam', 'GetAccountAuthorizationDetails', { Filter: ['User'] })
    const { UserPolicyList, Tags } = UserDetailList.find((one: any) => one.UserName === 'reader')
    assert.deepEqual(Tags, [{ Key: 'team', Value: 'iris' }])
    const [{ PolicyName, PolicyDocument }] = UserPolicyList
    // botocore parses documents, the SDK for JavaScript leaves them as they come.
    const parsed = typeof PolicyDocument === 'string' ? JSON.parse(decodeURIComponent(PolicyDocument)) : PolicyDocument
    assert.deepEqual([PolicyName, parsed], ['own', JSON.parse(allowed)])
  })

  each('the credential report', async (client) => {
    await until('it is made', async () => (await client.call('iam', 'GenerateCredentialReport')).State === 'COMPLETE')
    const { Content, ReportFormat, GeneratedTime } = await client.call('iam', 'GetCredentialReport')
    assert.equal(ReportFormat, 'text/csv')
    assert.ok(new Date(GeneratedTime as string).getTime() > 0)
    const lines = csv(Content).split('\n')
    assert.match(lines[0]!, /^user,arn,user_creation_time,password_enabled,/)
    assert.ok(lines.some((line) => line.startsWith(`reader,${user('reader')},`)))
  })

  each('last accessed details', async (client) => {
    const { JobId } = await client.call('iam', 'GenerateServiceLastAccessedDetails', { Arn: user('admin') })
    // oxlint-disable-next-line typescript/no-explicit-any -- as the API's model says
    let report: any
    await until('the job is done', async () => {
      report = await client.call('iam', 'GetServiceLastAccessedDetails', { JobId, MaxItems: 1000 })
      return report.JobStatus === 'COMPLETED'
    })
    const of = (namespace: string) => report.ServicesLastAccessed.find((one: any) => one.ServiceNamespace === namespace)
    assert.equal(of('iam').LastAuthenticatedEntity, user('admin'))
    assert.equal(of('iam').TotalAuthenticatedEntities, 1)
    assert.equal(of('sqs').TotalAuthenticatedEntities, 0)
    assert.equal(of('sqs').LastAuthenticated, undefined)
  })
})

/** The report's bytes, as a client hands them out: the AWS CLI in base64, boto3 as Python prints bytes. */
function csv(content: unknown): string {
  if (content instanceof Uint8Array) return Buffer.from(content).toString('utf8')
  const text = String(content)
  if (text.startsWith("b'")) return text.slice(2, -1).replaceAll(String.raw`\n`, '\n')
  return text.startsWith('user,') ? text : Buffer.from(text, 'base64').toString('utf8')
}
