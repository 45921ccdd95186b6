/**
 * What AWS offers under which name: endpoint services, default host names, ports, policy support, public addresses and
 * AWS-managed prefix lists, for every Region.
 *
 * Sources: the service names of AWS CDK's `InterfaceVpcEndpointAwsService`, captured `describe-vpc-endpoint-services`
 * and `describe-prefix-lists` answers, and the SageMaker developer guide. Two things are stand-ins, each deterministic:
 * - inferred: public addresses of services lie in 54.239.0.0/17 and 2600:1fff:ff00::/48, one per Region and service (AWS
 *   publishes ranges only); IPv6 ones answer for the dual-stack names alone;
 * - inferred: the ids and ranges of the S3 and DynamoDB prefix lists where no capture was found (see PREFIX_LISTS).
 *   Documents that hold the account's own lists win over both.
 */
import type { NetworkDocuments } from './types.ts'
import { contains, formatIpv4, parseCidrs, parseIpv4, parseIpv6, size } from './addresses.ts'
import type { Block, Cidr, Ip, Ipv4, Ipv6 } from './addresses.ts'
import { perKey } from './memo.ts'

/** One row of the catalogue: a service of AWS in one Region, as it can be reached. */
export interface Service {
  /** Short name: `sagemaker.api`, `s3`. */
  readonly id: string
  readonly region: string
  /** Endpoint service name; undefined where there is no PrivateLink (IAM). */
  readonly serviceName?: string
  readonly types: readonly ('Gateway' | 'Interface')[]
  /** Default public host names; `*.` stands for one or more labels. The private DNS names of an endpoint come first. */
  readonly hosts: readonly string[]
  readonly privateDnsNames: readonly string[]
  /** Endpoint DNS names are `vpce-….` + this. */
  readonly baseEndpointDnsNames: readonly string[]
  readonly policySupported: boolean
  readonly ports: readonly number[]
  /** The private DNS name resolves only in Availability Zones where the endpoint is enabled. */
  readonly zonalPrivateDns: boolean
  readonly publicAddress: Ipv4
  /** Of the dual-stack host names. */
  readonly publicAddress6: Ipv6
}

/** A row for DescribeVpcEndpointServices and for the checks of CreateVpcEndpoint. */
export interface EndpointService {
  serviceName: string
  serviceType: 'Gateway' | 'Interface'
  /** Empty for gateway endpoints: they do not touch DNS. */
  privateDnsNames: readonly string[]
  baseEndpointDnsName: string
  policySupported: boolean
  availabilityZones: readonly string[]
  ports: readonly number[]
}

/** Regions and the letters of their zones; a Region that is not listed has a, b and c. The order fixes addresses. */
const REGIONS: Readonly<Record<string, string>> = {
  'us-east-1': 'abcdef',
  'us-east-2': 'abc',
  'us-west-1': 'ac',
  'us-west-2': 'abcd',
  'af-south-1': 'abc',
  'ap-east-1': 'abc',
  'ap-east-2': 'abc',
  'ap-south-1': 'abc',
  'ap-south-2': 'abc',
  'ap-southeast-1': 'abc',
  'ap-southeast-2': 'abc',
  'ap-southeast-3': 'abc',
  'ap-southeast-4': 'abc',
  'ap-southeast-5': 'abc',
  'ap-southeast-7': 'abc',
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ap-northeast-3': 'abc',
  'ca-central-1': 'abd',
  'ca-west-1': 'abc',
  'eu-central-1': 'abc',
  'eu-central-2': 'abc',
  'eu-north-1': 'abc',
  'eu-south-1': 'abc',
  'eu-south-2': 'abc',
  'eu-west-1': 'abc',
  'eu-west-2': 'abc',
  'eu-west-3': 'abc',
  'il-central-1': 'abc',
  'me-central-1': 'abc',
  'me-south-1': 'abc',
  'mx-central-1': 'abc',
  'sa-east-1': 'abc',
  'us-gov-east-1': 'abc',
  'us-gov-west-1': 'abc',
  'cn-north-1': 'abd',
  'cn-northwest-1': 'abc',
}

/** Names of a Region's Availability Zones, as an account without remapping sees them. */
export function availabilityZones(region: string): string[] {
  return (REGIONS[region] ?? 'abc').split('').map((letter) => region + letter)
}

