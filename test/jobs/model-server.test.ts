import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { openInsidePort, machinesPort } from '../../src/jobs/model-server/inside-port.ts'
import { toolPath } from '../../src/runners/isolation.ts'
import { until } from '../clients/until.ts'
import { openJobLab } from './lab.ts'

describe('a model container where there is no fabric', () => {
  test('it has a network of its own, in which its port is asked', async () => {
    const lab = await openJobLab(['serves'], { fabric: 'off' })
    // Somebody has the port on this machine, and may not be taken for the container.
    const squatter = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong'))
    const squats = await new Promise<boolean>((resolve) => {
      squatter.once('error', () => resolve(false))
      squatter.listen(8080, '127.0.0.1', () => resolve(true))
    })
    try {
      await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: 'in/x', Body: 'hello' })
      await lab.call('sagemaker', 'CreateModel', {
        ModelName: 'plain',
        ExecutionRoleArn: 'arn:aws:iam::123456789012:role/jobs',
        PrimaryContainer: { Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/serves:latest' },
      })
      await lab.call('sagemaker', 'CreateTransformJob', {
        TransformJobName: 'off',
        ModelName: 'plain',
        TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/in/' } } },
        TransformOutput: { S3OutputPath: 's3://jobs/out' },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      })
      const job = () => lab.call('sagemaker', 'DescribeTransformJob', { TransformJobName: 'off' })
      await until('it is over', async () => (await job()).TransformJobStatus !== 'InProgress')
      assert.equal((await job()).FailureReason, undefined)
      const { Body } = await lab.call('s3', 'GetObject', { Bucket: 'jobs', Key: 'out/x.out' })
      assert.equal(Body.toString(), '?HELLO')
    } finally {
      if (squats) squatter.close()
      await lab.close()
    }
  })
})

describe('a port of a network that is entered', () => {
  test('connections carry what both sides say; who does not listen refuses', async () => {
    const server = createServer((socket) => socket.pipe(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    // The network that it is in already is one, too.
    const inside = await openInsidePort([toolPath('env') ?? '/usr/bin/env', '--'])
    try {
      const said = await Promise.all(
        ['one', 'two', 'x'.repeat(1_000_000)].map(async (text) => {
          const socket = await inside.connect(port)
          socket.end(text)
          let heard = ''
          for await (const chunk of socket) heard += String(chunk)
          return heard === text
        }),
      )
      assert.deepEqual(said, [true, true, true])
      server.close()
      await assert.rejects(inside.connect(port), { message: 'ECONNREFUSED' })
      await assert.rejects(machinesPort.connect(port), { message: 'ECONNREFUSED' })
    } finally {
      inside.close()
    }
    await assert.rejects(inside.connect(port), { message: 'ECONNABORTED' })
  })

  test('a network that cannot be entered is told of', async () => {
    await assert.rejects(openInsidePort(['/bin/sh', '-c', 'echo no such place >&2; exit 1', '--']), {
      message: "the container's network: no such place",
    })
  })
})
