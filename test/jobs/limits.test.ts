import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { diskUse, mustFit } from '../../src/jobs/disk-use.ts'
import { probeCgroups } from '../../src/runners/cgroups.ts'
import { openJobLab, type JobLab } from './lab.ts'

describe('an instance has so much and no more', () => {
  let lab: JobLab

  before(async () => {
    lab = await openJobLab(['takes'])
  })
  after(() => lab.close())

  async function reasonOf(name: string, HyperParameters: object, ResourceConfig: object) {
    await lab.start(name, 'takes', { HyperParameters, ResourceConfig })
    return (await lab.ended(name)).description.FailureReason
  }

  test('its program is bound to its memory', async () => {
    const memory = 4 * 2 ** 30
    await lab.start('bound', 'takes', {
      HyperParameters: { seconds: '1000' },
      ResourceConfig: { InstanceType: 'ml.t3.medium' },
    })
    const data = await lab.said('bound', 'algo-1', 'DATA ')
    const { memory: place } = probeCgroups()
    if (place) {
      const groups = readdirSync(place.folder).filter((name) => name.startsWith(`sallyport-${process.pid}-`))
      const file = place.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'
      const limits = groups.map((name) => Number(readFileSync(join(place.folder, name, file), 'latin1')))
      assert.deepEqual(limits, [memory])
    } else assert.equal(Number(data), memory)
    await lab.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'bound' })
    await lab.ended('bound')
  })

  test('what fills the volume ends the job', async () => {
    const volume = { VolumeSizeInGB: 1 }
    assert.equal(await reasonOf('some', { disk: '512' }, volume), undefined)
    assert.equal(
      await reasonOf('full', { disk: '1100', seconds: '100' }, volume),
      'ClientError: Artifact upload failed:Insufficient disk space',
    )
  })
})

test('data that a volume does not hold are not brought', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  writeFileSync(join(folder, 'a/b/one'), Buffer.alloc(10_000))
  writeFileSync(join(folder, 'two'), Buffer.alloc(20_000))
  const bytes = await diskUse([folder, '/nowhere'])
  assert.ok(bytes >= 30_000 && bytes < 60_000, String(bytes))
  await mustFit([folder], undefined, 'Data download')
  await mustFit([folder], bytes, 'Data download')
  await assert.rejects(mustFit([folder], bytes - 1, 'Data download'), {
    message: 'ClientError: Data download failed:Insufficient disk space',
  })
})
