/** `trace` reads a VPC by describe calls, page by page, and says what becomes of a connection. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { trace } from '../../src/cli/trace.ts'

type Documents = Record<string, unknown[]>

const MEMBERS: Record<string, string> = { DescribeManagedPrefixLists: 'PrefixLists' }

/** Answers describe calls from a corpus file, one document a page, the DNS attributes by their own call as EC2 does. */
function describer(
  file: string,
): (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>> {
  const path = new URL(`../../corpus/network/${file}.json`, import.meta.url)
  const { documents } = JSON.parse(readFileSync(path, 'utf8')) as { documents: Documents }
  return async (operation, input) => {
    if (operation === 'DescribeVpcAttribute') {
      const vpc = documents.Vpcs!.find((one) => (one as { VpcId: string }).VpcId === input.VpcId) as Record<
        string,
        boolean
      >
      const name = input.Attribute === 'enableDnsSupport' ? 'EnableDnsSupport' : 'EnableDnsHostnames'
      return { VpcId: input.VpcId, [name]: { Value: vpc[name] } }
    }
    const member = MEMBERS[operation] ?? operation.replace('Describe', '')
    const all = documents[member] ?? []
    const strip = ({ EnableDnsSupport: _s, EnableDnsHostnames: _h, ...rest }: Record<string, unknown>): unknown => rest
    const at = Number(input.NextToken ?? 0)
    return {
      [member]: all.slice(at, at + 1).map((one) => strip(one as Record<string, unknown>)),
      ...(at + 1 < all.length && { NextToken: String(at + 1) }),
    }
  }
}

async function run(file: string, from: string, to: string, format: 'pretty' | 'json' = 'json') {
  let printed = ''
  const code = await trace({
    from,
    to,
    securityGroups: ['sg-0job'],
    format,
    region: 'us-east-1',
    describe: describer(file),
    out: (text) => void (printed += text),
  })
  return { code, printed }
}

it('exits 0 when it arrives and tells by which way', async () => {
  const { code, printed } = await run(
    'interface-endpoint-with-private-dns',
    'eni-0job',
    'https://api.sagemaker.us-east-1.amazonaws.com',
  )
  assert.equal(code, 0)
  assert.equal((JSON.parse(printed) as { way: { via: string } }).way.via, 'interface-endpoint')
})

it('exits 2 when it is blocked and prints the call that opens it', async () => {
  const { code, printed } = await run(
    'enable-dns-support-off',
    'subnet-0b',
    'api.sagemaker.us-east-1.amazonaws.com',
    'pretty',
  )
  assert.equal(code, 2)
  assert.match(printed, /SP_DNS_RESOLVER_DISABLED/)
  assert.match(printed, /aws ec2 modify-vpc-attribute --vpc-id vpc-0main --enable-dns-support '\{"Value":true\}'/)
})

it('takes the internet for an origin and a port', async () => {
  const { code, printed } = await run('internet-client', 'internet', 'api.sagemaker.us-east-1.amazonaws.com:22')
  assert.equal(code, 2)
  assert.equal((JSON.parse(printed) as { verdict: string }).verdict, 'refused')
})

it('exits 64 on what it cannot read', async () => {
  for (const [from, to] of [
    ['vpc-0', 'x'],
    ['internet', 'x:99999'],
    ['internet', 'a b'],
  ]) {
    assert.equal((await run('internet-client', from!, to!)).code, 64)
  }
})
