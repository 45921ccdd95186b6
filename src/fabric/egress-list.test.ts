import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseIp } from '../network/addresses.ts'
import { EgressError, isGuarded, opensAddress, parseEgress, portsOfName } from './egress-list.ts'

const host = ['192.0.2.2', '203.0.113.7'].map((text) => parseIp(text)!)
const list = (...texts: string[]) => texts.map(parseEgress)

describe('an allow-list of the internet', () => {
  const names: [entries: string[], name: string, ports: number[]][] = [
    [['pypi.org'], 'pypi.org', [80, 443, 8443]],
    [['pypi.org'], 'files.pypi.org', []],
    [['PyPI.org.'], 'pypi.org', [80, 443, 8443]],
    [['*.pypi.org'], 'a.b.pypi.org', [80, 443, 8443]],
    [['*.pypi.org'], 'pypi.org', []],
    [['*.pypi.org'], 'notpypi.org', []],
    [['pypi.org:5432', 'pypi.org:443'], 'pypi.org', [5432, 443]],
    [['*.aws.example'], 'x\0.aws.example', []],
    [['203.0.113.0/24'], 'pypi.org', []],
  ]
  for (const [entries, name, ports] of names)
    it(`${entries.join(' ')}: ${JSON.stringify(name)} is open at ${ports.join() || 'nothing'}`, () =>
      assert.deepEqual(portsOfName(list(...entries), name), ports))

  const addresses: [entries: string[], address: string, port: number, open: boolean][] = [
    [['198.51.100.7'], '198.51.100.7', 443, true],
    [['198.51.100.7'], '198.51.100.7', 5432, false],
    [['198.51.100.7:5432'], '198.51.100.7', 5432, true],
    [['198.51.100.7:5432'], '198.51.100.7', 443, false],
    [['198.51.100.0/24:5432'], '198.51.100.200', 5432, true],
    [['2600:1f00::/24:5432'], '2600:1f00::1', 5432, true],
    [['2600:1f00::/24'], '2600:1f00::1', 443, true],
    [['0.0.0.0/0'], '8.8.8.8', 443, true],
    [['0.0.0.0/0'], '127.0.0.1', 443, false],
    [['0.0.0.0/0'], '169.254.169.254', 80, false],
    [['0.0.0.0/0'], '192.168.1.1', 443, false],
    [['192.0.0.0/8'], '192.168.1.1', 443, false],
    [['192.168.1.0/24'], '192.168.1.1', 443, true],
    [['0.0.0.0/0'], '192.0.2.2', 443, false],
    [['192.0.2.0/24'], '192.0.2.2', 443, false],
    [['192.0.2.0/24'], '192.0.2.3', 443, true],
    [['192.0.2.2/32'], '192.0.2.2', 443, true],
    [['::/0'], '::1', 443, false],
    [['::/0'], '::ffff:10.0.0.1', 443, false],
    [['::/0'], '64:ff9b::7f00:1', 443, false],
    [['::/0'], 'fe80::1', 443, false],
    [['0.0.0.0/0'], '2600::1', 443, false],
  ]
  for (const [entries, address, port, open] of addresses)
    it(`${entries.join(' ')}: ${address} ${port} is ${open ? 'open' : 'closed'}`, () =>
      assert.equal(opensAddress(list(...entries), host, address, port), open))

  it("guards private addresses and the host's own against names", () => {
    const guardedBy = (entries: string[], text: string) => isGuarded(list(...entries), host, parseIp(text)!)
    assert.equal(guardedBy(['pypi.org'], '10.0.0.1'), true)
    assert.equal(guardedBy(['pypi.org'], '203.0.113.7'), true)
    assert.equal(guardedBy(['pypi.org', '0.0.0.0/0'], '10.0.0.1'), true)
    assert.equal(guardedBy(['pypi.org', '10.0.0.0/24'], '10.0.0.1'), false)
    assert.equal(guardedBy(['pypi.org'], '198.51.100.7'), false)
  })

  const wrong = [
    '',
    '*',
    'localhost',
    'https://pypi.org',
    'pypi.org:0',
    'pypi.org:65536',
    'pypi.org:53',
    '10.0.0',
    '10.0.0.0/33',
    '2600::1',
    'a..b',
    's3.amazonaws.com',
    '*.amazonaws.com',
    '*.example.*',
  ]
  for (const text of wrong)
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseEgress(text), EgressError))
})
