/** `graph`: pictures that are well formed, hold all of their text, and say what the documents say, whatever these hold. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { graphPath, graphVpc } from '../../src/cli/graph.ts'
import type { NetworkInput } from '../../src/cli/network-input.ts'
import { collapse } from '../../src/network-picture/collapse.ts'
import { fit, widthOf, wrap } from '../../src/network-picture/text.ts'
import type { Graph } from '../../src/network-picture/types.ts'
import { vpcGraph } from '../../src/network-picture/vpc-graph.ts'
import { noDocuments } from '../../src/network/network.ts'
import type { NetworkDocuments } from '../../src/network/types.ts'
import { readDigraph, readFlowchart } from './graph-grammars.ts'
import { overlaps, readSvg } from './graph-svg.ts'
import { corpusDocuments } from './trace-corpus.ts'

const REGION = 'us-east-1'
const ELEMENTS = new Set(['svg', 'title', 'desc', 'style', 'rect', 'text', 'path', 'tspan'])

function checkSvg(svg: string): void {
  const picture = readSvg(svg)
  assert.deepEqual(
    [...picture.elements].filter((name) => !ELEMENTS.has(name)),
    [],
  )
  assert.ok(picture.title !== '' && picture.description !== '')
  const outside = picture.texts.filter(
    ({ left, right, top, bottom }) => left < 0 || top < 0 || right > picture.width || bottom > picture.height,
  )
  assert.deepEqual(outside, [])
  assert.deepEqual(overlaps(picture.texts), [])
}

function checkGraph({ nodes, edges }: Graph): void {
  const ids = new Set<string>()
  for (const { id, parent } of nodes) {
    assert.ok(!ids.has(id), `${id} twice`)
    assert.ok(parent === undefined || ids.has(parent), `${id} before its parent ${parent}`)
    ids.add(id)
  }
  for (const { from, to } of edges) assert.ok(ids.has(from) && ids.has(to), `${from} → ${to}`)
}

/** Every format of one picture. */
function checkAll(draw: (format: 'svg' | 'mermaid' | 'dot' | 'json') => string): Graph {
  checkSvg(draw('svg'))
  const graph = JSON.parse(draw('json')) as Graph
  checkGraph(graph)
  const flowchart = readFlowchart(draw('mermaid'))
  assert.deepEqual(
    [...flowchart.used].filter((id) => !flowchart.declared.has(id)),
    [],
  )
  const digraph = readDigraph(draw('dot'))
  assert.deepEqual(
    [...digraph.used].filter((id) => !digraph.declared.has(id)),
    [],
  )
  return graph
}

describe('the corpus', () => {
  for (const name of readdirSync(new URL('../../corpus/network', import.meta.url))) {
    it(name, () => {
      const documents = { ...noDocuments, ...corpusDocuments(name.replace('.json', '')) }
      const input: NetworkInput = { documents, region: REGION, notes: [] }
      const graph = checkAll((format) => graphVpc(input, undefined, format).text)
      const count = (kind: string): number => graph.nodes.filter((node) => node.kind === kind).length
      assert.equal(count('subnet'), documents.Subnets.length)
      assert.equal(count('route-table'), documents.RouteTables.length)
      for (const from of ['internet', ...documents.NetworkInterfaces.map((one) => one.NetworkInterfaceId!)]) {
        const options = {
          from,
          to: 'api.sagemaker.us-east-1.amazonaws.com',
          securityGroups: [],
          protocol: 'tcp',
        } as const
        const path = checkAll((format) => graphPath(input, { ...options, format }).text)
        const blocked = path.nodes.filter(({ state }) => state === 'blocked')
        assert.equal(graphPath(input, { ...options, format: 'json' }).code, blocked.length > 0 ? 2 : 0)
      }
    })
  }
})

const SOME_TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"]; end',
    '--> n1',
    ']]>',
    '&amp;',
    '\\',
    '\\"',
    '#quot;',
    '</svg>',
    '%%{init}%%',
    'W'.repeat(300),
  ),
)

