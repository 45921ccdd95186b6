import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Explanation } from '../../src/advise/explanation.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { breakages, type Breakage } from './breakages.ts'
import { refusal, type ApiClient } from './client.ts'
import { environmentOf, sallyport, type Environment } from './command.ts'
import { jsSdk } from './js-sdk.ts'
import { account, buildPlace, filled, follow, jobAt, type Place } from './place.ts'

describe('what breaks a training job, how AWS says it, and how it is mended', () => {
  let server: TestServer
  let env: Environment
  let admin: ApiClient
  let cli: AwsCli
  let image: string

  before(async () => {
    server = await startTestServer()
    env = await environmentOf(server.dataDir)
    admin = jsSdk(env)
    cli = awsCli(env)
    image = `${account}.dkr.ecr.us-east-1.amazonaws.com/training:latest`
    await sallyport(['image', 'push', 'examples/training', image, '--entrypoint', './train'], env)
  })

  after(async () => {
    await Promise.all([admin.close(), cli.close()])
    await server.close()
  })

  for (const [index, breakage] of breakages.entries()) {
    test(breakage.name, async () => {
      const place = await buildPlace(admin, env, { suffix: `broken-${index}`, image })
      const caller = breakage.callerMay ? await limitedCaller(place, index, breakage.callerMay) : admin
      await follow(admin, place, breakage.steps(place))

      const broken = await attempt(caller, place, `broken-${index}`, breakage)
      says(broken, breakage, { ...place, job: `broken-${index}` })

      const explanation = JSON.parse(
        await sallyport(['explain', broken.explainedBy, '--format', 'json'], env, [2]),
      ) as Explanation
      explains(explanation, breakage, place)

      if (!breakage.requestIsWrong) {
        await mend(explanation, breakage.mendBy)
        const mended = await attempt(caller, place, `mended-${index}`, {})
        assert.deepEqual(mended, { status: 'Completed', explainedBy: mended.explainedBy })
      }
      if (caller !== admin) await caller.close()
    })
  }

  /** A user who may do little, and that user's own client. */
  async function limitedCaller(place: Place, index: number, actions: readonly string[]): Promise<ApiClient> {
    const UserName = (place['caller'] = `caller-${index}`)
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    })
    await admin.call('iam', 'CreateUser', { UserName })
    await admin.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'caller', PolicyDocument })
    const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName })
    return jsSdk({ ...env, AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey })
  }

  async function mend({ fixes }: Explanation, by: 'call' | 'command' = 'command'): Promise<void> {
    assert.notEqual(fixes.length, 0, 'the explanation knows no fix')
    for (const { call, command } of fixes) {
      if (by === 'call') await admin.call(call.service, call.operation, call.input)
      else assert.deepEqual({ ...(await cli.shell(command)), stdout: '' }, { code: 0, stdout: '', stderr: '' }, command)
    }
  }
})

interface Attempt {
  /** Of the job, when one was made. */
  status?: string
  code?: string
  message?: string
  /** Request id or job ARN. */
  explainedBy: string
}

async function attempt(
  caller: ApiClient,
  place: Place,
  job: string,
  { request }: { request?: object },
): Promise<Attempt> {
  const asked = caller.call('sagemaker', 'CreateTrainingJob', jobAt(place, job, request))
  const made = await asked.catch(() => undefined)
  if (!made) {
    const { code, message, requestId } = await refusal(asked)
    return { code, message, explainedBy: requestId }
  }
  await caller.waitForJob(job).catch(() => {}) // waiters reject when the job failed
  const { TrainingJobStatus: status, FailureReason: message } = await caller.call('sagemaker', 'DescribeTrainingJob', {
    TrainingJobName: job,
  })
  return { status, ...(message ? { message } : {}), explainedBy: made.TrainingJobArn }
}

function says(broken: Attempt, { refused, failure }: Breakage, names: Record<string, string>): void {
  if (refused) assert.deepEqual({ status: broken.status, code: broken.code }, { status: undefined, code: refused.code })
  else assert.equal(broken.status, 'Failed')
  const wanted = refused?.message ?? failure!
  if (typeof wanted === 'string') assert.equal(broken.message, filled(wanted, names))
  else assert.match(broken.message!, new RegExp(filled(wanted.source, names)))
}

/** The first blocker is in the layer that is broken, and names what is. */
function explains({ decision, blockers }: Explanation, { layer, blames }: Breakage, place: Place): void {
  assert.equal(decision, 'denied')
  const [first] = blockers
  assert.equal(first?.layer, layer)
  assert.ok(`${first.component} ${first.text}`.includes(filled(blames, place)), JSON.stringify(blockers))
}
