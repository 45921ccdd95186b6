/** Real clients as a command line, and what each tells of how its call ended, in the words that scenarios use. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, type Outcome } from '../clients/command.ts'
import type { Observation, Seen } from './scenario.ts'

/** What a program told. */
export interface Told {
  /** As scenarios say it; what is none of it, as the program said it. */
  seen: Seen | { unknown: string }
  status?: number
  requestId?: string
  output?: string
}

export interface Program {
  argv: string[]
  tell: (outcome: Outcome) => Told
}

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))
const bin = (name: string) => join(root, '.venv/bin', name)
const node = [process.execPath, '--disable-warning=ExperimentalWarning']

/** Seconds until a client gives up: the model's silence has no end, but an answer that is sure to come may come late. */
const patienceFor = (sees: Observation['sees']) => (sees === 'timeout' ? '2' : '20')

export function programOf({
  sees,
  aws,
  sallyport,
  boto3,
  sdk,
  skopeo,
  curl,
  fetch,
  lookup,
  tcp,
  idle,
}: Observation): Program {
  const patience = patienceFor(sees)
  const env = ['env', `PATIENCE=${patience}`, 'AWS_MAX_ATTEMPTS=1']
  if (aws !== undefined)
    return { argv: [...env, bin('aws'), ...aws.split(' ').slice(1), ...awsPatience(patience)], tell: awsTold }
  if (sallyport !== undefined)
    return { argv: [join(root, 'sallyport'), ...sallyport.split(' ').slice(1)], tell: awsTold }
  if (boto3) return { argv: [...env, bin('python'), program('boto3-call.py'), ...words(boto3)], tell: selfTold }
  if (sdk) return { argv: [...env, ...node, program('sdk-call.ts'), ...words(sdk)], tell: selfTold }
  if (skopeo !== undefined)
    return { argv: [...node, program('skopeo.ts'), bin('aws'), ...skopeo.split(' ').slice(1)], tell: skopeoTold }
  if (fetch !== undefined) return { argv: [...env, ...node, program('fetch.ts'), fetch], tell: selfTold }
  if (curl !== undefined)
    return {
      argv: ['curl', '-sS', '--connect-timeout', patience, '-o', '/dev/null', '-w', '%{http_code}', curl],
      tell: curlTold,
    }
  if (lookup !== undefined) return { argv: ['getent', 'ahostsv4', lookup], tell: lookupTold }
  if (tcp !== undefined) return { argv: [...env, ...node, program('dial.ts'), ...tcp.split(':')], tell: selfTold }
  if (idle) return { argv: [...node, program('idle.ts'), ...idle.to.split(':'), String(idle.seconds)], tell: selfTold }
  throw new Error('an observation names no client')
}

const awsPatience = (seconds: string) =>
  `--cli-connect-timeout ${seconds} --cli-read-timeout 30 --output json`.split(' ')

const words = ([service, method, input = {}, ...more]: readonly [string, string, object?, string?]) => [
  service,
  method,
  JSON.stringify(input),
  ...more.filter((one) => one !== undefined),
]

function awsTold({ code, stdout, stderr }: Outcome): Told {
  if (code === 0) return { seen: 'answer', output: stdout }
  if (/Connect timeout on endpoint URL/.test(stderr)) return { seen: 'timeout' }
  if (/Could not connect to the endpoint URL/.test(stderr)) return { seen: 'could not connect' }
  const [, error = '', says = ''] =
    /An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)/s.exec(stderr) ?? []
  return { seen: error ? { error, says: says.trim() } : { failure: stderr.trim() } }
}

function skopeoTold({ code, stdout, stderr }: Outcome): Told {
  if (code === 0) return { seen: 'answer', output: stdout }
  return { seen: /context deadline exceeded|i\/o timeout/.test(stderr) ? 'timeout' : { failure: stderr.trim() } }
}

function selfTold({ stdout, stderr }: Outcome): Told {
  return stdout ? (JSON.parse(stdout) as Told) : { seen: { unknown: stderr } }
}

/** Exit codes of curl(1). */
const curlCodes: Readonly<Record<number, Seen>> = { 6: 'no such name', 7: 'refused' }

function curlTold({ code, stdout, stderr }: Outcome): Told {
  if (code === 0) return { seen: { status: Number(stdout) } }
  if (code === 28) return { seen: /Resolving timed out/.test(stderr) ? 'no answer to its question' : 'timeout' }
  return { seen: curlCodes[code] ?? { unknown: stderr } }
}

function lookupTold({ code, stdout }: Outcome): Told {
  if (code !== 0) return { seen: 'no such name' }
  const addresses = stdout.split('\n').flatMap((line) => line.split(/\s+/)[0] || [])
  return { seen: 'answer', output: [...new Set(addresses)].sort().join(' ') }
}
