import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../support/server.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import { refusal, type ApiClient } from './client.ts'
import { environmentOf, type Environment } from './command.ts'

/** Several accounts on one server, governed as AWS's users govern theirs, by clients that know nothing of Sallyport. */
const clients: { name: string; open: (env: Environment) => ApiClient; region: string }[] = [
  { name: 'the AWS CLI', open: awsCli, region: 'us-east-1' },
  // Organizations is signed for one Region, whatever Region its users live in.
  { name: 'boto3', open: boto3, region: 'eu-central-1' },
]

const noUsers = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' }],
})

for (const { name, open, region } of clients) {
  describe(`${name} governs an organization`, () => {
    it('from its creation to a refusal in a member account', async (t) => {
      const server = await startTestServer({ region })
      t.after(() => server.close())
      const env = await environmentOf(server.dataDir)
      const admin = open(env)
      t.after(() => admin.close())

      const { Organization } = await admin.call('organizations', 'CreateOrganization', { FeatureSet: 'ALL' })
      const { Roots } = await admin.call('organizations', 'ListRoots')
      const RootId = Roots[0].Id
      await admin.call('organizations', 'EnablePolicyType', { RootId, PolicyType: 'SERVICE_CONTROL_POLICY' })
      const asked = await admin.call('organizations', 'CreateAccount', {
        AccountName: 'research',
        Email: 'research@example.com',
        Tags: [{ Key: 'team', Value: 'research' }],
      })
      const { CreateAccountStatus } = await admin.call('organizations', 'DescribeCreateAccountStatus', {
        CreateAccountRequestId: asked.CreateAccountStatus.Id,
      })
      assert.equal(CreateAccountStatus.State, 'SUCCEEDED')
      const { AccountId } = CreateAccountStatus
      const { OrganizationalUnit } = await admin.call('organizations', 'CreateOrganizationalUnit', {
        ParentId: RootId,
        Name: 'Research',
      })
      await admin.call('organizations', 'MoveAccount', {
        AccountId,
        SourceParentId: RootId,
        DestinationParentId: OrganizationalUnit.Id,
      })
      const { Policy } = await admin.call('organizations', 'CreatePolicy', {
        Name: 'NoUsers',
        Description: 'people come by roles',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: noUsers,
      })
      const { Id: PolicyId, Arn } = Policy.PolicySummary
      await admin.call('organizations', 'AttachPolicy', { PolicyId, TargetId: OrganizationalUnit.Id })

      // `sallyport env --role` takes a role of another account as well.
      const RoleArn = `arn:aws:iam::${AccountId}:role/OrganizationAccountAccessRole`
      const member = open(await environmentOf(server.dataDir, '--role', RoleArn))
      t.after(() => member.close())
      const identity = await member.call('sts', 'GetCallerIdentity')
      assert.equal(identity.Account, AccountId)
      const { code, message } = await refusal(member.call('iam', 'CreateUser', { UserName: 'ann' }))
      assert.equal(code, 'AccessDenied')
      assert.ok(message.includes(` with an explicit deny in a service control policy: ${Arn}`), message)
      await admin.call('iam', 'CreateUser', { UserName: 'ann' })

      await admin.call('organizations', 'DetachPolicy', { PolicyId, TargetId: OrganizationalUnit.Id })
      await member.call('iam', 'CreateUser', { UserName: 'ann' })
      const { User } = await member.call('iam', 'GetUser', { UserName: 'ann' })
      assert.equal(User.Arn, `arn:aws:iam::${AccountId}:user/ann`)

      const seen = await member.call('organizations', 'DescribeOrganization')
      assert.equal(seen.Organization.Id, Organization.Id)
      const denied = await refusal(member.call('organizations', 'ListAccounts'))
      assert.equal(denied.code, 'AccessDeniedException')
      assert.equal(denied.message, "You don't have permissions to access this resource.")
      const last = await refusal(
        admin.call('organizations', 'DetachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: RootId }),
      )
      assert.equal(last.code, 'ConstraintViolationException')
      const { Tags } = await admin.call('organizations', 'ListTagsForResource', { ResourceId: AccountId })
      assert.deepEqual(Tags, [{ Key: 'team', Value: 'research' }])
    })
  })
}
