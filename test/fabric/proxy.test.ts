/** Places by a proxy, where no VPC is made and the server was told that this will do: real clients, and the marks of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { openProxy } from '../../src/fabric/proxy.ts'
import { root, run, type Environment, type Outcome } from '../clients/command.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { buildEstate, type Estate } from './estate.ts'

const main = ['--disable-warning=ExperimentalWarning', `${root}/src/main.js`]
const aws = ['env', 'AWS_MAX_ATTEMPTS=1', `${root}/.venv/bin/aws`]
const python = `${root}/.venv/bin/python`
const node = process.execPath
const session = /:assumed-role\/program\/sallyport-exec$/
const MARK = /^sallyport: Lower fidelity \(proxy\): no VPC is made\./

describe('serve --fabric proxy', () => {
  let server: TestServer
  let estate: Estate
  let env: Environment
  let roleArn: string

  before(async () => {
    server = await startTestServer({ logLevel: 'error', fabric: 'proxy' })
    estate = await buildEstate(server)
    const { admin, url, account } = server
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }
    const { Role } = await call(url, admin, 'iam', 'CreateRole', {
      RoleName: 'program',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    })
    roleArn = Role.Arn
    await call(url, admin, 'iam', 'AttachRolePolicy', {
      RoleName: 'program',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess',
    })
    await estate.endpoint('sts')
    await estate.endpoint('sagemaker.api')
    env = {
      AWS_ACCESS_KEY_ID: admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: url,
      HOME: process.env['HOME'] ?? '/',
    }
  })
  after(() => server.close())

  const exec = (command: readonly string[], ...more: string[]) =>
    run([node, ...main, 'exec', '--subnet', estate.subnet, '--role', roleArn, ...more, '--', ...command], env)
  const succeeded = ({ code, stdout, stderr }: Outcome): string => {
    assert.equal(code, 0, stderr)
    assert.match(stderr, MARK)
    return stdout.trim()
  }

  it('runs the AWS CLI, and says that this is less than a VPC', async () => {
    const command = [...aws, 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']
    assert.match(succeeded(await exec(command)), session)
  })

  it('runs boto3, whose calls come from the interface by its endpoint', async () => {
    const program =
      'import boto3; r=boto3.client("sagemaker").list_training_jobs(); print(r["ResponseMetadata"]["RequestId"])'
    const requestId = succeeded(await exec([python, '-c', program]))
    const { Document } = await call(server.url, server.admin, 'sallyport', 'Explain', { Id: requestId })
    assert.equal(Document.way.via, 'interface-endpoint')
    assert.match(Document.way.context['aws:vpcsourceip'], /^10\.0\.1\.\d+$/)
    assert.equal(Document.way.context['aws:sourceip'], undefined)
  })

  it("runs Node's fetch", async () => {
    const program = "fetch('https://sts.us-east-1.amazonaws.com/_health').then(({ status }) => console.log(status))"
    assert.equal(succeeded(await exec([node, '-e', program])), '200')
  })

  it('is silence where a VPC drops, and tells of a name that is none', async () => {
    const quiet = await exec(['curl', '-sS', '--max-time', '2', 'https://s3.us-east-1.amazonaws.com/'])
    assert.equal(quiet.code, 28)
    const nobody = await exec(['curl', '-sS', '-v', 'https://nobody.us-east-1.amazonaws.com/'])
    assert.equal(nobody.code, 56)
    assert.match(nobody.stderr, /x-sallyport-reason: SP_DNS_NXDOMAIN/)
    assert.match(nobody.stderr, /HTTP\/1\.1 502/)
  })

  it('follows the network while it runs', async () => {
    const { ec2, vpc } = estate
    const { GroupId } = await ec2('CreateSecurityGroup', { VpcId: vpc, GroupName: 'closed', Description: 'x' })
    await ec2('RevokeSecurityGroupEgress', {
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })
    const command = ['curl', '-sS', '--max-time', '2', 'https://sts.us-east-1.amazonaws.com/_health']
    assert.equal((await exec(command, '--security-group', GroupId)).code, 28)
  })

  it('is asked by its own program only', async () => {
    const { id } = await estate.networkInterface()
    const place = { account: server.account, region: server.region, networkInterfaceId: id }
    const proxy = await openProxy(server.world, place)
    try {
      const { port } = new URL(proxy.url)
      for (const header of ['', 'Proxy-Authorization: Basic cGxhY2U6eA==\r\n']) {
        const socket = connect({ host: '127.0.0.1', port: Number(port) })
        socket.write(`CONNECT sts.us-east-1.amazonaws.com:443 HTTP/1.1\r\n${header}\r\n`)
        const [said] = (await once(socket, 'data')) as [Buffer]
        socket.destroy()
        assert.match(said.toString(), /^HTTP\/1\.1 407 /)
      }
    } finally {
      await proxy.close()
    }
  })

  it('says why at last, where it was silent', async () => {
    const { id } = await estate.networkInterface()
    const place = { account: server.account, region: server.region, networkInterfaceId: id }
    const proxy = await openProxy(server.world, place, undefined, 50)
    try {
      for (const url of ['https://s3.us-east-1.amazonaws.com/', 'http://s3.us-east-1.amazonaws.com/']) {
        const { stdout, stderr } = await run(['curl', '-sS', '-v', '-x', proxy.url, url], {})
        assert.match(stderr, /HTTP\/1\.1 504/)
        assert.match(stderr, /x-sallyport-fidelity: proxy/)
        assert.match(stderr + stdout, /NO_ROUTE_TO_DESTINATION/)
      }
    } finally {
      await proxy.close()
    }
  })

  it('takes plain HTTP as well', async () => {
    await estate.endpoint('s3', { PrivateDnsEnabled: false, VpcEndpointType: 'Interface' })
    const { VpcEndpoints } = await estate.ec2('DescribeVpcEndpoints', {})
    const s3 = VpcEndpoints.find(({ ServiceName }: { ServiceName: string }) => ServiceName.endsWith('.s3'))
    const url = `http://bucket${s3.DnsEntries[0].DnsName.replace('*', '')}/_health`
    assert.equal(succeeded(await exec(['curl', '-sS', '--max-time', '5', url])), 'ok')
  })

  it('takes the interface away afterwards', async () => {
    const Filters = [{ Name: 'description', Values: ['sallyport exec'] }]
    assert.deepEqual((await estate.ec2('DescribeNetworkInterfaces', { Filters })).NetworkInterfaces, [])
  })
})
