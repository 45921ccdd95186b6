/** Real clients: boto3 and the AWS CLI, on one server. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { awsCli } from '../clients/aws-cli.ts'
import { root, run, type Environment } from '../clients/command.ts'
import { openStudioLab, type StudioLab } from './lab.ts'

let lab: StudioLab
let env: Environment
before(async () => {
  lab = await openStudioLab()
  const { admin, region, url } = lab.server
  env = {
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: url,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
})
after(() => lab.close())

test('boto3: a Studio is set up and taken down', async () => {
  const program = join(import.meta.dirname, 'programs/flow.py')
  const { code, stdout, stderr } = await run([join(root, '.venv/bin/python'), program], env)
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim(), 'done')
})

test('AWS CLI: the role of a domain is set and found again; a role that does not trust SageMaker is refused', async () => {
  const RoleArn = await lab.role('cli')
  const cli = awsCli(env)
  const aws = (...args: string[]) => cli.aws('sagemaker', ...args, '--output', 'text')
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await aws(...args)
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  try {
    const settings = ['--default-user-settings', `ExecutionRole=${RoleArn}`]
    const network = ['--vpc-id', lab.vpcId, '--subnet-ids', lab.subnetId]
    const made = ['create-domain', '--domain-name', 'cli', '--auth-mode', 'IAM', ...network, ...settings]
    const id = ['--domain-id', await ok(...made, '--query', 'DomainId')]
    const role = ['--query', 'DefaultUserSettings.ExecutionRole']
    assert.equal(await ok('describe-domain', ...id, ...role), RoleArn)
    const other = await lab.role('cli-other', [], {
      Effect: 'Allow',
      Principal: { Service: 'glue.amazonaws.com' },
      Action: 'sts:AssumeRole',
    })
    const profile = ['--user-profile-name', 'alice', '--user-settings', `ExecutionRole=${other}`]
    const refused = await aws('create-user-profile', ...id, ...profile)
    assert.match(
      refused.stderr,
      /\(ValidationException\) when calling the CreateUserProfile operation: Could not assume role/,
    )
    await ok('delete-domain', ...id, '--retention-policy', 'HomeEfsFileSystem=Delete')
  } finally {
    await cli.close()
  }
})
