import { fileURLToPath } from 'node:url'
import type { Explanation } from '../../src/advise/explanation.ts'
import { connect, type Client } from '../../src/cli/client.ts'
import { imagePush } from '../../src/cli/image-push.ts'
import { roleTrusting, userWith } from '../../src/verify/people.ts'
import { filledIn, overlaid } from '../../src/verify/role-page.ts'
import { prepared, reached } from '../../src/verify/try.ts'
import { buildWorld, pushProgram, quickCompiler, type Values } from '../../src/verify/world.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { organize, type Estate } from '../organizations/estate.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { inVpc, rolePolicy, type Kind } from './kinds.ts'
import { buildBucket, buildSite, filled, follow, type Administrators, type Own, type Step } from './site.ts'

/** How a request ended. */
export interface Ended {
  good: boolean
  /** Of a request that was refused. */
  code?: string
  /** AWS's sentence, or the FailureReason. */
  text?: string
  /** What `explain` is asked about: the request's id, or what it made. */
  id: string
}

/** What is wrong, and who asks. */
export interface Broken extends Own {
  /** Actions of the page's policy that the role lacks. */
  lacks?: readonly string[]
  steps?: readonly Step[]
  request?: Record<string, unknown>
  /** The image is of the management account's repository, which grants nobody anything. */
  foreignImage?: true
  /** The subnet's network ACL lets nothing out. */
  closed?: true
  /** Statements of a user who asks instead of the administrator. */
  caller?: readonly { Effect: 'Allow'; Action: string | string[]; Resource?: string; Condition?: object }[]
}

/** One case: its own role, bucket and network on the server of all. */
export interface Case {
  site: Record<string, string>
  /** Makes the request, under a name of its own each time. */
  attempt(): Promise<Ended>
  explained(ended: Ended): Promise<Explanation>
  mend(explanation: Explanation): Promise<void>
}

export interface PainsLab {
  server: TestServer
  by: Administrators
  estate: Estate
  open(name: string, kind: Kind, broken: Broken): Promise<Case>
  close(): Promise<void>
}

/**
 * A member account of an organization, as guard-rails bind no management account; jobs really run there, in the sandbox,
 * on a network that is computed.
 */
export async function openPainsLab(): Promise<PainsLab> {
  const compiler = quickCompiler()
  const server = await startTestServer({ fabric: 'off', compilerImage: compiler.folder, logLevel: 'error' })
  const management = clientOf(server, server.admin)
  const estate = await organize(server)
  const { keys } = await estate.account('jobs')
  const member = clientOf(server, keys)
  const by = { member, management }
  const values = await buildWorld(member)
  const { VpcEndpoints } = await member.call('ec2', 'DescribeVpcEndpoints')
  const own = {
    serving: await pushServing(member, values['account']!, server.region),
    endpoint: VpcEndpoints[0].VpcEndpointId as string,
  }
  const igw = await internetGateway(member, values)
  const all = await buildBucket(
    by,
    {
      ...values,
      ...own,
      igw,
      management: server.account,
      goodRole: await roleTrusting(member, 'good', 'sagemaker.amazonaws.com'),
    },
    'jobs-of-all',
  )
  let number = 0
  return {
    server,
    by,
    estate,
    open: (name, kind, broken) => openCase(by, all, { name, number: number++, kind, broken }),
    async close() {
      await server.close()
      compiler.remove()
    },
  }
}

function clientOf(server: TestServer, keys: TestServer['admin']): Client {
  return connect({
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: server.region,
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
  })
}

async function internetGateway(client: Client, { vpc }: Values): Promise<string> {
  const { InternetGateway } = await client.call('ec2', 'CreateInternetGateway')
  const { InternetGatewayId } = InternetGateway
  await client.call('ec2', 'AttachInternetGateway', { InternetGatewayId, VpcId: vpc })
  return InternetGatewayId as string
}

async function pushServing(client: Client, account: string, region: string): Promise<string> {
  const imageUri = `${account}.dkr.ecr.${region}.amazonaws.com/serves:latest`
  const dir = fileURLToPath(new URL('../jobs/programs/serves', import.meta.url))
  const call = (service: string, operation: string, input: Record<string, unknown>) =>
    client.call(service, operation, input)
  await imagePush({ dir, imageUri, entrypoint: './train', call, progress: () => {} })
  return imageUri
}