/** `{r}` is the Region, `{d}` its DNS suffix (amazonaws.com, in China amazonaws.com.cn). */
interface Row {
  id: string
  name?: string
  types?: Service['types']
  /** Default host names that an interface endpoint's private DNS takes over. */
  hosts: string[]
  /** Further public host names, which private DNS does not take over. */
  alsoPublic?: string[]
  base?: string[]
  policy?: false
  ports?: number[]
  zonalPrivateDns?: true
  /** Only in these Regions. */
  only?: string[]
}

const INTERFACE: Service['types'] = ['Interface']
const HTTP_TOO = [80, 443]

/** A service that follows the rule: com.amazonaws.R.NAME, NAME.R.amazonaws.com, unless its host is called otherwise. */
const regular = (id: string, ports?: number[], host = id): Row => ({
  id,
  hosts: [`${host}.{r}.{d}`],
  ...(ports && { ports }),
})

/** Append only: the position of a row is part of its stand-in public address. */
const ROWS: readonly Row[] = [
  {
    id: 's3',
    types: ['Gateway', 'Interface'],
    hosts: ['s3.{r}.{d}', '*.s3.{r}.{d}', '*.s3-accesspoint.{r}.{d}', '*.s3-control.{r}.{d}'],
    alsoPublic: ['s3-{r}.{d}', '*.s3-{r}.{d}', 's3.dualstack.{r}.{d}', '*.s3.dualstack.{r}.{d}'],
    ports: HTTP_TOO,
  },
  { ...regular('dynamodb', HTTP_TOO), types: ['Gateway', 'Interface'] },
  {
    id: 'sagemaker.api',
    hosts: ['api.sagemaker.{r}.{d}'],
    alsoPublic: ['api.sagemaker.{r}.api.aws'],
    base: ['api.sagemaker'],
  },
  {
    id: 'sagemaker.runtime',
    hosts: ['runtime.sagemaker.{r}.{d}'],
    alsoPublic: ['runtime.sagemaker.{r}.api.aws'],
    base: ['runtime.sagemaker'],
    // 8443: bidirectional streaming.
    ports: [443, 8443],
    // SageMaker developer guide, "Connect to SageMaker within your VPC": the endpoint must be activated in the client's
    // Availability Zone for private DNS to work, otherwise resolving the URL fails. The page says it of Runtime alone.
    zonalPrivateDns: true,
  },
  { id: 'sagemaker.api-fips', hosts: ['api-fips.sagemaker.{r}.{d}'], base: ['api-fips.sagemaker'] },
  {
    id: 'sagemaker.runtime-fips',
    hosts: ['runtime-fips.sagemaker.{r}.{d}'],
    base: ['runtime-fips.sagemaker'],
    // The same page: no endpoint policies for the FIPS runtime.
    policy: false,
    ports: [443, 8443],
  },
  {
    id: 'sagemaker.featurestore-runtime',
    hosts: ['featurestore-runtime.sagemaker.{r}.{d}'],
    // The same page prints the name with `api.`.
    base: ['api.featurestore-runtime.sagemaker', 'featurestore-runtime.sagemaker'],
  },
  { id: 'sagemaker.metrics', hosts: ['metrics.sagemaker.{r}.{d}'], base: ['metrics.sagemaker'] },
  { id: 'notebook', name: 'aws.sagemaker.{r}.notebook', hosts: ['*.notebook.{r}.sagemaker.aws'] },
  { id: 'studio', name: 'aws.sagemaker.{r}.studio', hosts: ['*.studio.{r}.sagemaker.aws'] },
  {
    id: 'elastic-inference.runtime',
    hosts: ['runtime.elastic-inference.{r}.{d}'],
    base: ['runtime.elastic-inference'],
    policy: false,
    only: ['us-east-1', 'us-east-2', 'us-west-2', 'ap-northeast-1', 'ap-northeast-2', 'eu-west-1'],
  },
  regular('sts'),
  { id: 'iam', types: [], hosts: ['iam.{d}'], only: ['us-east-1', 'cn-north-1', 'us-gov-west-1'] },
  regular('ec2'),
  { id: 'ecr.api', hosts: ['api.ecr.{r}.{d}', 'ecr.{r}.{d}'], base: ['api.ecr'] },
  { id: 'ecr.dkr', hosts: ['*.dkr.ecr.{r}.{d}'], base: ['dkr.ecr'] },
  regular('logs'),
  regular('monitoring'),
  regular('kms'),
  regular('secretsmanager'),
  regular('servicecatalog'),
  regular('elasticfilesystem'),
  regular('ssm'),
  regular('ssmmessages'),
  regular('ec2messages'),
  regular('application-autoscaling'),
  regular('events'),
  regular('sns', HTTP_TOO),
  regular('sqs', HTTP_TOO),
  regular('lambda'),
  regular('glue'),
  regular('athena'),
  regular('cloudformation'),
  regular('elasticloadbalancing'),
  // Global names, answered from us-east-1. inferred for S3: a bucket's own Region is not known to DNS here.
  {
    id: 's3-global',
    types: [],
    hosts: ['s3.{d}', '*.s3.{d}', 's3-external-1.{d}'],
    ports: HTTP_TOO,
    only: ['us-east-1'],
  },
  { id: 'sts-global', types: [], hosts: ['sts.{d}'], only: ['us-east-1'] },
  { id: 'organizations', types: [], hosts: ['organizations.us-east-1.{d}'], only: ['us-east-1'] },
  { id: 'iam-toolbox', types: [], hosts: ['iam-toolbox.{r}.{d}'] },
  { id: 'experiments', name: 'aws.sagemaker.{r}.experiments', hosts: ['*.experiments.{r}.sagemaker.aws'] },
  { id: 'partner-app', name: 'aws.sagemaker.{r}.partner-app', hosts: ['*.partner-app.{r}.sagemaker.aws'] },
  {
    id: 'sagemaker-geospatial',
    hosts: ['sagemaker-geospatial.{r}.{d}'],
    only: ['us-west-2', 'eu-central-1'],
  },
  { id: 'sagemaker-data-science-assistant', hosts: ['sagemaker-data-science-assistant.{r}.{d}'] },
  regular('states'),
  regular('sync-states'),
  regular('codecommit'),
  { id: 'git-codecommit', hosts: ['git-codecommit.{r}.{d}'] },
  regular('codebuild'),
  regular('codepipeline'),
  { id: 'codeartifact.api', hosts: ['codeartifact.{r}.{d}'] },
  { id: 'codeartifact.repositories', hosts: ['*.d.codeartifact.{r}.{d}'], base: ['d.codeartifact'] },
  regular('kinesis-streams', undefined, 'kinesis'),
  regular('kinesis-firehose', undefined, 'firehose'),
  regular('redshift-data'),
  regular('rds-data'),
  regular('elasticmapreduce'),
  regular('emr-containers'),
  regular('lakeformation'),
  regular('servicediscovery'),
  regular('execute-api', undefined, '*.execute-api'),
  regular('bedrock'),
  regular('bedrock-runtime'),
  regular('batch'),
  regular('ecs'),
  regular('eks'),
  regular('autoscaling'),
  regular('autoscaling-plans'),
  regular('cloudtrail'),
  regular('config'),
  regular('backup'),
  regular('xray'),
  regular('textract'),
  regular('rekognition'),
  regular('comprehend'),
  regular('translate'),
  regular('transcribe'),
  regular('ebs'),
  regular('kms-fips'),
  regular('appmesh'),
]