/** Networks of any size whose names are anyone's. */
const NETWORKS = fc
  .record({
    zones: fc.integer({ min: 0, max: 6 }),
    subnets: fc.integer({ min: 0, max: 5 }),
    interfaces: fc.integer({ min: 0, max: 12 }),
    gateways: fc.integer({ min: 0, max: 5 }),
    names: fc.array(SOME_TEXT, { minLength: 1, maxLength: 8 }),
  })
  .map(({ zones, subnets, interfaces, gateways, names }): NetworkDocuments => {
    let asked = 0
    const name = (): string => names[asked++ % names.length]!
    const Tags = (): { Key: string; Value: string }[] => [{ Key: 'Name', Value: name() }]
    const places = Array.from({ length: zones * subnets }, (_, at) => ({ at, zone: at % zones }))
    const VpcId = 'vpc-0'
    return {
      ...noDocuments,
      Vpcs: [{ VpcId, CidrBlock: '10.0.0.0/8', Tags: Tags() }],
      Subnets: places.map(({ at, zone }) => ({
        SubnetId: `subnet-${at}`,
        VpcId,
        CidrBlock: `10.${zone}.${at}.0/24`,
        AvailabilityZone: `${REGION}${'abcdef'[zone]}`,
        Tags: Tags(),
      })),
      NetworkInterfaces: places.flatMap(({ at }) =>
        Array.from({ length: interfaces }, (_, n) => ({
          NetworkInterfaceId: `eni-${at}-${n}`,
          VpcId,
          SubnetId: `subnet-${at}`,
          PrivateIpAddress: `10.0.${at}.${n + 4}`,
          TagSet: n % 2 ? Tags() : [],
          Groups: Array.from({ length: n % 5 }, (_, g) => ({ GroupId: `sg-${g}`, GroupName: name() })),
        })),
      ),
      RouteTables: places.map(({ at }) => ({
        RouteTableId: `rtb-${at}`,
        VpcId,
        Associations: [{ SubnetId: `subnet-${at}` }],
        Tags: Tags(),
        Routes: Array.from({ length: at % 11 }, (_, n) => ({
          DestinationCidrBlock: n === 0 ? '0.0.0.0/0' : `172.16.${n}.0/24`,
          ...(n % 3 === 0
            ? { GatewayId: 'igw-0' }
            : n % 3 === 1
              ? { TransitGatewayId: name() }
              : { GatewayId: `pcx-${n}` }),
          State: n % 4 === 3 ? 'blackhole' : 'active',
        })),
      })),
      InternetGateways: [{ InternetGatewayId: 'igw-0', Attachments: [{ VpcId }], Tags: Tags() }],
      VpcPeeringConnections: Array.from({ length: gateways }, (_, n) => ({
        VpcPeeringConnectionId: `pcx-${n}`,
        RequesterVpcInfo: { VpcId },
        AccepterVpcInfo: { VpcId: `vpc-${n}1`, CidrBlock: name() },
        Tags: Tags(),
      })),
      VpcEndpoints: Array.from({ length: gateways }, (_, n) => ({
        VpcEndpointId: `vpce-${n}`,
        VpcEndpointType: n % 2 ? 'Gateway' : 'Interface',
        VpcId,
        ServiceName: n ? name() : 'com.amazonaws.us-east-1.s3',
        SubnetIds: places.slice(0, n).map(({ at }) => `subnet-${at}`),
      })),
    }
  })

