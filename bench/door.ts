/**
 * The whole door — signature, authorization, recorded decision — beside a bare node:http server and moto, in one run:
 *   node bench/door.ts [--moto] [--seconds 4] [--rounds 5]
 * --moto installs moto's server into bench/.venv (from the Python package index) at first use.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { signedMessage } from './requests.ts'
import { firstLine, load, machine, median, node, spawn, startMoto, startSallyport, stopped } from './support.ts'

const { values } = parseArgs({
  options: {
    moto: { type: 'boolean' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const jobName = 'bench-job'
const motoEnv = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' }

const bare = spawn(
  node,
  [
    '-e',
    `require('node:http').createServer((q,s)=>{q.resume();s.end('hello')}).listen(0,'127.0.0.1',function(){console.log('http://127.0.0.1:'+this.address().port)})`,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const bareUrl = await firstLine(bare)
const ours = await startSallyport()
await prepare()
const moto = values.moto ? await motoWithJob() : undefined

interface Target {
  name: string
  url: string
  requests: string[]
}

const repeated = (url: string, env: Record<string, string>, service: string, operation: string, input = {}) =>
  Array.from({ length: 32 }, () => signedMessage(url, env, service, operation, input))
const targets: Target[] = [
  // The very same requests: the bare server reads them and says hello.
  { name: 'bare node:http hello', url: bareUrl, requests: repeated(ours.url, ours.env, 'sts', 'GetCallerIdentity') },
  { name: 'GetCallerIdentity', url: ours.url, requests: repeated(ours.url, ours.env, 'sts', 'GetCallerIdentity') },
  {
    name: 'DescribeTrainingJob',
    url: ours.url,
    requests: repeated(ours.url, ours.env, 'sagemaker', 'DescribeTrainingJob', { TrainingJobName: jobName }),
  },
  ...(moto
    ? [
        {
          name: 'moto GetCallerIdentity',
          url: moto.url,
          requests: repeated(moto.url, motoEnv, 'sts', 'GetCallerIdentity'),
        },
        {
          name: 'moto DescribeTrainingJob',
          url: moto.url,
          requests: repeated(moto.url, motoEnv, 'sagemaker', 'DescribeTrainingJob', { TrainingJobName: jobName }),
        },
      ]
    : []),
]

// In turn, round by round, so that a slow minute of the machine hits all of them.
const results = new Map(
  targets.map((target) => [target.name, [] as { perSecond: number; p50Ms: number; p99Ms: number }[]]),
)
for (const target of targets) await load(target.url, target.requests, 1)
for (let round = 0; round < rounds; round++) {
  for (const target of targets) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${target.name}\n`)
    const result = await load(target.url, target.requests, seconds)
    if (result.errors) throw new Error(`${target.name}: ${result.errors} answers were no success`)
    results.get(target.name)!.push(result)
  }
}
await Promise.all([ours.stop(), stopped(bare), moto && stopped(moto.process)])
report()

async function prepare(): Promise<void> {
  const { client } = ours
  await client.call('iam', 'CreateRole', {
    RoleName: 'bench',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  })
  await client.call('iam', 'AttachRolePolicy', {
    RoleName: 'bench',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  await client.call('s3', 'CreateBucket', { Bucket: 'bench-bucket' })
  const { imagePush } = await import('../src/cli/image-push.ts')
  const imageUri = '123456789012.dkr.ecr.us-east-1.amazonaws.com/bench:1'
  await imagePush({
    dir: 'bench/empty-program',
    imageUri,
    entrypoint: './run',
    call: (service, operation, input) => client.call(service, operation, input),
    progress: () => {},
  })
  await client.call('sagemaker', 'CreateTrainingJob', { ...trainingJob(imageUri), TrainingJobName: jobName })
}

function trainingJob(image: string) {
  return {
    RoleArn: 'arn:aws:iam::123456789012:role/bench',
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://bench-bucket/out' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  }
}

async function motoWithJob() {
  const { url, process } = await startMoto()
  const { connect } = await import('../src/cli/client.ts')
  const client = connect({ ...motoEnv, AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1' })
  await client.call('sagemaker', 'CreateTrainingJob', {
    ...trainingJob('123456789012.dkr.ecr.us-east-1.amazonaws.com/bench:1'),
    TrainingJobName: jobName,
  })
  return { url, process }
}

function report(): void {
  const of = (name: string, key: 'perSecond' | 'p50Ms' | 'p99Ms') => median(results.get(name)!.map((one) => one[key]))
  const base = of('bare node:http hello', 'perSecond')
  const lines = [
    `# The door beside a bare server${values.moto ? ' and moto 5.2.5' : ''}`,
    '',
    `\`node bench/door.ts${values.moto ? ' --moto' : ''} --seconds ${seconds} --rounds ${rounds}\` on ${machine()}; medians of ${rounds} rounds, 16 connections, the load generator shares the machine.`,
    '',
    '| | requests/s | of bare | p50 ms | p99 ms |',
    '|---|---:|---:|---:|---:|',
  ]
  for (const { name } of targets)
    lines.push(
      `| ${name} | ${of(name, 'perSecond')} | ${(of(name, 'perSecond') / base).toFixed(3)} | ${of(name, 'p50Ms')} | ${of(name, 'p99Ms')} |`,
    )
  if (values.moto) {
    lines.push('')
    for (const name of ['GetCallerIdentity', 'DescribeTrainingJob'])
      lines.push(
        `- ${name}: ${(of(name, 'perSecond') / of(`moto ${name}`, 'perSecond')).toFixed(1)} × moto (which checks no signature)`,
      )
  }
  const text = `${lines.join('\n')}\n`
  process.stdout.write(text)
  if (values.moto) writeFileSync('bench/results/door.md', text)
}
