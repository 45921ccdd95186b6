import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AskingInterface, LinkLocalAnswer, LinkLocalRequest } from '../../src/metadata/place.ts'
import { call } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'

const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })

/** A role that trusts `service` and may do everything, in a profile of the same name. */
export async function makeProfile(server: TestServer, name: string, service = 'ec2.amazonaws.com'): Promise<void> {
  const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
  await iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust(service) })
  await iam('AttachRolePolicy', { RoleName: name, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
  await iam('CreateInstanceProfile', { InstanceProfileName: name })
  await iam('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name })
}

export interface TestInstance extends AskingInterface {
  readonly instanceId: string
  readonly vpcId: string
  readonly subnetId: string
}

/** An instance of Amazon Linux 2, which asks for no tokens, in a VPC of its own. */
export async function makeInstance(server: TestServer, more: object = {}): Promise<TestInstance> {
  const ec2 = (operation: string, input: object) => call(server.url, server.admin, 'ec2', operation, input)
  const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
  const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' })).Subnet
  const Filters = [{ Name: 'name', Values: ['amzn2-ami-*-x86_64-gp2'] }]
  const { Images } = await ec2('DescribeImages', { Owners: ['amazon'], Filters })
  const { Instances } = await ec2('RunInstances', {
    ImageId: Images[0].ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SubnetId,
    ...more,
  })
  return {
    account: server.account,
    region: server.region,
    networkInterfaceId: Instances[0].NetworkInterfaces[0].NetworkInterfaceId,
    instanceId: Instances[0].InstanceId,
    vpcId: VpcId,
    subnetId: SubnetId,
  }
}

/** A link-local service on a loopback port, as the fabric puts it on its own address. */
export async function serveLinkLocal(
  answer: (request: LinkLocalRequest) => Promise<LinkLocalAnswer | undefined>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((message, response) => {
    void answer({ method: message.method ?? '', path: message.url ?? '', headers: message.headers }).then(
      (given) => (given ? response.writeHead(given.status, given.headers).end(given.body) : message.socket.destroy()),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