/** Private endpoint names of China's early services carry a `cn.` of their own (AWS CDK). */
const CHINA_PREFIXED = new Set([
  'sagemaker.api',
  'sagemaker.runtime',
  'sagemaker.featurestore-runtime',
  'ecr.api',
  'ecr.dkr',
  'sts',
])

/** `amazonaws.com`, or `amazonaws.com.cn` in China. */
export function dnsSuffix(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}

const slotOf = perKey((region: string) => {
  const listed = Object.keys(REGIONS).indexOf(region)
  return listed >= 0 ? listed : 48 + (hash(region) % 16)
})

/** FNV-1a: spreads bucket names over an address range, the same way every time. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}

const SERVICE_POOL = parseIpv4('54.239.0.0')!
const SERVICE_POOL6 = parseIpv6('2600:1fff:ff00::')!

/** Every service of a Region. */
export const services = perKey((region: string): readonly Service[] =>
  ROWS.flatMap((row, position): Service[] => {
    if (row.only && !row.only.includes(region)) return []
    const spell = (text: string): string => text.replaceAll('{r}', region).replaceAll('{d}', dnsSuffix(region))
    const types = row.types ?? INTERFACE
    const vendor = region.startsWith('cn-') && CHINA_PREFIXED.has(row.id) ? 'cn.com.amazonaws' : 'com.amazonaws'
    const base = row.name
      ? [`${row.id}.${region}.vpce.sagemaker.aws`]
      : (row.base ?? [row.id]).map((text) => `${text}.${region}.vpce.${dnsSuffix(region)}`)
    return [
      {
        id: row.id,
        region,
        ...(types.length > 0 && { serviceName: row.name ? spell(row.name) : `${vendor}.${region}.${row.id}` }),
        types,
        hosts: [...row.hosts, ...(row.alsoPublic ?? [])].map(spell),
        privateDnsNames: row.hosts.map(spell),
        baseEndpointDnsNames: base,
        policySupported: row.policy ?? true,
        ports: row.ports ?? [443],
        zonalPrivateDns: row.zonalPrivateDns ?? false,
        publicAddress: SERVICE_POOL + slotOf(region) * 256 + position + 1,
        publicAddress6: SERVICE_POOL6 + BigInt(slotOf(region) * 256 + position + 1),
      },
    ]
  }),
)

