/** What `trace` says of the real internet, against what a program in the VPC meets there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Attachment } from '../../src/fabric/fabric.ts'
import type { Outside } from '../../src/fabric/outside.ts'
import { root, run as runCommand } from '../clients/command.ts'
import { openLab, run, type Lab } from './lab.ts'

const lookup = `const d=require('node:dns');d.setServers(['10.0.0.2']);const h=process.argv[1];/^[\\d.]+$/.test(h)?console.log(h):d.resolve4(h,(e,a)=>console.log(e?e.code:a[0]))`
const NAMED = '198.51.100.7'
const names: Record<string, string[]> = { 'allowed.example': [NAMED], 'private.example': ['10.20.30.40'] }
const LISTED = '203.0.113.20'

const cases: { to: string; verdict: string; codes?: string[] }[] = [
  { to: 'allowed.example:443', verdict: 'allowed' },
  { to: 'allowed.example:22', verdict: 'timeout', codes: ['SP_EGRESS_NOT_ALLOWED'] },
  { to: 'closed.example:443', verdict: 'nxdomain', codes: ['SP_EGRESS_NOT_ALLOWED'] },
  { to: 'private.example:443', verdict: 'nxdomain', codes: ['SP_EGRESS_NOT_ALLOWED'] },
  { to: `${LISTED}:5432`, verdict: 'allowed' },
  { to: `${LISTED}:443`, verdict: 'timeout', codes: ['SP_EGRESS_NOT_ALLOWED'] },
  { to: '203.0.114.1:5432', verdict: 'timeout', codes: ['SP_EGRESS_NOT_ALLOWED'] },
  { to: 'sts.us-east-1.amazonaws.com:443', verdict: 'allowed' },
  { to: 'nothing.us-east-1.amazonaws.com:443', verdict: 'nxdomain', codes: ['SP_DNS_NXDOMAIN'] },
]

describe('trace, of the real internet', () => {
  let lab: Lab
  let internet: Server
  let open: { id: string; at: Attachment }
  let closed: string

  const outside: Outside = {
    resolve: (name, family) =>
      family === 4 && names[name]
        ? Promise.resolve(names[name].map((address) => ({ address, ttl: 30 })))
        : Promise.reject(new Error('none')),
    connect: () => connect({ host: '127.0.0.1', port: (internet.address() as AddressInfo).port, allowHalfOpen: true }),
    own: () => [],
  }

  before(async () => {
    internet = createServer((socket) => socket.on('error', () => {}))
    internet.listen(0, '127.0.0.1')
    await once(internet, 'listening')
    lab = await openLab({ egressAllow: ['allowed.example', 'private.example', '203.0.113.0/24:5432'] }, outside)
    const { ec2, vpc, routeTable } = lab.estate
    const { InternetGatewayId } = (await ec2('CreateInternetGateway', {})).InternetGateway
    await ec2('AttachInternetGateway', { InternetGatewayId, VpcId: vpc })
    await ec2('CreateRoute', {
      RouteTableId: routeTable,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: InternetGatewayId,
    })
    const { GroupId } = await ec2('CreateSecurityGroup', { VpcId: vpc, GroupName: 'closed', Description: 'x' })
    await ec2('RevokeSecurityGroupEgress', {
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })
    const withAddress = async (groups?: string[]) => {
      const { id } = await lab.estate.networkInterface(groups)
      const { AllocationId } = await ec2('AllocateAddress', { Domain: 'vpc' })
      await ec2('AssociateAddress', { AllocationId, NetworkInterfaceId: id })
      return id
    }
    const id = await withAddress()
    open = { id, at: await lab.attach(id) }
    closed = await withAddress([GroupId])
  })
  after(async () => {
    await lab.close()
    internet.close()
  })

  async function trace(from: string, to: string, ...more: string[]) {
    const { admin, url } = lab.server
    const { stdout, stderr } = await runCommand(
      [`${root}/sallyport`, 'trace', '--from', from, '--to', to, '--format', 'json', ...more],
      {
        AWS_ACCESS_KEY_ID: admin.accessKeyId,
        AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: url,
      },
    )
    assert.equal(stderr, '')
    const { verdict, blockers, hops, fixes } = JSON.parse(stdout)
    return { verdict, codes: blockers.map(({ code }: { code: string }) => code), hops, fixes }
  }

  /** By the VPC's own resolver, then at the address. */
  async function meet(host: string, port: number): Promise<string> {
    const { stdout } = await run(open.at.enter, [process.execPath, '-e', lookup, host])
    return stdout.trim() === 'ENOTFOUND' ? 'ENOTFOUND' : lab.dial(open.at, stdout.trim(), port)
  }

  const seen: Record<string, string> = { allowed: 'connected', timeout: 'timeout', nxdomain: 'ENOTFOUND' }

  for (const { to, verdict, codes = [] } of cases)
    it(`says ${verdict} of ${to}, as the program sees it`, async () => {
      const told = await trace(open.id, to)
      assert.deepEqual({ verdict: told.verdict, codes: told.codes }, { verdict, codes })
      const [host = '', port] = to.split(':')
      assert.equal(await meet(host, Number(port)), seen[verdict])
    })

  it("names the list after all of the VPC's own hops, and knows of no call that opens it", async () => {
    const { codes, hops, fixes } = await trace(closed, `${LISTED}:443`)
    assert.deepEqual(codes, ['SG_HAS_NO_RULES', 'SP_EGRESS_NOT_ALLOWED'])
    const kinds = hops.map(({ kind }: { kind: string }) => kind)
    assert.ok(kinds.indexOf('internet') > kinds.indexOf('internet-gateway'))
    assert.deepEqual(fixes, [])
  })

  it('opens TCP alone', async () => {
    const { verdict, codes } = await trace(open.id, `${LISTED}:5432`, '--protocol', 'udp')
    assert.deepEqual({ verdict, codes }, { verdict: 'timeout', codes: ['SP_EGRESS_NOT_ALLOWED'] })
  })
})
