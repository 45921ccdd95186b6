import { places } from '../../src/door/hosts.ts'
import { serviceCatalogue } from '../../src/network/services.ts'
import { call } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { govern, governed } from './organization.ts'

const policy = (Effect: 'Allow' | 'Deny', Action: string, more: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*', ...more }] })

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const elsewhere = 'sns:Publish'

/** One principal for each way to be denied. */
export interface Principals {
  /** No policy at all. */
  nobody: Keys
  /** AdministratorAccess, and an explicit deny of everything. */
  denied: Keys
  /** AdministratorAccess within a boundary that allows something else only. */
  bounded: Keys
  /** A session of a role with AdministratorAccess, whose session policy allows something else only. */
  session: Keys
  /** A whole session of that role, for its token. */
  unbound: Keys
  /** AdministratorAccess, and an SCP that denies this user everything. */
  governed: Keys
  /** AdministratorAccess, and an RCP that keeps this user from everything that RCPs know. */
  perimeter: Keys
  /** An administrator of the management account of the organization that the server's account is in. */
  manager: Keys
}

export async function makePrincipals(server: TestServer): Promise<Principals> {
  const { url, admin } = server
  const iam = (operation: string, input: object) => call(url, admin, 'iam', operation, input)
  const user = async (UserName: string, more: object = {}): Promise<Keys> => {
    await iam('CreateUser', { UserName, ...more })
    const { AccessKey } = await iam('CreateAccessKey', { UserName })
    return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  }
  const { Policy } = await iam('CreatePolicy', {
    PolicyName: 'gate-boundary',
    PolicyDocument: policy('Allow', elsewhere),
  })

  const nobody = await user('gate-nobody')
  const denied = await user('gate-denied')
  await iam('AttachUserPolicy', { UserName: 'gate-denied', PolicyArn: administrator })
  await iam('PutUserPolicy', { UserName: 'gate-denied', PolicyName: 'deny', PolicyDocument: policy('Deny', '*') })
  const bounded = await user('gate-bounded', { PermissionsBoundary: Policy.Arn })
  await iam('AttachUserPolicy', { UserName: 'gate-bounded', PolicyArn: administrator })

  const administratorOf = async (UserName: string): Promise<Keys> => {
    const keys = await user(UserName)
    await iam('AttachUserPolicy', { UserName, PolicyArn: administrator })
    return keys
  }

  const { account } = await trustedRole(iam, admin, url)
  const assume = async (more: object): Promise<Keys> => {
    const { Credentials } = await call(url, admin, 'sts', 'AssumeRole', {
      RoleArn: `arn:aws:iam::${account}:role/gate-role`,
      RoleSessionName: 'gate',
      ...more,
    })
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  }
  return {
    nobody,
    denied,
    bounded,
    session: await assume({ Policy: policy('Allow', elsewhere) }),
    unbound: await assume({}),
    governed: await administratorOf(governed.scp),
    perimeter: await administratorOf(governed.rcp),
    manager: await govern(server),
  }
}

async function trustedRole(
  iam: (operation: string, input: object) => Promise<unknown>,
  admin: Keys,
  url: string,
): Promise<{ account: string }> {
  const { Account } = await call(url, admin, 'sts', 'GetCallerIdentity')
  await iam('CreateRole', {
    RoleName: 'gate-role',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${Account}:root` }, Action: 'sts:AssumeRole' }],
    }),
  })
  await iam('AttachRolePolicy', { RoleName: 'gate-role', PolicyArn: administrator })
  return { account: Account }
}

/** For each service that can have one, the address of an interface endpoint whose policy denies everything. */
export async function makeEndpoints(
  { url, admin, region }: TestServer,
  services: readonly string[],
): Promise<Map<string, string>> {
  const ec2 = (operation: string, input: object) => call(url, admin, 'ec2', operation, input)
  const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.9.0.0/16' })).Vpc
  const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.9.0.0/24', AvailabilityZone: `${region}a` }))
    .Subnet
  const urls = new Map<string, string>()
  for (const service of services) {
    const offered = endpointService(service, region)
    if (!offered) continue
    const { VpcEndpoint } = await ec2('CreateVpcEndpoint', {
      VpcEndpointType: 'Interface',
      VpcId,
      ServiceName: offered,
      SubnetIds: [SubnetId],
      PrivateDnsEnabled: false,
      PolicyDocument: policy('Deny', '*', { Principal: '*' }),
    })
    urls.set(
      service,
      (await call(url, admin, 'sallyport', 'GetEndpointUrl', { VpcEndpointId: VpcEndpoint.VpcEndpointId })).Url,
    )
  }
  return urls
}

/** The endpoint service that leads to a service and knows policies; IAM has none. */
function endpointService(service: string, region: string): string | undefined {
  const names = new Set(places[service]?.endpointServices.map((name) => `com.amazonaws.${region}.${name}`))
  return serviceCatalogue(region).find(
    (one) => one.serviceType === 'Interface' && one.policySupported && names.has(one.serviceName),
  )?.serviceName
}