/** What can be put into CreateVpcEndpoint in a Region; S3 and DynamoDB have a row for each type. */
export const serviceCatalogue = perKey((region: string): readonly EndpointService[] =>
  services(region).flatMap((service) =>
    service.types.map((serviceType) => ({
      serviceName: service.serviceName!,
      serviceType,
      privateDnsNames: serviceType === 'Gateway' ? [] : service.privateDnsNames,
      baseEndpointDnsName: service.baseEndpointDnsNames[0]!,
      policySupported: service.policySupported,
      availabilityZones: availabilityZones(region),
      ports: service.ports,
    })),
  ),
)

const byServiceName = perKey(
  (region: string) => new Map(services(region).map((service) => [service.serviceName, service])),
)

/** The catalogue's service behind an endpoint service name of a Region. */
export function serviceByName(region: string, serviceName: string): Service | undefined {
  return byServiceName(region).get(serviceName)
}

/** Host names to values, with `*.` names matching one or more labels. */
export class HostIndex<V> {
  readonly #names = new Map<string, V>()

  /** The first to claim a name keeps it. */
  add(name: string, value: V): void {
    if (!this.#names.has(name)) this.#names.set(name, value)
  }

  get(host: string): V | undefined {
    const exact = this.#names.get(host)
    if (exact !== undefined) return exact
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const found = this.#names.get('*' + host.slice(dot))
      if (found !== undefined) return found
    }
    return undefined
  }
}

const publicHosts = perKey((region: string) => {
  const index = new HostIndex<Service>()
  for (const service of services(region)) for (const host of service.hosts) index.add(host, service)
  return index
})

const REGION_IN_HOST = /(?:^|[.-])((?:us-gov|us|af|ap|ca|cn|eu|il|me|mx|sa)-[a-z]+-\d)\./

/** The service whose default public host name `host` (lower case) is. `region`: of whoever asks; other Regions count too. */
export function publicService(host: string, region: string): Service | undefined {
  const named = REGION_IN_HOST.exec(host)?.[1]
  if (named === undefined || (REGIONS[named] === undefined && named !== region)) {
    return publicHosts('us-east-1').get(host) ?? publicHosts(region).get(host)
  }
  return publicHosts(named).get(host)
}

type PrefixList = NetworkDocuments['ManagedPrefixLists'][number]

/** [S3 id, S3 ranges, DynamoDB id, DynamoDB ranges] as captured; '' and [] where only a stand-in exists. */
const PREFIX_LISTS: Readonly<Record<string, readonly [string, readonly string[], string, readonly string[]]>> = {
  'us-east-1': [
    'pl-63a5400a',
    ['54.231.0.0/17', '52.216.0.0/15', '3.5.16.0/21', '3.5.0.0/20'],
    'pl-02cd2c6b',
    ['52.94.0.0/22', '52.119.224.0/20'],
  ],
  'eu-west-1': [
    'pl-6da54004',
    ['52.218.0.0/17', '54.231.128.0/19'],
    'pl-6fa54006',
    ['52.94.5.0/24', '52.119.240.0/21', '52.94.24.0/23'],
  ],
  'us-east-2': ['pl-7ba54012', [], '', []],
  'us-west-1': ['pl-6ba54002', [], '', []],
  'us-west-2': ['pl-68a54001', [], '', []],
  'ap-south-1': ['pl-78a54011', [], '', []],
  'ap-southeast-1': ['pl-6fa54006', [], '', []],
  'ap-southeast-2': ['pl-6ca54005', [], '', []],
  'ap-northeast-1': ['pl-61a54008', [], '', []],
  'ap-northeast-2': ['pl-78a54011', [], '', []],
  'eu-central-1': ['pl-6ea54007', [], '', []],
  'sa-east-1': ['pl-6aa54003', [], '', []],
}

