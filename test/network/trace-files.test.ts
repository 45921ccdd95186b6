/** What `--file` reads: every form in which the AWS CLI leaves its answers, and what is wrong with a file, in one sentence. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { UsageError } from '../../src/cli/failure.ts'
import { offline } from '../../src/cli/network-input.ts'
import { COLLECT, NETWORK_LISTS } from '../../src/cli/network-lists.ts'
import type { AnswerFile } from '../../src/cli/network-json.ts'
import { answerFiles, corpusDocuments } from './trace-corpus.ts'

const REGION = 'us-east-1'
const files = answerFiles(corpusDocuments('nat-gateway'))
const whole = offline(files).documents
const read = (given: readonly AnswerFile[]) => offline(given, REGION)
const without = (operation: string): AnswerFile[] => files.filter(({ name }) => name !== `${operation}.json`)
const file = (text: unknown, name = 'some.json'): AnswerFile => ({
  name,
  text: typeof text === 'string' ? text : JSON.stringify(text),
})

describe('forms of answers', () => {
  it('one after the other in one file, indented, as a shell leaves them', () => {
    const text = files.map((one) => one.text).join('\n')
    assert.deepEqual(read([{ name: 'all.json', text }]).documents, whole)
  })

  it('a line each', () => {
    const text = files.map((one) => JSON.stringify(JSON.parse(one.text))).join('\n')
    assert.deepEqual(read([{ name: 'all.jsonl', text }]).documents, whole)
  })

  it('in an array, and as members of one object', () => {
    const answers = files.map((one) => JSON.parse(one.text) as Record<string, unknown>)
    assert.deepEqual(read([file(answers)]).documents, whole)
    const attributes = answers.filter((answer) => 'VpcId' in answer)
    const merged = Object.assign({}, ...answers.filter((answer) => !('VpcId' in answer))) as unknown
    assert.deepEqual(read([file(merged), file(attributes)]).documents, whole)
  })

  it('braces and quotes in strings do not cut an answer', () => {
    const tagged = `{"Addresses":[{"PublicIp":"192.0.2.1","Tags":[{"Key":"}{","Value":"\\"]}"}]}]}`
    const { documents } = read([
      ...without('DescribeAddresses'),
      file(tagged + tagged.replaceAll('192.0.2.1', '192.0.2.2')),
    ])
    assert.deepEqual(
      documents.Addresses.map(({ PublicIp }) => PublicIp),
      ['192.0.2.1', '192.0.2.2'],
    )
  })

  it('pages, in any order, up to one without a token', () => {
    const subnets = whole.Subnets
    const pages = [file({ Subnets: subnets.slice(0, 1), NextToken: 't' }), file({ Subnets: subnets.slice(1) })]
    assert.deepEqual(read([...without('DescribeSubnets'), ...pages]).documents.Subnets, subnets)
    assert.throws(
      () => read([...without('DescribeSubnets'), pages[0]!]),
      /some.json ends before the last page of Subnets/,
    )
  })

  it('prefix lists as describe-prefix-lists prints them, and entries in pages', () => {
    const lists = without('DescribeManagedPrefixLists')
    const inline = read([...lists, file({ PrefixLists: [{ PrefixListId: 'pl-1', Cidrs: ['10.1.0.0/16'] }] })])
    assert.deepEqual(inline.documents.ManagedPrefixLists, [{ PrefixListId: 'pl-1', Cidrs: ['10.1.0.0/16'] }])
    const entries = read([
      ...lists,
      file({ Entries: [{ Cidr: '10.1.0.0/16' }] }, 'pl-1.1.json'),
      file({ Entries: [{ Cidr: '10.2.0.0/16' }], PrefixListId: 'pl-1' }),
    ])
    assert.deepEqual(entries.documents.ManagedPrefixLists, [
      { PrefixListId: 'pl-1', Cidrs: ['10.1.0.0/16', '10.2.0.0/16'] },
    ])
  })

  it('routes of a transit gateway, by the name of their file', () => {
    const table = { TransitGatewayRouteTableId: 'tgw-rtb-0a', TransitGatewayId: 'tgw-0' }
    const { documents } = read([
      ...files,
      file({ TransitGatewayRouteTables: [table] }),
      file(
        { Routes: [{ DestinationCidrBlock: '10.9.0.0/16' }], AdditionalRoutesAvailable: false },
        'tgw-rtb-0a.routes.json',
      ),
      file({ Associations: [{ ResourceId: 'vpc-1' }] }, 'tgw-rtb-0a.associations.json'),
      file({ TransitGatewayRouteTablePropagations: [{ ResourceId: 'vpc-2' }] }, 'tgw-rtb-0a.propagations.json'),
    ])
    assert.deepEqual(documents.TransitGatewayRouteTables, [
      {
        ...table,
        Routes: [{ DestinationCidrBlock: '10.9.0.0/16' }],
        Associations: [{ ResourceId: 'vpc-1' }],
        Propagations: [{ ResourceId: 'vpc-2' }],
      },
    ])
  })

  it('instances add to which of them an interface belongs', () => {
    const Reservations = [
      {
        Instances: [
          {
            InstanceId: 'i-0',
            NetworkInterfaces: [{ NetworkInterfaceId: 'eni-0job', Attachment: { DeviceIndex: 0 } }],
          },
        ],
      },
    ]
    const { documents } = read([...files, file({ Reservations })])
    const job = documents.NetworkInterfaces.find(({ NetworkInterfaceId }) => NetworkInterfaceId === 'eni-0job')
    assert.deepEqual(job?.Attachment, { DeviceIndex: 0, InstanceId: 'i-0' })
    assert.equal(job?.PrivateIpAddress, '10.0.1.10')
  })
})

describe('what is wrong', () => {
  const cases: [what: string, given: readonly AnswerFile[], message: RegExp][] = [
    ['no JSON', [file('{"Vpcs": [')], /^some.json is not JSON/],
    ['words', [file('An error occurred (UnauthorizedOperation)')], /^some.json is not JSON/],
    ['nothing', [file('\n')], /^some.json is empty/],
    ['a number', [file('7')], /not a JSON object/],
    [
      'another answer',
      [file({ Buckets: [], Owner: {} })],
      /no answer of an EC2 call about networks: it has Buckets, Owner/,
    ],
    ['members of every object', [file({ toString: [], constructor: [] })], /it has toString, constructor/],
    ['an empty object', [file({})], /it has no members/],
    ['a list that is none', [file({ Vpcs: 'none' })], /Vpcs is not a list of documents/],
    ['a document that is none', [file({ Vpcs: ['vpc-0'] })], /Vpcs is not a list of documents/],
    ['a document without id', [file({ Subnets: [{ VpcId: 'vpc-0' }] })], /Subnets\[0\] has no SubnetId/],
    ['entries of nobody', [...files, file({ Entries: [] })], /whose Entries these are: name it after the id/],
    ['routes of nobody', [...files, file({ Routes: [] })], /search-transit-gateway-routes/],
    [
      'attributes without value',
      [...files, file({ VpcId: 'vpc-0main' })],
      /no answer of aws ec2 describe-vpc-attribute/,
    ],
    [
      'lists that nothing can be told without',
      without('DescribeSubnets').filter(({ name }) => name !== 'DescribeNetworkAcls.json'),
      /lack what nothing can be told without: aws ec2 describe-subnets, aws ec2 describe-network-acls$/,
    ],
  ]
  for (const [what, given, message] of cases)
    it(what, () =>
      assert.throws(
        () => read(given),
        ({ message: text }: Error) => message.test(text) || assert.fail(text),
      ),
    )

  it('any JSON and any text, in one sentence', () => {
    const members = fc.constantFrom(
      'Vpcs',
      'Subnets',
      'PrefixLists',
      'Entries',
      'Routes',
      'Reservations',
      'VpcId',
      'NextToken',
    )
    const answer = fc.oneof(fc.jsonValue(), fc.dictionary(members, fc.jsonValue()), fc.string())
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 3 }), (answers) => {
        try {
          read([...files, ...answers.map((one) => file(one))])
        } catch (error) {
          assert.ok(error instanceof UsageError, String(error))
          assert.doesNotMatch(error.message, /\n/)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('two Regions, and none', () => {
    const zone = (AvailabilityZone: string, id: string) => ({ ...whole.Subnets[0], SubnetId: id, AvailabilityZone })
    const subnets = (...all: unknown[]): AnswerFile[] => [...without('DescribeSubnets'), file({ Subnets: all })]
    const two = subnets(zone('us-east-1a', 'subnet-1'), zone('ap-southeast-2b', 'subnet-2'))
    assert.throws(() => offline(two), /several Regions \(ap-southeast-2, us-east-1\)/)
    assert.equal(offline(two, 'us-east-1').region, 'us-east-1')
    assert.throws(() => offline(subnets({ SubnetId: 'subnet-1' })), /tells the Region of vpc-0main/)
    assert.equal(offline(subnets(zone('us-east-1-bos-1a', 'subnet-1'))).region, 'us-east-1')
    assert.equal(offline(subnets(zone('us-gov-west-1b', 'subnet-1'))).region, 'us-gov-west-1')
    const SubnetArn = 'arn:aws-cn:ec2:cn-north-1:123456789012:subnet/subnet-1'
    assert.equal(offline(subnets({ SubnetId: 'subnet-1', SubnetArn })).region, 'cn-north-1')
  })

  it('what was assumed is said', () => {
    const given = files.filter(({ name }) => !/DescribeNatGateways|DescribeTransitGateways|EnableDns/.test(name))
    assert.deepEqual(read(given).notes, [
      'not in the files: aws ec2 describe-nat-gateways; taken as empty',
      "not in the files: aws ec2 describe-vpc-attribute, for enableDnsSupport and enableDnsHostnames, of vpc-0main; taken as EC2's defaults",
    ])
    const tables = { RouteTables: [{ ...whole.RouteTables[0], Routes: [{ TransitGatewayId: 'tgw-0' }] }] }
    assert.deepEqual(
      read([...files.filter(({ name }) => name !== 'DescribeTransitGateways.json'), file(tables)]).notes,
      ['not in the files: aws ec2 describe-transit-gateways; paths through them are told as unknown'],
    )
  })
})

describe('the command', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-trace-'))
    for (const { name, text } of files) writeFileSync(join(folder, name), text)
  })
  after(() => rmSync(folder, { recursive: true }))

  const main = join(import.meta.dirname, '../../src/main.js')
  const run = (args: readonly string[], input = '') => {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { input, env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const question = ['--from', 'eni-0job', '--to', 'api.sagemaker.us-east-1.amazonaws.com']

  it('reads folders and stdin alike, without a server', () => {
    const fromFolder = run(['trace', '--file', folder, ...question])
    assert.deepEqual([fromFolder.status, fromFolder.stderr], [0, ''])
    const fromStdin = run(['trace', '--file', '-', ...question], files.map(({ text }) => text).join(''))
    assert.deepEqual(fromStdin, fromFolder)
  })

  it('exits 2 when it is blocked, 64 when it cannot be asked', () => {
    assert.equal(run(['trace', '--file', folder, '--from', 'internet', '--to', '10.0.1.10']).status, 2)
    assert.equal(run(['graph', 'path', '--file', folder, '--from', 'internet', '--to', '10.0.1.10']).status, 2)
    for (const args of [
      ['trace', '--file', join(folder, 'nowhere'), ...question],
      ['trace', '--file', folder, '--from', 'eni-0job', '--to', 'x:0'],
      ['trace', '--file', folder, '--to', 'x'],
      ['trace', ...question, '--protocol', 'esp'],
      ['graph', 'vpc', 'vpc-0nowhere', '--file', folder],
    ]) {
      const { status, stdout, stderr } = run(args)
      assert.deepEqual([status, stdout], [64, ''], args.join(' '))
      assert.match(stderr, /\S/)
    }
  })

  it('prints in its help how to collect everything that it reads', () => {
    const { stdout } = run(['trace', '--help'])
    for (const line of COLLECT.split('\n')) assert.ok(stdout.includes(line), line)
    for (const { operation } of NETWORK_LISTS)
      assert.ok(COLLECT.includes(operation.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()), operation)
    assert.equal(spawnSync('sh', ['-n'], { input: COLLECT }).status, 0)
  })
})
