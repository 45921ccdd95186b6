/**
 * The VPC made real: interfaces up and down, edits until they are enforced, and requests through the fabric beside the same
 * server's loopback in one run. Needs iproute2, nftables and wrk.
 *   node bench/fabric.ts [--seconds 4] [--rounds 6]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { httpServer } from '../src/door/listen.ts'
import { fabricOf, type Attachment } from '../src/fabric/fabric.ts'
import { authorityOf } from '../src/fabric/parts.ts'
import { probeFabric } from '../src/fabric/probe.ts'
import { tlsOptions } from '../src/fabric/tls.ts'
import { publicAddressOf } from '../src/network/services.ts'
import { startTestServer } from '../test/support/server.ts'
import { buildEstate } from '../test/fabric/estate.ts'
import { signedMessage } from './requests.ts'
import { machine, median, node, spawn } from './support.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '6' } },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const INTERFACES = 50
const EDITS = 20
const CONNECTIONS = 32

const { available, mode, missing } = await probeFabric()
if (!available) throw new Error(missing.join(' '))
const server = await startTestServer()
const estate = await buildEstate(server)
const { account, region, world } = server
const sts = await estate.endpoint('sts')
const attach = (networkInterfaceId: string) => fabricOf(world).attach({ account, region, networkInterfaceId })
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))

const own = await estate.networkInterface()
const startedAt = performance.now()
const program = await attach(own.id)
const firstMs = performance.now() - startedAt

const { up, down } = await interfaces()
const { acl, group } = await edits(program)
const loads = await requests(program)
await program.detach()
await server.close()
rmSync(folder, { recursive: true })
report()

/** One after the other, while another interface runs in the VPC. */
async function interfaces(): Promise<{ up: number[]; down: number[] }> {
  const took = { up: [] as number[], down: [] as number[] }
  const ids: string[] = []
  for (let count = 0; count < INTERFACES; count++) ids.push((await estate.networkInterface()).id)
  for (const id of ids) {
    let from = performance.now()
    const one = await attach(id)
    took.up.push(performance.now() - from)
    from = performance.now()
    await one.detach()
    took.down.push(performance.now() - from)
  }
  return took
}

/** From the answer to an edit that opens the way until a connection arrives: a network ACL's entry goes, a group's rule comes. */
async function edits(at: Attachment): Promise<{ acl: number[]; group: number[] }> {
  const entry = { NetworkAclId: estate.acl, RuleNumber: 10, Egress: true }
  const deny = { ...entry, Protocol: '-1', RuleAction: 'deny', CidrBlock: '10.0.2.0/24' }
  const rule = {
    GroupId: estate.group,
    IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: estate.group }] }],
  }
  const other = await estate.endpoint('logs', { SubnetIds: [estate.otherSubnet] })
  const opening = async (close: () => Promise<unknown>, open: () => Promise<unknown>): Promise<number> => {
    await close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const [tool, ...args] = [...at.enter, node, 'bench/fabric-probe.ts', other.address, '443']
    const probe = spawn(tool, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: probe.stdout! })[Symbol.asyncIterator]()
    await lines.next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await open()
    const answered = performance.timeOrigin + performance.now()
    return Number((await lines.next()).value) - answered
  }
  const took = { acl: [] as number[], group: [] as number[] }
  for (let count = 0; count < EDITS; count++) {
    took.acl.push(
      await opening(
        () => estate.ec2('CreateNetworkAclEntry', deny),
        () => estate.ec2('DeleteNetworkAclEntry', entry),
      ),
    )
    took.group.push(
      await opening(
        () => estate.ec2('RevokeSecurityGroupIngress', rule),
        () => estate.ec2('AuthorizeSecurityGroupIngress', rule),
      ),
    )
  }
  return took
}

interface Load {
  name: string
  fabric: number[]
  loopback: number[]
}

