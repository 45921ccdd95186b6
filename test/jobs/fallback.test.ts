import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Acting } from '../../src/jobs/acting.ts'
import { openJobNetwork } from '../../src/jobs/container-network.ts'
import { JobFailure } from '../../src/jobs/failure.ts'
import { processRunner } from '../../src/runners/process.ts'
import type { Runner } from '../../src/runners/runner.ts'
import { openJobLab, type JobLab } from './lab.ts'

describe('jobs on a machine where no VPC is made', () => {
  let lab: JobLab

  before(async () => {
    lab = await openJobLab(['talks'], { fabric: 'off' })
  })
  after(() => lab.close())

  test("a container has this machine's network, and the job's record says so", async () => {
    await lab.start('here', 'talks')
    const { description, steps } = await lab.ended('here')
    assert.equal(description.TrainingJobStatus, 'Completed')
    const { environment } = JSON.parse(await lab.said('here', 'algo-1', 'CONFIG '))
    assert.match(environment.AWS_ENDPOINT_URL, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.match(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI, /^http:\/\/127\.0\.0\.1:\d+\//)
    const { text } = steps.find(({ name }) => name === 'JoinNetwork')!
    assert.equal(
      text,
      "Calls to AWS are placed in the network, other traffic is this machine's. The server was started with --fabric off.",
    )
  })

  test('several instances are not pretended', async () => {
    await lab.start('pair', 'talks', { ResourceConfig: { InstanceCount: 2 } })
    const { description } = await lab.ended('pair')
    assert.equal(
      description.FailureReason,
      "InternalServerError: The job's network cannot be made here. Several instances need a network of their own. The server was started with --fabric off.",
    )
  })

  test('an operator can forbid it', async () => {
    const { world, account, region } = lab.server
    const roleArn = `arn:aws:iam::${account}:role/jobs`
    const acting = new Acting(world, { roleArn, arn: '', account, region })
    const runner: Runner = {
      ...processRunner,
      isolation: async () => ({ ...(await processRunner.isolation()), tool: 'none' }),
    }
    const wish = { account, region, roleArn, isolated: false, count: 1, interfaces: [], folder: lab.server.dataDir }
    const required = { ...world, config: { ...world.config, fabric: 'required' as const } }
    await assert.rejects(openJobNetwork(required, runner, acting, wish), (error: Error) => {
      assert.ok(error instanceof JobFailure)
      return error.message.endsWith('A place in a network needs a sandbox, and none works here.')
    })
    const auto = { ...world, config: { ...world.config, fabric: 'auto' as const } }
    const network = await openJobNetwork(auto, runner, acting, wish)
    await network.close()
    assert.match(network.notice ?? '', /^Calls to AWS are placed in the network/)
  })
})