describe('any network', () => {
  it('is drawn well formed, with all of its text inside and none over another', () => {
    fc.assert(
      fc.property(NETWORKS, (documents) => {
        const input: NetworkInput = { documents, region: REGION, notes: [] }
        checkAll((format) => graphVpc(input, undefined, format).text)
      }),
      { numRuns: 60 },
    )
  })

  it('is drawn the same twice', () => {
    fc.assert(
      fc.property(NETWORKS, (documents) => {
        const input: NetworkInput = { documents, region: REGION, notes: [] }
        assert.equal(graphVpc(input, 'vpc-0', 'svg').text, graphVpc(structuredClone(input), 'vpc-0', 'svg').text)
      }),
      { numRuns: 10 },
    )
  })

  it('loses nothing without a number when it is collapsed', () => {
    fc.assert(
      fc.property(NETWORKS, (documents) => {
        const whole = vpcGraph(documents, REGION)
        const small = collapse(whole)
        checkGraph(small)
        const leaves = (graph: Graph): number =>
          graph.nodes
            .filter(
              ({ kind, parent }) =>
                /^(interface|endpoint|nat-gateway)$/.test(kind) || (kind === 'more' && parent?.startsWith('subnet-')),
            )
            .reduce((sum, { count }) => sum + (count ?? 1), 0)
        assert.equal(leaves(small), leaves(whole))
        const tables = (graph: Graph): number =>
          graph.nodes.filter(({ kind }) => kind === 'route-table').reduce((sum, { count }) => sum + (count ?? 1), 0)
        assert.equal(tables(small), tables(whole))
        const uses = (graph: Graph): number =>
          new Set(graph.edges.filter(({ kind }) => kind === 'uses').map(({ from }) => from)).size
        assert.equal(uses(small), uses(whole))
      }),
      { numRuns: 60 },
    )
  })

  it('of hundreds of interfaces and subnets stays small', () => {
    const big = fc.sample(NETWORKS, { numRuns: 1, seed: 1 })[0]!
    const Subnets = Array.from({ length: 180 }, (_, at) => ({
      SubnetId: `subnet-${at}`,
      VpcId: 'vpc-0',
      CidrBlock: `10.${at}.0.0/16`,
      AvailabilityZone: `${REGION}${'abcdef'[at % 6]}`,
    }))
    const NetworkInterfaces = Array.from({ length: 3600 }, (_, at) => ({
      NetworkInterfaceId: `eni-${at}`,
      SubnetId: `subnet-${at % 180}`,
      PrivateIpAddress: `10.${at % 180}.1.${at % 250}`,
      Groups: [{ GroupId: `sg-${at % 7}` }],
    }))
    const input = { documents: { ...big, Subnets, NetworkInterfaces }, region: REGION, notes: [] }
    const svg = graphVpc(input, 'vpc-0', 'svg').text
    checkSvg(svg)
    assert.ok(readSvg(svg).height < 2500, String(readSvg(svg).height))
    assert.match(svg, />19 more subnets</)
  })
})

describe('text', () => {
  it('fits, and is whole where there is room', () => {
    fc.assert(
      fc.property(
        SOME_TEXT,
        fc.integer({ min: 12, max: 400 }),
        fc.boolean(),
        fc.boolean(),
        (text, width, mono, bold) => {
          const font = { size: 10, mono, bold }
          const shown = fit(text, width, font)
          assert.ok(widthOf(shown, font) <= width || shown === '…')
          if (widthOf(text, font) <= width) assert.equal(shown, text)
        },
      ),
    )
  })

  it('wraps into lines that fit and hold every character but the spaces between them', () => {
    const font = { size: 10 }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 40, max: 400 }), (text, width) => {
        const lines = wrap(text, width, font)
        for (const line of lines) assert.ok(widthOf(line, font) <= width)
        assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''))
      }),
    )
    assert.deepEqual(wrap('api.sagemaker.us-east-1.amazonaws.com', 120, font), [
      'api.sagemaker.us-east-1.',
      'amazonaws.com',
    ])
  })
})

describe('the pictures of examples', () => {
  it('are those in docs', async () => {
    const { PICTURES, draw } = await import('./graph-pictures.ts')
    const folder = new URL('../../docs/pictures/', import.meta.url)
    const names = readdirSync(folder).sort()
    assert.deepEqual(names, Object.keys(PICTURES).sort())
    for (const name of names) {
      const svg = await draw(name)
      assert.equal(readFileSync(new URL(name, folder), 'utf8'), svg, name)
      checkSvg(svg)
    }
  })
})

it('src/network-picture is pure', () => {
  const folder = resolve(import.meta.dirname, '../../src/network-picture')
  for (const name of readdirSync(folder)) {
    const text = readFileSync(resolve(folder, name), 'utf8')
    for (const [, type, from] of text.matchAll(/^import (type )?[^;]*?from '([^']+)'/gms)) {
      const inside = !relative(folder, resolve(dirname(resolve(folder, name)), from!)).startsWith('..')
      assert.ok(type !== undefined || (from!.startsWith('.') && inside), `${name}: ${from}`)
    }
    assert.doesNotMatch(text, /\b(?:Date\.now|new Date\(|Math\.random|process\.|setTimeout|fetch\()/, name)
  }
})
