import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { root, run, type Environment, type Outcome } from '../clients/command.ts'
import { makeProfile } from '../metadata/instance.ts'
import { call } from '../support/call.ts'
import { openLab, type Lab } from './lab.ts'

const main = ['--disable-warning=ExperimentalWarning', `${root}/src/main.js`]
const aws = `${root}/.venv/bin/aws`
const python = `${root}/.venv/bin/python`
const node = process.execPath

/** Unmodified programs inside a VPC, by `sallyport exec`: AWS at its own names, no flag, no variable. */
describe('sallyport exec', () => {
  let lab: Lab
  let env: Environment
  let roleArn: string
  let groups: Record<'open' | 'closed', string>

  before(async () => {
    lab = await openLab()
    const { ec2, vpc, group: open, routeTable } = lab.estate
    await lab.estate.endpoint('sts')
    await ec2('CreateVpcEndpoint', {
      VpcId: vpc,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [routeTable],
    })
    const { GroupId: closed } = await ec2('CreateSecurityGroup', { VpcId: vpc, GroupName: 'closed', Description: 'x' })
    await ec2('RevokeSecurityGroupEgress', {
      GroupId: closed,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })
    groups = { open, closed }
    const { admin, url, account } = lab.server
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }
    const { Role } = await call(url, admin, 'iam', 'CreateRole', {
      RoleName: 'program',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    })
    roleArn = Role.Arn
    await call(url, admin, 'iam', 'AttachRolePolicy', {
      RoleName: 'program',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess',
    })
    await call(url, admin, 's3', 'CreateBucket', { Bucket: 'of-the-vpc' })
    await call(url, admin, 's3', 'PutObject', { Bucket: 'of-the-vpc', Key: 'key', Body: 'text' })
    env = {
      AWS_ACCESS_KEY_ID: admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: url,
      HOME: process.env['HOME'] ?? '/',
    }
  })
  after(() => lab.close())

  const options = (group: keyof typeof groups = 'open') => [
    '--subnet',
    lab.estate.subnet,
    '--security-group',
    groups[group],
  ]
  const inVpc = (command: readonly string[], ...more: string[]) =>
    run([node, ...main, 'exec', ...options(), ...more, '--', ...command], env)
  const withRole = (...command: string[]) => inVpc(command, '--role', roleArn)
  const succeeded = ({ code, stdout, stderr }: Outcome): string => {
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  const session = /:assumed-role\/program\/sallyport-exec$/

  it('passes output, errors and the exit code on, and adds nothing', async () => {
    const { code, stdout, stderr } = await inVpc(['sh', '-c', 'echo out; echo err >&2; exit 7'])
    assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: 'out\n', stderr: 'err\n' })
  })

  it('shows the program no settings of AWS but the Region', async () => {
    env['HTTPS_PROXY'] = 'http://127.0.0.1:1'
    const shown = succeeded(
      await inVpc(['sh', '-c', 'env | grep -iE "^(AWS|.*_PROXY)" | sort; ls -A ~/.aws 2>/dev/null || true']),
    )
    delete env['HTTPS_PROXY']
    assert.equal(shown, 'AWS_DEFAULT_REGION=us-east-1\nAWS_REGION=us-east-1')
  })

  it('takes the interface away afterwards', async () => {
    const Filters = [{ Name: 'description', Values: ['sallyport exec'] }]
    const during = succeeded(await withRole('sh', '-c', 'hostname'))
    assert.match(during, /^ip-10-0-1-\d+\.ec2\.internal$/)
    assert.deepEqual((await lab.estate.ec2('DescribeNetworkInterfaces', { Filters })).NetworkInterfaces, [])
  })

  it('runs the AWS CLI', async () => {
    const query = ['--query', 'Arn', '--output', 'text']
    assert.match(succeeded(await withRole(aws, 'sts', 'get-caller-identity', ...query)), session)
    assert.equal(succeeded(await withRole(aws, 's3', 'cp', 's3://of-the-vpc/key', '-')), 'text')
  })

  it('runs boto3', async () => {
    const program = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
    assert.match(succeeded(await withRole(python, '-c', program)), session)
  })

  it('runs the AWS SDK for JavaScript', async () => {
    const program = `import { S3Client, ListObjectsV2Command } from '@aws-sdk/client-s3'
      const { Contents } = await new S3Client({}).send(new ListObjectsV2Command({ Bucket: 'of-the-vpc' }))
      console.log(Contents.map(({ Key }) => Key).join())`
    assert.equal(succeeded(await withRole(node, '--input-type=module', '-e', program)), 'key')
  })

  it("runs curl and Node's fetch", async () => {
    const url = 'https://sts.us-east-1.amazonaws.com/_health'
    assert.equal(succeeded(await inVpc(['curl', '-sS', url])), 'ok')
    const program = `console.log(await (await fetch(${JSON.stringify(url)})).text())`
    assert.equal(succeeded(await inVpc([node, '--input-type=module', '-e', program])), 'ok')
  })

  it('records by which way the calls came', async () => {
    succeeded(await withRole(aws, 's3', 'ls', 's3://of-the-vpc'))
    succeeded(await withRole(aws, 'sts', 'get-caller-identity'))
    const traces = lab.server.world.decisions.recent(20)
    const wayOf = (operation: string) => traces.find((one) => one.operation === operation && one.way?.vpcId)?.way
    assert.equal(wayOf('ListObjectsV2')?.via, 'gateway-endpoint')
    assert.equal(wayOf('GetCallerIdentity')?.via, 'interface-endpoint')
    assert.match(String(wayOf('GetCallerIdentity')?.context['aws:vpcsourceip']), /^10\.0\.1\.\d+$/)
  })

  it('gives no sockets that a network namespace does not hold', async () => {
    const { code, stderr } = await inVpc([python, '-c', 'import socket; socket.socket(socket.AF_VSOCK)'])
    assert.equal(code, 1)
    assert.match(stderr, /Address family not supported by protocol/)
  })

  it('shows what AWS shows: silence, refusal, no such name', async () => {
    const curl = (...args: string[]) => ['curl', '-s', '-o', '/dev/null', '--max-time', '2', ...args]
    const [timeout, noName, refused] = [28, 6, 7]
    assert.equal((await inVpc(curl('https://api.sagemaker.us-east-1.amazonaws.com'))).code, timeout)
    assert.equal((await inVpc(curl('https://nonsense.example.com'))).code, noName)
    assert.equal((await inVpc(curl('http://sts.us-east-1.amazonaws.com:8443'))).code, refused)
    const closed = [node, ...main, 'exec', ...options('closed'), '--', ...curl('https://sts.us-east-1.amazonaws.com')]
    assert.equal((await run(closed, env)).code, timeout)
  })

  it('is refused to who may not make the interface, or assume the role', async () => {
    const { url, admin, account } = lab.server
    await call(url, admin, 'iam', 'CreateUser', { UserName: 'nobody' })
    const { AccessKey } = await call(url, admin, 'iam', 'CreateAccessKey', { UserName: 'nobody' })
    const keys = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey }
    const refused = await run([node, ...main, 'exec', ...options(), '--', 'true'], { ...env, ...keys })
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /ec2:CreateNetworkInterface/)
    const unknown = await inVpc(['true'], '--role', `arn:aws:iam::${account}:role/unknown`)
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /sts:AssumeRole/)
    const Filters = [{ Name: 'description', Values: ['sallyport exec'] }]
    assert.deepEqual((await lab.estate.ec2('DescribeNetworkInterfaces', { Filters })).NetworkInterfaces, [])
  })

  it("finds an instance's metadata, and by it the role of its profile", async () => {
    await makeProfile(lab.server, 'machine')
    const { Images } = await lab.estate.ec2('DescribeImages', {
      Owners: ['amazon'],
      Filters: [{ Name: 'name', Values: ['amzn2-ami-*-x86_64-gp2'] }],
    })
    const { Instances } = await lab.estate.ec2('RunInstances', {
      ImageId: Images[0].ImageId,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: lab.estate.subnet,
      IamInstanceProfile: { Name: 'machine' },
    })
    const id: string = Instances[0].InstanceId
    const shown = await inVpc(
      ['curl', '-s', 'http://169.254.169.254/latest/meta-data/instance-id'],
      '--profile-instance',
      id,
    )
    assert.equal(succeeded(shown), id)
    const query = ['--query', 'Arn', '--output', 'text']
    const arn = await inVpc([aws, 'sts', 'get-caller-identity', ...query], '--profile-instance', id)
    assert.match(succeeded(arn), new RegExp(`:assumed-role/machine/${id}$`))
  })

  const started = async (...command: string[]): Promise<ChildProcess> => {
    const child = spawn(node, [...main, 'exec', ...options(), '--', ...command], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') return child
    throw new Error('the program did not start')
  }
  const interfaces = async (): Promise<number> => {
    const Filters = [{ Name: 'description', Values: ['sallyport exec'] }]
    return (await lab.estate.ec2('DescribeNetworkInterfaces', { Filters })).NetworkInterfaces.length
  }

  it('passes signals on', async () => {
    const child = await started('sh', '-c', 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done')
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [9, null])
  })

  it('leaves nothing when it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    const file = join(folder, 'pid')
    const child = await started('sh', '-c', `cut -d' ' -f1 /proc/self/stat > ${file}; echo ready; exec sleep 600.25`)
    assert.equal(await interfaces(), 1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    for (let tries = 0; (await interfaces()) > 0 || sleeping(); tries++) {
      assert.ok(tries < 50, 'the interface or the program is still there')
      await delay(100)
    }
    assert.ok(existsSync(file))
    rmSync(folder, { recursive: true })
  })
})

/** Whether the program of the last test still runs. */
function sleeping(): boolean {
  const { readdirSync } = process.getBuiltinModule('node:fs')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === 'sleep\u0000600.25\u0000'
      } catch {
        return false // it ended meanwhile
      }
    })
}
