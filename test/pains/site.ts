import type { Client } from '../../src/cli/client.ts'
import type { Values } from '../../src/verify/world.ts'

/** One call of an administrator; in texts `{name}` stands for a value of the site. */
export interface Step {
  service: string
  operation: string
  input: Record<string, unknown>
  /** Value → path in the answer. */
  keep?: Record<string, string>
  /** The management account's administrator makes it. */
  managed?: true
}

export const step = (
  service: string,
  operation: string,
  input: Record<string, unknown>,
  keep?: Record<string, string>,
): Step => ({ service, operation, input, ...(keep && { keep }) })

/** What every kind of request reads: a prefix of its own, a table, a model. */
const BUCKET: readonly Step[] = [
  step('s3', 'CreateBucket', { Bucket: '{bucket}' }),
  ...['data.csv', 'table.csv', 'model.tar.gz'].map((name) =>
    step('s3', 'CopyObject', { Bucket: '{bucket}', Key: `object/${name}`, CopySource: `inputbucket/object/${name}` }),
  ),
  ...['data.csv', 'table.csv', 'model.tar.gz'].map((name) =>
    step('s3', 'CopyObject', {
      Bucket: '{bucket}',
      Key: `sealed/${name}`,
      CopySource: `inputbucket/object/${name}`,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: '{key}',
    }),
  ),
]

/** A private subnet with a route table, a group and an access list of its own. */
const PLACE: readonly Step[] = [
  step('ec2', 'CreateSubnet', { VpcId: '{vpc}', CidrBlock: '{cidr}' }, { subnet: 'Subnet.SubnetId' }),
  step('ec2', 'CreateRouteTable', { VpcId: '{vpc}' }, { routeTable: 'RouteTable.RouteTableId' }),
  step('ec2', 'AssociateRouteTable', { RouteTableId: '{routeTable}', SubnetId: '{subnet}' }),
  step(
    'ec2',
    'CreateSecurityGroup',
    { VpcId: '{vpc}', GroupName: '{name}', Description: 'jobs' },
    { group: 'GroupId' },
  ),
]

/** The gateway endpoint for S3 that all places have; one that is to be broken has its own. */
const SHARED_WAY: readonly Step[] = [
  step('ec2', 'ModifyVpcEndpoint', { VpcEndpointId: '{endpoint}', AddRouteTableIds: ['{routeTable}'] }),
]

export const S3_ENDPOINT: readonly Step[] = [
  step(
    'ec2',
    'CreateVpcEndpoint',
    { VpcId: '{vpc}', ServiceName: 'com.amazonaws.{region}.s3', RouteTableIds: ['{routeTable}'] },
    { endpoint: 'VpcEndpoint.VpcEndpointId' },
  ),
]

/** What a case has for itself. */
export interface Own {
  /** A bucket; else that of all. */
  bucket?: true
  /** A place in the network; with its own way to S3, that of all, or none. */
  place?: 'own way' | 'shared way' | 'no way'
}

/** What one case has for itself, so that what it breaks is nobody else's. */
export async function buildSite(
  by: Administrators,
  values: Values,
  { name, number, own }: { name: string; number: number; own: Own },
): Promise<Record<string, string>> {
  const site = {
    ...values,
    name,
    roleName: name,
    ...(own.bucket && { bucket: name }),
    cidr: `10.0.${64 + number}.0/24`,
  }
  const way = { 'own way': S3_ENDPOINT, 'shared way': SHARED_WAY, 'no way': [] }
  await follow(by, site, [...(own.bucket ? BUCKET : []), ...(own.place ? [...PLACE, ...way[own.place]] : [])])
  return site
}

/** The bucket of all. */
export async function buildBucket(by: Administrators, values: Values, bucket: string): Promise<Values> {
  const all = { ...values, bucket }
  await follow(by, all, BUCKET)
  return all
}

export interface Administrators {
  member: Client
  management: Client
}

/** Makes the calls in their order and learns the values that they give. */
export async function follow(by: Administrators, site: Record<string, string>, steps: readonly Step[]): Promise<void> {
  for (const { service, operation, input, keep = {}, managed } of steps) {
    const client = managed ? by.management : by.member
    const answer: unknown = await client.call(service, operation, filled(input, site))
    for (const [value, path] of Object.entries(keep)) site[value] = String(at(answer, path))
  }
}

/** Every `{name}` replaced that the site knows; policies have braces of their own. */
export function filled<T>(template: T, site: Readonly<Record<string, string>>): T {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => site[name] ?? whole)
    if (Array.isArray(value)) return value.map(fill)
    if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]: [string, unknown]) => [key, fill(one)]))
  }
  return fill(template) as T
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown>)[key], value)
}
