import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import { boto3, type Boto3 } from '../clients/boto3.ts'
import { openCompilationLab, requestOf, trust, type CompilationLab } from './lab.ts'

/**
 * What the operator's own compiler does is up to the request here: CompilerOptions are the commands of its program. So
 * every end of a job is tried without waiting for a real compiler.
 */
const program = `#!/bin/sh
python3 -c 'import json; print(json.load(open("/opt/ml/input/config/compilation.json"))["compilerOptions"])' > /tmp/commands
mkdir -p /opt/ml/model /opt/ml/output
. /tmp/commands
`

const target = { S3OutputLocation: 's3://compiled/out', TargetDevice: 'jetson_nano' }
const says = (CompilerOptions: string, more: object = {}) => ({ OutputConfig: { ...target, CompilerOptions, ...more } })
const code = (name: string, message?: RegExp) => (error: { code: string; message: string }) => {
  assert.equal(error.code, name)
  if (message) assert.match(error.message, message)
  return true
}

describe('compilation jobs, by a compiler of the operator', () => {
  let lab: CompilationLab
  let python: Boto3
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-compiler-'))

  before(async () => {
    writeFileSync(join(folder, 'compile'), program)
    chmodSync(join(folder, 'compile'), 0o755)
    chmodSync(folder, 0o755)
    lab = await openCompilationLab({ compilerImage: folder })
    const { url, admin, region } = lab.server
    python = boto3({
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    })
    await lab.model('model.tar.gz', { 'x.model': 'x' })
  })
  after(async () => {
    await python.close()
    await lab.close()
    rmSync(folder, { recursive: true })
  })

  test('boto3 creates, describes, lists, tags and deletes', async () => {
    const Tags = [{ Key: 'team', Value: 'edge' }]
    // A framework and a target that our own compiler does not take.
    const request = requestOf('whole', { ...says('echo done > /opt/ml/model/x; echo hello'), Tags })
    const { CompilationJobArn: arn } = await python.call('sagemaker', 'CreateCompilationJob', request)
    assert.equal(arn, 'arn:aws:sagemaker:us-east-1:123456789012:compilation-job/whole')
    await lab.ended('whole')
    const described = await python.call('sagemaker', 'DescribeCompilationJob', { CompilationJobName: 'whole' })
    assert.equal(described.CompilationJobStatus, 'COMPLETED')
    assert.equal(described.FailureReason, '')
    assert.equal(described.ModelArtifacts.S3ModelArtifacts, 's3://compiled/out/model-jetson_nano.tar.gz')
    assert.match(described.ModelDigests.ArtifactDigest, /^[0-9a-f]{64}$/)
    assert.ok(described.CompilationStartTime && described.CompilationEndTime)
    assert.equal('Tags' in described, false)
    assert.deepEqual((await lab.call('sagemaker', 'ListTags', { ResourceArn: arn })).Tags, Tags)
    const filters = { NameContains: 'WHOLE', StatusEquals: 'COMPLETED', SortBy: 'Name' }
    const { CompilationJobSummaries: found } = await lab.call('sagemaker', 'ListCompilationJobs', filters)
    assert.equal(found.length, 1)
    assert.equal(found[0].CompilationTargetDevice, 'jetson_nano')
    const logGroupName = '/aws/sagemaker/CompilationJobs'
    const { events } = await lab.call('logs', 'GetLogEvents', { logGroupName, logStreamName: 'whole' })
    assert.deepEqual(
      events.map((one: { message: string }) => one.message),
      ['hello'],
    )
    await assert.rejects(python.call('sagemaker', 'CreateCompilationJob', request), code('ResourceInUse'))
    await python.call('sagemaker', 'DeleteCompilationJob', { CompilationJobName: 'whole' })
    const unknown = lab.call('sagemaker', 'DescribeCompilationJob', { CompilationJobName: 'whole' })
    await assert.rejects(unknown, code('ResourceNotFound'))
  })

  test('the compiler has no network and sees nothing of this machine', async () => {
    const script =
      'cat /proc/net/route | tail -n +2 > /opt/ml/output/failure; env | grep AWS_ >> /opt/ml/output/failure; ls /root >> /opt/ml/output/failure; echo end >> /opt/ml/output/failure; exit 1'
    await lab.start('alone', says(script))
    assert.equal((await lab.ended('alone')).description.FailureReason, 'ClientError: end')
  })

  test('what it derived of the inputs is told of a job that did not say', async () => {
    const derived = '{"data": [1, 2]}'
    const script = `echo '${derived}' > /opt/ml/output/data-input-config; touch /opt/ml/model/x`
    await lab.start('derives', says(script))
    await lab.start('told', { ...says(script), InputConfig: { DataInputConfig: '{"data": [3]}' } })
    const information = async (name: string) => (await lab.ended(name)).description.DerivedInformation
    assert.equal((await information('derives'))!.DerivedDataInputConfig!.trim(), derived)
    assert.equal(await information('told'), undefined)
  })

  test('a fault of the compiler is no fault of the user', async () => {
    await lab.start('fault', says('echo mine > /opt/ml/output/failure; exit 2'))
    const { description } = await lab.ended('fault')
    assert.match(
      description.FailureReason,
      /^ServerError: There was an internal server error during the compilation job/,
    )
  })

  test('MaxRuntimeInSeconds ends it as FAILED', async () => {
    await lab.start('long', { ...says('exec sleep 100'), StoppingCondition: { MaxRuntimeInSeconds: 1 } })
    const { description } = await lab.ended('long')
    assert.equal(description.CompilationJobStatus, 'FAILED')
    assert.match(description.FailureReason, /^ClientError: TimeOut/)
  })

  test('stopped: STOPPING, then STOPPED; not deleted before, not stopped again', async () => {
    const name = { CompilationJobName: 'stopped' }
    await lab.start('stopped', says('echo ready; exec sleep 100'))
    await assert.rejects(
      lab.call('sagemaker', 'DeleteCompilationJob', name),
      code('ValidationException', /is in status/),
    )
    const said = async () =>
      (
        await lab
          .call('logs', 'GetLogEvents', { logGroupName: '/aws/sagemaker/CompilationJobs', logStreamName: 'stopped' })
          .catch(() => ({ events: [] }))
      ).events.length > 0
    while (!(await said())) await delay(50)
    await lab.call('sagemaker', 'StopCompilationJob', name)
    const { description } = await lab.ended('stopped')
    assert.equal(description.CompilationJobStatus, 'STOPPED')
    assert.equal(description.ModelArtifacts.S3ModelArtifacts, '')
    await assert.rejects(lab.call('sagemaker', 'StopCompilationJob', name), code('ValidationException'))
  })

  test('the artifact is encrypted under the key of OutputConfig', async () => {
    const { KeyMetadata: key } = await lab.call('kms', 'CreateKey', {})
    await lab.start(
      'sealed',
      says('touch /opt/ml/model/x', { KmsKeyId: key.KeyId, S3OutputLocation: 's3://compiled/sealed/' }),
    )
    assert.equal((await lab.ended('sealed')).description.CompilationJobStatus, 'COMPLETED')
    const head = await lab.call('s3', 'HeadObject', { Bucket: 'compiled', Key: 'sealed/model-jetson_nano.tar.gz' })
    assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ['aws:kms', key.Arn])
  })

  const refused: Record<string, [string, Record<string, unknown>]> = {
    'neither device nor platform': ['ValidationException', { OutputConfig: { S3OutputLocation: 's3://compiled' } }],
    'device and platform': [
      'ValidationException',
      { OutputConfig: { ...target, TargetPlatform: { Os: 'LINUX', Arch: 'ARM64' } } },
    ],
    'a role of another account': ['ValidationException', { RoleArn: 'arn:aws:iam::210987654321:role/neo' }],
    'a role that is not there': ['ValidationException', { RoleArn: 'arn:aws:iam::123456789012:role/nobody' }],
    'a model package': [
      'NotImplemented',
      { ModelPackageVersionArn: 'arn:aws:sagemaker:us-east-1:123456789012:model-package/a/1' },
    ],
  }
  for (const [what, [name, changes]] of Object.entries(refused))
    test(`${what} is refused`, () => assert.rejects(lab.start('refused', changes), code(name)))

  test('trust may name the job', async () => {
    const arn = (name: string) => `arn:aws:sagemaker:us-east-1:123456789012:compilation-job/${name}`
    await lab.call('iam', 'UpdateAssumeRolePolicy', { RoleName: 'neo', PolicyDocument: trust(arn('mine-*')) })
    try {
      await assert.rejects(lab.start('other-1'), code('ValidationException', /^Could not assume role .*role\/neo/))
      await lab.start('mine-1', says('touch /opt/ml/model/x'))
      assert.equal((await lab.ended('mine-1')).description.CompilationJobStatus, 'COMPLETED')
    } finally {
      await lab.call('iam', 'UpdateAssumeRolePolicy', { RoleName: 'neo', PolicyDocument: trust('*') })
    }
  })
})
