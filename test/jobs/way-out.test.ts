import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { offerContainerCredentials } from '../../src/metadata/container-credentials.ts'
import { openJobLab, type JobLab } from './lab.ts'

/** What a program may see of each attempt; whatever else is a way out. */
const closed: Readonly<Record<string, readonly unknown[]>> = {
  'host loopback': ['ECONNREFUSED'],
  'host loopback, IPv6': ['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH'],
  'any address is the host': ['ECONNREFUSED', 'ENETUNREACH'],
  "host's own address": ['timeout', 'ENETUNREACH'],
  'abstract unix socket': ['ECONNREFUSED'],
  'unix socket by path': ['ECONNREFUSED', 'ENOENT'],
  'raw IP': ['EPERM'],
  'raw IPv6': ['EPERM'],
  packets: ['EPERM'],
  vsock: ['EAFNOSUPPORT'],
  io_uring: ['ENOSYS'],
  'bound elsewhere': ['EADDRNOTAVAIL'],
  'spoofed question': ['timeout', 'ENETUNREACH'],
  'spoofed connection': ['timeout', 'ENETUNREACH', '[Errno -3] Temporary failure in name resolution'],
  'added address': ['EPERM', 'ENODEV'],
  'link set down': ['EPERM', 'ENODEV'],
  'added address as root of a user namespace': ['exit 1', 'exit 2'],
  "host's namespaces as root of a user namespace": ['exit 1'],
  'other namespaces': [[]],
  forwarding: ['EROFS', 'EACCES', 'EPERM', 'ENOENT'],
  "another's credentials": ['HTTP 400', 'ECONNREFUSED', '<urlopen error [Errno 101] Network is unreachable>'],
  'instance metadata': ['HTTP 404', '<urlopen error [Errno 101] Network is unreachable>'],
  "somebody's VPC": ['timeout', 'ENETUNREACH'],
  internet: ['timeout', 'ENETUNREACH'],
  'internet, IPv6': ['timeout', 'ENETUNREACH'],
  "name of the host's own files": [
    '[Errno -2] Name or service not known',
    '[Errno -3] Temporary failure in name resolution',
  ],
  'data folder': [[], 'ENOENT'],
  processes: [true],
}

const noRights = {
  CapInh: '0000000000000000',
  CapPrm: '0000000000000000',
  CapEff: '0000000000000000',
  CapBnd: '0000000000000000',
  CapAmb: '0000000000000000',
  NoNewPrivs: '1',
}

describe('a program in a job finds no way out of its network', () => {
  let lab: JobLab
  let port: number
  let vpc: { VpcConfig: object }
  const listeners: Server[] = []
  const arrived: string[] = []
  const abstract = `sallyport-test-${process.pid}`
  // Beside this file, as nothing hides it: the tests' temporary folder is one that programs do not see.
  const folder = mkdtempSync(join(import.meta.dirname, 'socket-'))
  chmodSync(folder, 0o755)
  const path = join(folder, 'socket')
  let uri: string

  async function listening(name: string, at: object): Promise<Server> {
    const server = createServer((socket) => {
      arrived.push(name)
      socket.destroy()
    })
    listeners.push(server)
    await new Promise<void>((resolve) => server.listen(at, resolve))
    return server
  }

  before(async () => {
    lab = await openJobLab(['escapes'])
    port = ((await listening('host loopback', { host: '127.0.0.1', port: 0 })).address() as AddressInfo).port
    await listening('abstract unix socket', { path: `\0${abstract}` })
    await listening('unix socket by path', { path, writableAll: true })
    const { account, region } = lab.server
    const somewhere = { account, region, networkInterfaceId: 'eni-0123456789abcdef0' }
    const session = () => Promise.reject(new Error('nobody may ask for these'))
    uri = offerContainerCredentials(lab.server.world, somewhere, { roleArn: '', session }).relativeUri

    const { VpcId } = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
    const { SubnetId } = (await lab.call('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', { Filters })
    await lab.call('ec2', 'CreateVpcEndpoint', {
      VpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [RouteTables[0].RouteTableId],
    })
    vpc = { VpcConfig: { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] } }
  })

  after(async () => {
    for (const one of listeners) one.close()
    await lab.close()
    rmSync(folder, { recursive: true })
  })

  const hostAddress = () =>
    Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find((one) => one.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1'

  for (const [name, foreign_address, place] of [
    ["in SageMaker's own network", '10.2.99.99', () => ({})],
    ['in a VPC', '10.0.1.99', () => vpc],
    ['with network isolation', '10.2.99.99', () => ({ EnableNetworkIsolation: true })],
    ['with network isolation and a VPC', '10.0.1.99', () => ({ ...vpc, EnableNetworkIsolation: true })],
  ] as const) {
    test(name, async () => {
      const job = name.replaceAll(/\W+/g, '-')
      const HyperParameters = {
        port: String(port),
        abstract,
        path,
        uri,
        foreign_address,
        vpc_address: '10.0.1.77',
        host_address: hostAddress(),
        host_name: hostname(),
        data_folder: lab.server.dataDir,
      }
      await lab.start(job, 'escapes', { HyperParameters, ...place() })
      const { description } = await lab.ended(job)
      const lines = (await lab.output(job))['algo-1'] ?? []
      assert.equal(description.FailureReason, undefined, lines.join('\n'))
      const report = JSON.parse(lines.find((line) => line.startsWith('REPORT '))!.slice('REPORT '.length))
      const { rights, ...attempts } = report
      assert.deepEqual(Object.keys(attempts).toSorted(), Object.keys(closed).toSorted())
      const open = Object.entries(attempts).filter(
        ([attempt, became]) => !closed[attempt]!.some((one) => JSON.stringify(one) === JSON.stringify(became)),
      )
      assert.deepEqual(open, [])
      assert.deepEqual(rights, noRights)
      assert.deepEqual(arrived, [])
    })
  }
})