async function openCase(
  by: Administrators,
  values: Values,
  { name, number, kind, broken }: { name: string; number: number; kind: Kind; broken: Broken },
): Promise<Case> {
  const made = await buildSite(by, values, { name, number, own: broken })
  const vpc = broken.place !== undefined
  made['role'] = await roleTrusting(by.member, name, 'sagemaker.amazonaws.com')
  made['model'] = name
  await putPolicy(by.member, name, rolePolicy(kind, made, { vpc }))
  const { before, request } = vpc ? inVpc(kind) : kind
  const site = await prepared(by.member, before ? { before } : {}, made)
  if (broken.closed) site['acl'] = await closeSubnet(by.member, site)
  if (broken.foreignImage) {
    site['image'] = `${site['management']}.dkr.ecr.${site['region']}.amazonaws.com/${name}:latest`
    await pushProgram(by.management, site['image'])
  }
  if (broken.lacks) await putPolicy(by.member, name, rolePolicy(kind, site, { vpc, lacks: broken.lacks }))
  await follow(by, site, broken.steps ?? [])
  const caller = broken.caller ? await userWith(by.member, `${name}-caller`, broken.caller) : by.member
  const asked = overlaid(request, filled(broken.request ?? {}, site))
  let attempts = 0
  return {
    site,
    attempt: () =>
      attempt(caller, by.member, kind, asked, { ...site, ...(kind.name && { name: `${name}-${++attempts}` }) }),
    async explained({ id }) {
      const { Document } = await by.member.call('sallyport', 'Explain', { Id: id })
      return Document as Explanation
    },
    async mend({ fixes }) {
      for (const { call, account } of fixes) {
        const client = account === undefined || account === site['account'] ? by.member : by.management
        await client.call(call.service, call.operation, call.input)
      }
    },
  }
}

/** The subnet gets an access list of its own, which lets everything in and nothing out. */
async function closeSubnet(by: Client, { vpc, subnet }: Record<string, string>): Promise<string> {
  const { NetworkAcls } = await by.call('ec2', 'DescribeNetworkAcls', {
    Filters: [{ Name: 'association.subnet-id', Values: [subnet] }],
  })
  const old = NetworkAcls[0].Associations.find((one: { SubnetId: string }) => one.SubnetId === subnet)
  const { NetworkAcl } = await by.call('ec2', 'CreateNetworkAcl', { VpcId: vpc })
  const { NetworkAclId } = NetworkAcl
  const everything = { NetworkAclId, Protocol: '-1', CidrBlock: '0.0.0.0/0', RuleAction: 'allow' }
  await by.call('ec2', 'CreateNetworkAclEntry', { ...everything, RuleNumber: 100, Egress: false })
  await by.call('ec2', 'ReplaceNetworkAclAssociation', {
    AssociationId: old.NetworkAclAssociationId,
    NetworkAclId,
  })
  return NetworkAclId as string
}

async function putPolicy(by: Client, RoleName: string, policy: { Statement: object[] }): Promise<void> {
  if (policy.Statement.length === 0)
    return void (await by.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName: 'page' }))
  await by.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'page', PolicyDocument: JSON.stringify(policy) })
}

async function attempt(
  caller: Client,
  admin: Client,
  { create, describe, name, arn }: Kind,
  request: Record<string, unknown>,
  values: Record<string, string>,
): Promise<Ended> {
  let made: Record<string, unknown>
  try {
    made = (await caller.call('sagemaker', create, filledIn(request, values))) as typeof made
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { good: false, code: error.code, text: error.message, id: error.fields['RequestId'] ?? '' }
  }
  const arnMade = made[arn ?? '']
  const id = typeof arnMade === 'string' ? arnMade : ''
  if (!describe) return { good: true, id }
  const input = describe.input ? filledIn(describe.input, values) : { [name!]: values['name']! }
  const ends = [...describe.good, ...describe.bad]
  const { [describe.status]: status, FailureReason: reason } = await reached(
    admin,
    describe.operation,
    input,
    describe.status,
    ends,
  )
  const good = describe.good.includes(String(status))
  return { good, ...(typeof reason === 'string' && reason !== '' && { text: reason }), id }
}
