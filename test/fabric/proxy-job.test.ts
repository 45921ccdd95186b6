/** A job where the server was told that a proxy will do. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openJobLab, type JobLab } from '../jobs/lab.ts'
import { buildEstate, type Estate } from './estate.ts'

describe('jobs by proxy', () => {
  let lab: JobLab
  let estate: Estate
  before(async () => {
    lab = await openJobLab(['talks'], { fabric: 'proxy' })
    estate = await buildEstate(lab.server)
  })
  after(() => lab.close())

  test("a container without a VpcConfig reaches AWS from SageMaker's network, and the record says how", async () => {
    await lab.start('platform', 'talks')
    const { description, steps } = await lab.ended('platform')
    assert.equal(description.TrainingJobStatus, 'Completed')
    const { environment } = JSON.parse(await lab.said('platform', 'algo-1', 'CONFIG '))
    assert.match(environment.HTTPS_PROXY, /^http:\/\/place:[\w-]+@127\.0\.0\.1:\d+$/)
    assert.equal(environment.AWS_ENDPOINT_URL, undefined)
    const [aws, metadata] = JSON.parse(await lab.said('platform', 'algo-1', 'AWS ')) as unknown[]
    assert.equal(typeof aws, 'number', 'an answer of AWS, whatever it is')
    assert.equal(metadata, 502)
    assert.match(steps.find(({ name }) => name === 'JoinNetwork')!.text!, /^Lower fidelity \(proxy\)/)
  })

  test('a container in a VPC reaches what the VPC leads to', async () => {
    const VpcConfig = { Subnets: [estate.subnet], SecurityGroupIds: [estate.group] }
    await estate.ec2('CreateVpcEndpoint', {
      VpcId: estate.vpc,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [estate.routeTable],
    })
    await lab.start('closed', 'talks', { VpcConfig })
    const before = await lab.ended('closed')
    assert.equal(JSON.parse(await lab.said('closed', 'algo-1', 'AWS '))[0], 'timeout', before.description.FailureReason)
    await estate.endpoint('sts')
    await lab.start('open', 'talks', { VpcConfig })
    await lab.ended('open')
    assert.equal(typeof JSON.parse(await lab.said('open', 'algo-1', 'AWS '))[0], 'number')
  })

  test('several instances are not pretended', async () => {
    await lab.start('pair', 'talks', { ResourceConfig: { InstanceCount: 2 } })
    const { description } = await lab.ended('pair')
    assert.equal(
      description.FailureReason,
      "InternalServerError: The job's network cannot be made here. Several instances need a network of their own, which no proxy is.",
    )
  })
})
