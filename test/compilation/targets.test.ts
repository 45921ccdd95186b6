import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { TargetDevice, TargetPlatformArch } from '@aws-sdk/client-sagemaker'
import { targetOf } from '../../src/jobs/compilation/target.ts'
import { artifactUri } from '../../src/services/sagemaker/compilation/compilation-job.ts'
import { inferenceImage } from '../../src/services/sagemaker/model/inference-image.ts'

const { shapes } = JSON.parse(readFileSync('models/sagemaker.json', 'utf8')) as {
  shapes: Record<string, { enum: string[] }>
}
const S3OutputLocation = 's3://b/out/'

describe('targets of compilation jobs', () => {
  for (const device of shapes['TargetDevice']!.enum)
    test(`${device} is a CPU or has a name for what it is instead`, () => {
      const target = targetOf({ S3OutputLocation, TargetDevice: device as TargetDevice })
      assert.equal(target.name, device)
      if ('accelerator' in target) assert.ok(target.accelerator)
      else assert.match(target.triple, /^(x86|x86_64|aarch64|arm)-(linux|windows)-gnu/)
    })

  for (const arch of shapes['TargetPlatformArch']!.enum as TargetPlatformArch[])
    test(`${arch} is a CPU, by itself`, () => {
      assert.ok('cpu' in targetOf({ S3OutputLocation, TargetPlatform: { Os: 'LINUX', Arch: arch } }))
      for (const Accelerator of shapes['TargetPlatformAccelerator']!.enum as ['NVIDIA']) {
        const target = targetOf({ S3OutputLocation, TargetPlatform: { Os: 'LINUX', Arch: arch, Accelerator } })
        assert.deepEqual(target, { name: `LINUX_${arch}_${Accelerator}`, accelerator: Accelerator })
      }
    })

  const artifacts = {
    's3://m/a/model.tar.gz': 's3://b/out/model-ml_c5.tar.gz',
    's3://m/mobilenet_v2.tar.gz': 's3://b/out/mobilenet_v2-ml_c5.tar.gz',
    's3://m/a.b/x.tgz': 's3://b/out/x-ml_c5.tar.gz',
    's3://m/folder/': 's3://b/out/model-ml_c5.tar.gz',
  }
  for (const [model, artifact] of Object.entries(artifacts))
    test(`${model} becomes ${artifact}`, () =>
      assert.equal(artifactUri(model, { S3OutputLocation, TargetDevice: 'ml_c5' }), artifact))

  test('hosting has an image for its CPU families', () => {
    const image = '785573368785.dkr.ecr.us-east-1.amazonaws.com/xgboost-neo:latest'
    assert.equal(inferenceImage('us-east-1', 'XGBOOST', 'ml_c5'), image)
    for (const device of ['ml_p3', 'rasp3b', undefined])
      assert.equal(inferenceImage('us-east-1', 'XGBOOST', device), undefined)
    assert.equal(inferenceImage('us-east-1', 'KERAS', 'ml_c5'), undefined)
  })
})
