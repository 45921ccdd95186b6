/**
 * From nothing to `Ready`, what it weighs then, and a training job whose program does nothing:
 *   node bench/start.ts [--runs 7]
 * A bare node:http server started the same way stands beside it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { imagePush } from '../src/cli/image-push.ts'
import { firstLine, machine, median, node, spawn, startSallyport, stopped, type BenchServer } from './support.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' } } })
const runs = Number(values.runs)

async function started(args: readonly string[]): Promise<{ ms: number; rssMb: number }> {
  const at = performance.now()
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  await firstLine(child)
  const ms = performance.now() - at
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024
  await stopped(child)
  return { ms, rssMb }
}

const bareScript = `require('node:http').createServer((q,s)=>s.end('hello')).listen(0,'127.0.0.1',()=>console.log('Ready'));process.on('SIGTERM',()=>process.exit(0))`
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
const serve = ['--disable-warning=ExperimentalWarning', 'src/main.js', 'serve', '--port', '0', '--data']
const rows: Record<string, { ms: number; rssMb: number }[]> = { bare: [], fresh: [], again: [] }
// The first start on a machine fills Node's compile cache; it is not what a user waits for every day.
await started([...serve, join(dataDir, 'warm-up')])
for (let run = 0; run < runs; run++) {
  rows['bare']!.push(await started(['-e', bareScript]))
  rows['fresh']!.push(await started([...serve, join(dataDir, `fresh-${run}`)]))
  rows['again']!.push(await started([...serve, join(dataDir, 'fresh-0')]))
}
rmSync(dataDir, { recursive: true, force: true })

const server = await startSallyport()
const jobMs = await emptyJobs(server)
await server.stop()

const of = (name: string, key: 'ms' | 'rssMb') => median(rows[name]!.map((one) => one[key])).toFixed(0)
const text = `# Start and an empty training job

\`node bench/start.ts --runs ${runs}\` on ${machine()}; medians of ${runs} runs in turn.

| | ms to Ready | resident MB |
|---|---:|---:|
| bare node:http | ${of('bare', 'ms')} | ${of('bare', 'rssMb')} |
| ./sallyport serve, new folder | ${of('fresh', 'ms')} | ${of('fresh', 'rssMb')} |
| ./sallyport serve, folder in use | ${of('again', 'ms')} | ${of('again', 'rssMb')} |

A training job whose program exits at once, from the call of CreateTrainingJob to TrainingEndTime: median ${median(jobMs).toFixed(0)} ms, slowest ${Math.max(...jobMs).toFixed(0)} ms of ${jobMs.length}.
`
process.stdout.write(text)
writeFileSync('bench/results/start.md', text)

async function emptyJobs({ client }: BenchServer): Promise<number[]> {
  const call = (service: string, operation: string, input: Record<string, unknown>) =>
    client.call(service, operation, input)
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  await call('iam', 'CreateRole', { RoleName: 'bench', AssumeRolePolicyDocument: JSON.stringify(trust) })
  await call('iam', 'AttachRolePolicy', { RoleName: 'bench', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
  await call('s3', 'CreateBucket', { Bucket: 'bench-bucket' })
  const imageUri = '123456789012.dkr.ecr.us-east-1.amazonaws.com/bench:1'
  await imagePush({ dir: 'bench/empty-program', imageUri, entrypoint: './run', call, progress: () => {} })
  const took: number[] = []
  for (let job = 0; job < 10; job++) {
    const name = `empty-${job}`
    const at = Date.now()
    await call('sagemaker', 'CreateTrainingJob', {
      TrainingJobName: name,
      RoleArn: 'arn:aws:iam::123456789012:role/bench',
      AlgorithmSpecification: { TrainingImage: imageUri, TrainingInputMode: 'File' },
      OutputDataConfig: { S3OutputPath: 's3://bench-bucket/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    })
    for (;;) {
      const described = await call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })
      if (described.TrainingJobStatus === 'Completed') {
        took.push(described.TrainingEndTime * 1000 - at)
        break
      }
      if (described.TrainingJobStatus === 'Failed') throw new Error(described.FailureReason)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return took
}
