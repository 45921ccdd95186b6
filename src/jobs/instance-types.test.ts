import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { limitsOf, sizeOf, volumeBytes } from './instance-types.ts'

const GIB = 2 ** 30

/** [type, vCPUs, GiB], of AWS's pages of instance types. */
const sizes: readonly [string, number, number][] = [
  ['ml.m5.large', 2, 8],
  ['ml.m5.24xlarge', 96, 384],
  ['ml.c5.9xlarge', 36, 72],
  ['ml.c4.8xlarge', 36, 60],
  ['ml.r5.xlarge', 4, 32],
  ['ml.t3.medium', 2, 4],
  ['ml.c7g.medium', 1, 2],
  ['ml.p3.2xlarge', 8, 61],
  ['ml.g5.2xlarge', 8, 32],
  ['ml.g6e.xlarge', 4, 32],
  ['ml.i3en.3xlarge', 12, 96],
  ['ml.m8i.96xlarge', 384, 1536],
]

for (const [type, cpus, gib] of sizes)
  test(`${type} has ${cpus} vCPUs and ${gib} GiB`, () =>
    assert.deepEqual(sizeOf(type), { cpus, memoryBytes: gib * GIB }))

test('the sizes of all types are known that SageMaker names, but for those of which AWS has not told', () => {
  const model = readFileSync(new URL('../../models/sagemaker.json', import.meta.url), 'utf8')
  const types = [...new Set(model.match(/\bml\.[a-z0-9-]+\.[a-z0-9]+/g))]
  assert.ok(types.length > 300)
  const unknown = types.filter((type) => sizeOf(type) === undefined).map((type) => type.split('.')[1])
  // Accelerators that are attached to an instance, and ones without a public size.
  assert.deepEqual(
    [...new Set(unknown)].toSorted((a, b) => (a! < b! ? -1 : 1)),
    ['eia1', 'eia2', 'g7', 'geospatial'],
  )
})

test('where an instance has more than this machine, the machine is the limit', () => {
  const machine = { cpus: 4, memoryBytes: 16 * GIB }
  assert.deepEqual(limitsOf({ InstanceType: 'ml.m5.large' }, machine), { cpus: 2, memoryBytes: 8 * GIB })
  assert.deepEqual(limitsOf({ InstanceType: 'ml.c5.xlarge' }, machine), { memoryBytes: 8 * GIB })
  assert.deepEqual(limitsOf({ InstanceType: 'ml.p4d.24xlarge' }, machine), {})
  assert.deepEqual(limitsOf({}, machine), {})
})

test('a volume is as large as was asked for, unless the instance has storage of its own', () => {
  assert.equal(volumeBytes({ InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 }), 30 * GIB)
  assert.equal(volumeBytes({ InstanceType: 'ml.g5.xlarge', VolumeSizeInGB: 30 }), undefined)
  assert.equal(volumeBytes({ InstanceType: 'ml.m5.large' }), undefined)
})
