import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinServiceNetwork, type ServiceHosts } from '../../src/fabric/service-network.ts'
import type { World } from '../../src/world.ts'

/** The networks belong to a server, of which they ask nothing. */
const world = {} as World
const join = (region: string, kind: 'platform' | 'peers', count = 1) => joinServiceNetwork(world, region, kind, count)

function connect({ places: [place] }: ServiceHosts, host: string, port = 443) {
  const from = { kind: 'interface', networkInterfaceId: place!.networkInterfaceId } as const
  return place!.own!.network().connect(from, host, port)
}

describe("SageMaker's own network", () => {
  const pair = join('us-east-1', 'platform', 2)
  const other = join('us-east-1', 'platform')
  const abroad = join('eu-west-1', 'platform')
  const apart = join('us-east-1', 'peers', 2)

  test('no two places share a name, wherever they are', () => {
    const all = [pair, other, abroad, apart].flatMap(({ places }) => places.map((one) => one.networkInterfaceId))
    assert.equal(new Set(all).size, 6)
  })

  test("leads to AWS by the internet, from an address of the platform's", () => {
    const { verdict, way, context } = connect(pair, 'sts.us-east-1.amazonaws.com')
    assert.deepEqual([verdict, way?.via], ['allowed', 'internet-gateway'])
    assert.deepEqual(context, { 'aws:sourceip': way!.sourceIp })
    const { networkInterfaceId, own } = pair.places[0]!
    const dialled = { address: '54.239.0.5', port: 443 }
    assert.deepEqual(own!.origin!(networkInterfaceId, dialled), { kind: 'internet', ip: way!.sourceIp, dialled })
  })

  test('hosts of a job reach each other, and no other job', () => {
    assert.equal(connect(pair, pair.addresses[1]!, 7000).blockers.length, 0)
    assert.equal(connect(pair, other.addresses[0]!, 7000).verdict, 'timeout')
    assert.equal(connect(other, pair.addresses[0]!, 7000).verdict, 'timeout')
  })

  test('isolated hosts reach each other and nothing else', () => {
    assert.equal(connect(apart, apart.addresses[1]!, 7000).blockers.length, 0)
    assert.notEqual(connect(apart, '54.239.0.5').verdict, 'allowed')
    assert.equal(connect(apart, 'sts.us-east-1.amazonaws.com').verdict, 'noanswer')
    assert.equal(apart.places[0]!.own!.silent, true)
  })

  test('who leaves is gone', () => {
    const known = () => pair.places[0]!.own!.network().documents.NetworkInterfaces.length
    const before = known()
    const guests = join('us-east-1', 'platform', 2)
    assert.equal(known(), before + 2)
    guests.leave()
    assert.equal(known(), before)
  })

  test('places of one host are had by one job after the other, and the network stays the same', () => {
    const network = () => other.places[0]!.own!.network()
    const before = network()
    const first = join('us-east-1', 'platform')
    first.leave()
    const second = join('us-east-1', 'platform')
    assert.notEqual(second.addresses[0], first.addresses[0])
    second.leave()
    assert.equal(network(), before)
    const many = Array.from({ length: 40 }, () => join('us-east-1', 'platform'))
    assert.equal(new Set(many.map(({ addresses }) => addresses[0])).size, 40)
    for (const one of [...many, ...many]) one.leave()
    const again = Array.from({ length: 50 }, () => join('us-east-1', 'platform'))
    assert.equal(new Set(again.map(({ addresses }) => addresses[0])).size, 50)
  })
})
