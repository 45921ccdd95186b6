/** Programs on premises: who may be put where, and what they can do to others from there. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Attachment } from '../../src/fabric/fabric.ts'
import { fabricOf } from '../../src/fabric/fabric.ts'
import { CORPORATE_DNS } from '../../src/fabric/premises.ts'
import { hostOnPremises } from '../../src/network/on-premises.ts'
import { root, run as runCommand, type Environment } from '../clients/command.ts'
import { call } from '../support/call.ts'
import { openLab, run, type Lab } from './lab.ts'

const lookup = `const d=require('node:dns');const r=new d.Resolver({timeout:700,tries:1});r.setServers([process.argv[1]]);r.resolve4(process.argv[2],(e,a)=>console.log(e?e.code:a.join()))`
const ask = async (from: Attachment, server: string, name: string) =>
  (await run(from.enter, [process.execPath, '-e', lookup, server, name])).stdout.trim()

it('calls hosts by gateway and address', () => {
  assert.deepEqual(hostOnPremises('vpn-0a:192.168.1.7'), { gatewayId: 'vpn-0a', ip: '192.168.1.7' })
  assert.deepEqual(hostOnPremises('vgw-0a:2001:db8::7'), { gatewayId: 'vgw-0a', ip: '2001:db8::7' })
  for (const id of ['eni-0a', 'vpn-0a', 'vpc-0a:192.168.1.7', 'vpce-0a:192.168.1.7'])
    assert.equal(hostOnPremises(id), undefined)
})

describe('a program on premises', () => {
  let lab: Lab
  let env: Environment
  let vpn: string
  let gateway: string
  let office: Attachment
  let inside: Attachment
  let endpoint: { id: string; address: string }

  before(async () => {
    lab = await openLab()
    const { ec2, vpc, routeTable, group } = lab.estate
    endpoint = await lab.estate.endpoint('sts')
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: group,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '192.168.0.0/16' }] }],
    })
    gateway = (await ec2('CreateVpnGateway', { Type: 'ipsec.1' })).VpnGateway.VpnGatewayId
    await ec2('AttachVpnGateway', { VpnGatewayId: gateway, VpcId: vpc })
    const { CustomerGateway } = await ec2('CreateCustomerGateway', {
      Type: 'ipsec.1',
      PublicIp: '203.0.113.10',
      BgpAsn: 65_000,
    })
    const { VpnConnection } = await ec2('CreateVpnConnection', {
      Type: 'ipsec.1',
      CustomerGatewayId: CustomerGateway.CustomerGatewayId,
      VpnGatewayId: gateway,
      Options: { StaticRoutesOnly: true },
    })
    vpn = VpnConnection.VpnConnectionId
    await ec2('CreateVpnConnectionRoute', { VpnConnectionId: vpn, DestinationCidrBlock: '192.168.0.0/16' })
    await ec2('EnableVgwRoutePropagation', { GatewayId: gateway, RouteTableId: routeTable })
    office = await lab.attach(`${vpn}:192.168.1.7`)
    inside = await lab.attach((await lab.estate.networkInterface()).id)
    const { admin, url } = lab.server
    env = {
      AWS_ACCESS_KEY_ID: admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: url,
      HOME: process.env['HOME'] ?? '/',
    }
  })
  after(() => lab.close())

  const exec = (...args: string[]) => runCommand([`${root}/sallyport`, 'exec', ...args, '--', 'hostname'], env)

  it('reaches an endpoint, by the name that resolves anywhere', async () => {
    const { VpcEndpoints } = await lab.estate.ec2('DescribeVpcEndpoints', { VpcEndpointIds: [endpoint.id] })
    assert.equal(await ask(office, CORPORATE_DNS[4], VpcEndpoints[0].DnsEntries[0].DnsName), endpoint.address)
    assert.equal(await lab.dial(office, endpoint.address, 443), 'connected')
    assert.equal(await lab.dial(office, endpoint.address, 80), 'timeout')
  })

  it('knows the public address of the private name, and no name of the VPC', async () => {
    const address = await ask(office, CORPORATE_DNS[4], 'sts.us-east-1.amazonaws.com')
    assert.match(address, /^54\.239\./)
    assert.equal(await ask(inside, '10.0.0.2', 'sts.us-east-1.amazonaws.com'), endpoint.address)
    assert.equal(await ask(office, CORPORATE_DNS[4], 'ip-10-0-1-10.ec2.internal'), 'ENOTFOUND')
    assert.equal(await lab.dial(office, address, 443), 'timeout')
  })

  it('has no hypervisor: neither resolver nor metadata', async () => {
    for (const server of ['10.0.0.2', '169.254.169.253']) {
      assert.match(await ask(office, server, 'sts.us-east-1.amazonaws.com'), /TIMEOUT/)
      assert.equal(await lab.dial(office, server, 53, 700), 'timeout')
    }
    for (const address of ['169.254.169.254', '169.254.170.2'])
      assert.equal(await lab.dial(office, address, 80, 700), 'timeout')
  })

  it('keeps its DNS server to itself', async () => {
    assert.match(await ask(inside, CORPORATE_DNS[4], 'sts.us-east-1.amazonaws.com'), /TIMEOUT/)
    assert.equal(await lab.dial(inside, CORPORATE_DNS[4], 53, 700), 'timeout')
  })

  it('is cut off as soon as the tunnel has no route to it', async () => {
    const { ec2 } = lab.estate
    await ec2('DeleteVpnConnectionRoute', { VpnConnectionId: vpn, DestinationCidrBlock: '192.168.0.0/16' })
    await new Promise((resolve) => setTimeout(resolve, 400))
    assert.equal(await lab.dial(office, endpoint.address, 443, 700), 'timeout')
    await ec2('CreateVpnConnectionRoute', { VpnConnectionId: vpn, DestinationCidrBlock: '192.168.0.0/16' })
    await new Promise((resolve) => setTimeout(resolve, 400))
    assert.equal(await lab.dial(office, endpoint.address, 443), 'connected')
  })

  it('has an address of its own there', async () => {
    const place = {
      account: lab.server.account,
      region: lab.server.region,
      networkInterfaceId: `${gateway}:192.168.1.7`,
    }
    await assert.rejects(fabricOf(lab.server.world).attach(place), /192\.168\.1\.7 is in use already/)
    const { code, stdout, stderr } = await exec('--from', `${vpn}:192.168.1.8`)
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'host-192-168-1-8\n', stderr: '' })
  })

  const refusals: [string, () => string[], number, RegExp][] = [
    ['an address of the VPC', () => ['--from', `${vpn}:10.0.1.9`], 1, /10\.0\.1\.9 is an address of vpc-/],
    ['no address', () => ['--from', `${vpn}:office`], 1, /is no host on premises/],
    [
      'a connection that is not there',
      () => ['--from', 'vpn-0123456789abcdef0:192.168.1.8'],
      1,
      /vpnConnection ID 'vpn-0123456789abcdef0' does not exist/,
    ],
    ['an interface', () => ['--from', 'eni-0123456789abcdef0'], 1, /is no host on premises/],
    [
      'two places',
      () => ['--from', `${vpn}:192.168.1.8`, '--subnet', lab.estate.subnet],
      64,
      /either --subnet or --from/,
    ],
    ['none', () => [], 64, /either --subnet or --from/],
    ['groups', () => ['--from', `${vpn}:192.168.1.8`, '--security-group', lab.estate.group], 64, /has neither/],
  ]
  for (const [what, args, code, says] of refusals)
    it(`is refused: ${what}`, async () => {
      const outcome = await exec(...args())
      assert.equal(outcome.code, code, outcome.stderr)
      assert.match(outcome.stderr, says)
    })

  it('is for who may see the gateway', async () => {
    const { admin, url } = lab.server
    await call(url, admin, 'iam', 'CreateUser', { UserName: 'guest' })
    const { AccessKey } = await call(url, admin, 'iam', 'CreateAccessKey', { UserName: 'guest' })
    const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    const start = () =>
      call(url, keys, 'sallyport', 'StartProgram', { HostOnPremises: `${vpn}:192.168.1.9`, ProcessId: process.pid })
    await assert.rejects(start(), /ec2:DescribeVpnConnections/)
    await call(url, admin, 'iam', 'PutUserPolicy', {
      UserName: 'guest',
      PolicyName: 'see',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'ec2:DescribeVpnConnections', Resource: '*' }],
      }),
    })
    const { NetworkInterfaceId } = await start()
    assert.equal(NetworkInterfaceId, `${vpn}:192.168.1.9`)
    await call(url, keys, 'sallyport', 'StopProgram', { NetworkInterfaceId })
    await assert.rejects(call(url, keys, 'sallyport', 'StopProgram', { NetworkInterfaceId }), /No program runs/)
  })
})