/** The prefix lists that AWS keeps in a Region, S3's and DynamoDB's, with their ranges. */
export const awsPrefixLists = perKey((region: string): readonly PrefixList[] => {
  const slot = slotOf(region)
  const [s3Id, s3, dynamodbId, dynamodb] = PREFIX_LISTS[region] ?? ['', [], '', []]
  const list = (service: string, id: string, cidrs: readonly string[], standIn: string): PrefixList => {
    const PrefixListId =
      id ||
      `pl-${hash(region + service)
        .toString(16)
        .padStart(8, '0')}`
    const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
    return {
      PrefixListId,
      PrefixListName: `com.amazonaws.${region}.${service}`,
      AddressFamily: 'IPv4',
      State: 'create-complete',
      PrefixListArn: `arn:${partition}:ec2:${region}:aws:prefix-list/${PrefixListId}`,
      OwnerId: 'AWS',
      Tags: [],
      Cidrs: cidrs.length > 0 ? [...cidrs] : [standIn],
    }
  }
  return [
    list('s3', s3Id, s3, `52.219.${slot * 4}.0/22`),
    list('dynamodb', dynamodbId, dynamodb, `52.94.${64 + slot}.0/24`),
  ]
})

/** The service whose AWS-managed prefix list has this id. */
export function serviceOfPrefixList(list: PrefixList): string | undefined {
  return /^com\.amazonaws\.[^.]+\.(s3|dynamodb)$/.exec(list.PrefixListName ?? '')?.[1]
}

/**
 * The public address that answers for a host name of `service`. S3 and DynamoDB lie inside the prefix list of their
 * Region (`ranges`, the documents' own list if there is one), everything else outside every list.
 */
export function publicAddress(
  service: Service,
  host: string,
  ranges: (region: string, id: string) => readonly Cidr[],
): Ipv4 {
  const id = service.id === 's3-global' ? 's3' : service.id
  const cidr = id === 's3' || id === 'dynamodb' ? ranges(service.region, id)[0] : undefined
  if (!cidr) return service.publicAddress
  return cidr.base + (size(cidr) > 4 ? 1 + (hash(host) % (size(cidr) - 2)) : 0)
}

const isDualStack = (host: string): boolean => host.includes('.dualstack.') || host.endsWith('.api.aws')

/** Every public address that answers for a host name of `service`: IPv6 too where the name is a dual-stack one. */
export function publicAddresses(
  service: Service,
  host: string,
  ranges: (region: string, id: string) => readonly Cidr[],
): readonly Ip[] {
  const four = publicAddress(service, host, ranges)
  return isDualStack(host) ? [four, service.publicAddress6] : [four]
}

/** The service at a public address, for callers that dial a number. */
export function serviceAt(
  address: Ip,
  region: string,
  ranges: (region: string, id: string) => readonly Block[],
): Service | undefined {
  if (typeof address === 'bigint') {
    return address >> 80n === SERVICE_POOL6 >> 80n ? servicesByAddress(region).get(address) : undefined
  }
  const offset = address - SERVICE_POOL
  if (offset >= 0 && offset < 64 * 256) return servicesByAddress(region).get(address)
  for (const name of [region, ...Object.keys(REGIONS)]) {
    for (const id of ['s3', 'dynamodb']) {
      if (ranges(name, id).some((cidr) => contains(cidr, address)))
        return services(name).find((service) => service.id === id)
    }
  }
  return undefined
}

/** Services of all Regions by their stand-in addresses; `region`'s own first, should two share one. */
const servicesByAddress = perKey((region: string) => {
  const index = new Map<Ip, Service>()
  for (const service of [region, ...Object.keys(REGIONS)].flatMap((name) => services(name))) {
    for (const address of [service.publicAddress, service.publicAddress6])
      if (!index.has(address)) index.set(address, service)
  }
  return index
})

/** Public address of a service in dotted decimal, by endpoint service id; for tests and the fabric. */
export function publicAddressOf(region: string, id: string): string | undefined {
  const service = services(region).find((candidate) => candidate.id === id)
  if (!service) return undefined
  return formatIpv4(publicAddress(service, service.hosts[0]!.replace('*.', ''), publicRanges))
}

/** The blocks that S3 or DynamoDB has in a Region, as AWS publishes them. */
export function publicRanges(region: string, id: string): readonly Cidr[] {
  return rangesByService(region).get(id) ?? []
}

const rangesByService = perKey(
  (region: string) =>
    new Map(awsPrefixLists(region).map((list) => [serviceOfPrefixList(list), parseCidrs(list.Cidrs)] as const)),
)
