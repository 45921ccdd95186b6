import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAugmentedManifest } from '../transfers/augmented-manifest.ts'
import { shuffled } from '../transfers/channel-items.ts'
import { recordIo } from '../transfers/recordio.ts'
import { billableSeconds, interruptedAfter, isRetried, runtimeLeft, waitSeconds, waitTimeLeft } from './spot.ts'

describe('RecordIO', () => {
  const magic = '0a23d7ce'
  const cases: [what: string, data: string, record: string][] = [
    ['empty', '', `${magic}00000000`],
    ['padded to four bytes', '616263', `${magic}0300000061626300`],
    ['whole words', '61626364', `${magic}0400000061626364`],
    // Flags 1 and 3 in the upper three bits; readers put the number back.
    ['split where the magic number stands', `61626364${magic}65`, `${magic}0400002061626364${magic}0100006065000000`],
    ['not split elsewhere', `61${magic}`, `${magic}0500000061${magic}000000`],
  ]
  for (const [what, data, record] of cases)
    test(what, () => assert.equal(recordIo(Buffer.from(data, 'hex')).toString('hex'), record))
})

describe('augmented manifests', () => {
  test('attributes in the order of their names, references as objects, other values as text', () => {
    const text = '{"label": 3, "source-ref": "s3://b/k/1", "meta": {"a": [1]}, "name": "cat"}\n\n'
    assert.deepEqual(parseAugmentedManifest(text, ['source-ref', 'name', 'label', 'meta']), [
      [{ bucket: 'b', key: 'k/1' }, { text: 'cat' }, { text: '3' }, { text: '{"a":[1]}' }],
    ])
  })

  const wrong: [text: string, message: RegExp][] = [
    ['{"a": 1}\n[]', /^line 2 is not a JSON object$/],
    ['{"a": 1}\n\n{', /^line 3 is not a JSON object$/],
    ['{"b": 1}', /^line 1 has no attribute "a"$/],
  ]
  for (const [text, message] of wrong)
    test(String(message), () => assert.throws(() => parseAugmentedManifest(text, ['a']), { message }))

  test('a reference is an S3 URI', () =>
    assert.throws(() => parseAugmentedManifest('{"a-ref": "/etc/passwd"}', ['a-ref']), { message: /is no S3 URI$/ }))
})

describe('shuffling', () => {
  const all = Array.from({ length: 50 }, (_, index) => index)
  test('the same seed gives the same order of the same things', () => {
    assert.deepEqual(shuffled(all, 7), shuffled(all, 7))
    assert.deepEqual(
      shuffled(all, 7).toSorted((a, b) => a - b),
      all,
    )
  })
  test('other seeds give other orders', () => assert.notDeepEqual(shuffled(all, 7), shuffled(all, 8)))
})

describe('spot training', () => {
  const job = {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 100, MaxWaitTimeInSeconds: 300 },
    Environment: { SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS: '20, ,0', SALLYPORT_SPOT_WAIT_SECONDS: '5' },
    CreationTime: 1000,
    SecondaryStatusTransitions: [
      { Status: 'Starting', StartTime: 1000, EndTime: 1001 },
      { Status: 'Downloading', StartTime: 1001, EndTime: 1003 },
      { Status: 'Training', StartTime: 1003, EndTime: 1023 },
      { Status: 'Interrupted', StartTime: 1023, EndTime: 1028 },
      { Status: 'Training', StartTime: 1028 },
    ],
  } as const
  const parts = job as never

  test('each attempt is interrupted when the environment says so', () =>
    assert.deepEqual(
      [0, 1, 2, 3].map((attempt) => interruptedAfter(parts, attempt)),
      [20, undefined, 0, undefined],
    ))
  test('and none without spot training', () =>
    assert.equal(interruptedAfter({ ...job, EnableManagedSpotTraining: false } as never, 0), undefined))
  test('how long new instances take', () => assert.equal(waitSeconds(parts), 5))
  test('what is left of the times, for all attempts together', () => {
    assert.equal(runtimeLeft(parts, 1038), 70)
    assert.equal(waitTimeLeft(parts, 1038), 262)
    assert.equal(waitTimeLeft(parts, 9999), 0)
  })
  test('what is billed is when there were instances', () => assert.equal(billableSeconds(parts, 1038), 32))
  test('only faults of the service are retried, so often', () => {
    const strategy = { RetryStrategy: { MaximumRetryAttempts: 1 } } as never
    assert.equal(isRetried(strategy, 'InternalServerError: x', 0), true)
    assert.equal(isRetried(strategy, 'InternalServerError: x', 1), false)
    assert.equal(isRetried(strategy, 'AlgorithmError: x', 0), false)
    assert.equal(isRetried(parts, 'InternalServerError: x', 0), false)
  })
})