/** wrk in the VPC's namespace and out of it, in turn, at the same server. */
async function requests(at: Attachment): Promise<Load[]> {
  const loopback = httpServer(
    world,
    () => ({ kind: 'internet', ip: '127.0.0.1' }),
    tlsOptions(authorityOf(world), ['127.0.0.1']),
  )
  await new Promise<void>((resolve) => loopback.listen(0, '127.0.0.1', resolve))
  const securely = `https://127.0.0.1:${(loopback.address() as AddressInfo).port}`
  const { accessKeyId, secretAccessKey } = server.admin
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region }
  const script = join(folder, 'signed.lua')
  writeFileSync(
    script,
    `request = function() return ${JSON.stringify(signedMessage('https://sts.us-east-1.amazonaws.com', keys, 'sts', 'GetCallerIdentity', {}))} end\n`,
  )
  await estate.ec2('CreateVpcEndpoint', {
    VpcId: estate.vpc,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [estate.routeTable],
  })
  const publicS3 = publicAddressOf(region, 's3')
  const cases = [
    { name: 'HTTP, health line', fabric: `http://${publicS3}/_health`, loopback: `${server.url}/_health` },
    { name: 'HTTPS, health line', fabric: `https://${sts.address}/_health`, loopback: `${securely}/_health` },
    { name: 'HTTPS, GetCallerIdentity', fabric: `https://${sts.address}/`, loopback: `${securely}/`, script },
  ]
  for (const { fabric, loopback, script: signed } of cases) {
    await wrk(at.enter, fabric, signed)
    await wrk([], loopback, signed)
  }
  const loads = cases.map(({ name }): Load => ({ name, fabric: [], loopback: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, one] of cases.entries()) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${one.name}\n`)
      const sides = [
        async () => loads[index]!.fabric.push(await wrk(at.enter, one.fabric, one.script)),
        async () => loads[index]!.loopback.push(await wrk([], one.loopback, one.script)),
      ]
      // Who comes second finds a warmer server: so each comes first in every other round.
      for (const side of round % 2 ? sides : sides.toReversed()) await side()
    }
  }
  loopback.closeAllConnections()
  loopback.close()
  return loads
}

function wrk(enter: readonly string[], url: string, script?: string): Promise<number> {
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, ...(script ? ['-s', script] : [])]
  const [tool, ...args] = [...enter, 'wrk', ...options, url]
  const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      const perSecond = /Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]
      if (!perSecond || /Non-2xx|Socket errors/.test(text)) reject(new Error(`wrk at ${url}: ${text}`))
      else resolve(Number(perSecond))
    })
  })
}

function report(): void {
  const at = (list: readonly number[], share: number) =>
    list.toSorted((a, b) => a - b)[Math.floor(list.length * share)]!
  const row = (name: string, list: readonly number[]) =>
    `| ${name} | ${at(list, 0.5).toFixed(1)} | ${at(list, 0.95).toFixed(1)} | ${list.length} |`
  const kernel = execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim()
  const text = [
    '# The fabric',
    '',
    `\`node bench/fabric.ts --seconds ${seconds} --rounds ${rounds}\` as ${mode} on ${machine()}, Linux ${kernel}; wrk shares the machine.`,
    '',
    '| ms | p50 | p95 | times |',
    '|---|---:|---:|---:|',
    `| a VPC with its first interface up | ${firstMs.toFixed(1)} | | 1 |`,
    row('an interface up', up),
    row('an interface down', down),
    row("a network ACL's entry deleted → a connection arrives", acl),
    row("a group's rule added → a connection arrives", group),
    '',
    `Requests a second, ${CONNECTIONS} connections, medians of ${rounds} rounds in turn:`,
    '',
    '| | fabric | loopback | fabric of loopback |',
    '|---|---:|---:|---:|',
    ...loads.map(({ name, fabric, loopback }) => {
      const [inside, outside] = [median(fabric), median(loopback)]
      return `| ${name} | ${Math.round(inside)} | ${Math.round(outside)} | ${(inside / outside).toFixed(3)} |`
    }),
    '',
  ].join('\n')
  process.stdout.write(text)
  writeFileSync('bench/results/fabric.md', text)
}
