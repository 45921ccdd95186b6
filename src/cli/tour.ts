import { randomBytes } from 'node:crypto'
import { connect, type Client } from './client.ts'
import { exitCode } from './exit-code.ts'
import { breakAndRepair, breaks } from './tour/breaks.ts'
import { build, size } from './tour/build.ts'
import { guide, secondsSince, type Guide } from './tour/guide.ts'
import { fetchModel, follow, jobRequest, phases, sparkline } from './tour/job.ts'
import type { TourReport } from './tour/report.ts'
import { serverOn, type TourServer } from './tour/server.ts'
import { silent, speakTo, took } from './tour/voice.ts'
import { nameWorld, type World } from './tour/world.ts'

interface Options {
  data: string
  format: 'pretty' | 'json'
}

/**
 * `tour`: the main job in under a minute, by ordinary signed calls. A private subnet, an endpoint, a bucket, an image and
 * a role are built and a job trained with them; then three things are broken, explained and repaired.
 * Exit code 0 when all went as told, 1 otherwise.
 */
export async function tour({ data, format }: Options): Promise<number> {
  const server = await serverOn(data)
  const leave = leaveOnSignal(server)
  try {
    const report = await guided(server, data, format === 'json' ? silent : speakTo(process.stdout))
    if (format === 'json') process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    return report.ok ? exitCode.ok : exitCode.failure
  } finally {
    leave()
    await server.stop()
  }
}

/** Ctrl-C takes a temporary server along. Answers how to stop listening for it. */
function leaveOnSignal(server: TourServer): () => void {
  const onSignal = () => void server.stop().finally(() => process.exit(exitCode.failure))
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  return () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
}

async function guided(server: TourServer, data: string, voice: Guide['voice']): Promise<TourReport> {
  const client = connect(server.variables)
  const start = performance.now()
  const { endpoint: url, region } = client
  const report: TourReport = {
    version: 1,
    ok: false,
    server: { url, region, temporary: server.temporary },
    steps: [],
    breaks: [],
    seconds: 0,
  }
  voice.opening(report.server, data)
  const world = await newWorld(client)
  const host = guide(client, voice, report)
  try {
    await build(host, world)
    await train(host, world)
    for (const [at, broken] of breaks.entries()) await breakAndRepair(host, world, broken, at + 1)
    report.ok = true
  } catch {
    // The step has said what went wrong; what comes after would stand on nothing.
  }
  report.seconds = secondsSince(start)
  close(host, world, data)
  return report
}

async function newWorld(client: Client): Promise<World> {
  const { Account: account } = await client.call('sts', 'GetCallerIdentity')
  return nameWorld({ suffix: randomBytes(3).toString('hex'), account, region: client.region })
}

async function train(host: Guide, world: World): Promise<void> {
  const { client, voice, report } = host
  const name = jobName(world)
  const log: string[] = []
  let artifact = ''
  await host.step(
    'A training job in the private subnet',
    'It runs for real, and every call it makes is judged like yours.',
    async () => {
      await host.call(
        'sagemaker',
        'CreateTrainingJob',
        jobRequest(world, name, { channels: ['train', 'validation'], epochs: 12, pause: 0.15 }),
      )
      const job = await follow(client, name, {
        status: (text) => voice.status(text),
        log(line) {
          log.push(line)
          voice.log(line)
        },
      })
      if (job.TrainingJobStatus !== 'Completed') throw new Error(`${job.TrainingJobStatus}: ${job.FailureReason}`)
      artifact = job.ModelArtifacts!.S3ModelArtifacts
      return `Completed: ${phases(job)}`
    },
  )
  await host.step('Its model', 'What a training job is for: model.tar.gz in the bucket.', async () => {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(artifact)!
    const { Body } = await host.call('s3', 'GetObject', { Bucket, Key }, { command: `aws s3 cp ${artifact} .` })
    const model = (report.model = await fetchModel(Body, artifact, log))
    const { name: metric, values } = model.metric
    const [first, last] = [values.at(0), values.at(-1)]
    if (first === undefined || last === undefined || last >= first)
      throw new Error(`${metric} did not improve: ${values.join(', ')}`)
    voice.note(metric, `${sparkline(values)}  ${first} → ${last}`)
    return `model.tar.gz, ${size(model.bytes)}: ${model.files.join(', ')}`
  })
}

const jobName = ({ suffix }: World): string => `tour-${suffix}`

function close({ voice, report }: Guide, world: World, data: string): void {
  const { ok, server, seconds } = report
  const flag = data === '.sallyport' ? '' : ` --data ${data}`
  const headline = ok
    ? `All as told, in ${took(seconds)}: a model trained in a private subnet, three failures explained and repaired.`
    : `Not as told: step ${report.steps.length} failed${server.temporary ? '' : '; what was built is still there'}.`
  const job = `arn:aws:sagemaker:${world.region}:${world.account}:training-job/${jobName(world)}-break-1-1`
  const look = {
    title: 'It is all still there',
    lines: [
      `eval "$(./sallyport env${flag})"`,
      `aws sagemaker list-training-jobs --name-contains ${jobName(world)}`,
      `aws s3 ls --recursive s3://${world.bucket}`,
      `aws iam list-role-policies --role-name ${world.role}`,
      `./sallyport explain ${job}`,
      `./sallyport trace --from ${world.subnet.id} --security-group ${world.group.id} --to s3.${world.region}.amazonaws.com`,
    ],
  }
  const keep = {
    title: 'To keep what a tour builds, and look around in it',
    lines: [`./sallyport serve${flag}`, `./sallyport tour${flag}    (in another terminal)`],
  }
  voice.closing(headline, ok, server.temporary ? [keep] : [look])
}
