import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import fc from 'fast-check'
import { evaluateLifecycle, type Aging } from '../../src/services/ecr/lifecycle-evaluate.ts'
import { parseLifecyclePolicy, type LifecycleRule } from '../../src/services/ecr/lifecycle-rules.ts'
import { expireImages } from '../../src/services/ecr/upkeep.ts'
import { newRegistry, refusal } from './registry.ts'

const DAY = 24 * 3600
const NOW = 1000 * DAY

/** `name age-in-days tag,tag > child,child @subject` */
function image(text: string): Aging {
  const [, imageDigest = '', age = '', tags = '', , children = '', , subject] =
    /^(\S+) (\d+)(?: ([^>@ ]+))?( > (\S+))?( @(\S+))?$/.exec(text) ?? assert.fail(text)
  return {
    imageDigest,
    imageTags: tags ? tags.split(',') : [],
    imagePushedAt: NOW - Number(age) * DAY - 1,
    manifests: children ? children.split(',') : [],
    ...(subject !== undefined && { subject }),
  }
}

const rule = (
  priority: number,
  tagStatus: LifecycleRule['tagStatus'],
  more: Partial<LifecycleRule>,
): LifecycleRule => ({
  priority,
  tagStatus,
  tagPrefixList: [],
  tagPatternList: [],
  countType: 'imageCountMoreThan',
  countNumber: 1,
  ...more,
})
const keep = (countNumber: number) => ({ countType: 'imageCountMoreThan', countNumber }) as const
const days = (countNumber: number) => ({ countType: 'sinceImagePushed', countNumber }) as const

/** The first three are AWS's own examples ("Examples of lifecycle policies in Amazon ECR"). */
const cases: { name: string; images: string[]; rules: LifecycleRule[]; gone: string }[] = [
  {
    name: 'by age: untagged images older than 14 days',
    images: ['a 20', 'b 13', 'c 14', 'd 99 v1'],
    rules: [rule(1, 'untagged', days(14))],
    gone: 'a:1 c:1',
  },
  {
    name: 'a count per tag, the others untouched',
    images: ['a 1 alpha', 'b 2 beta', 'c 3 beta2,alpha', 'd 4 alpha4'],
    rules: [rule(1, 'tagged', { tagPrefixList: ['alpha'], ...keep(1) })],
    gone: 'c:1 d:1',
  },
  {
    name: 'several tags: only images that have all of them',
    images: ['a 1 alpha,beta', 'b 2 alpha,beta,x', 'c 3 alpha', 'd 4 beta'],
    rules: [rule(1, 'tagged', { tagPrefixList: ['alpha', 'beta'], ...keep(1) })],
    gone: 'b:1',
  },
  {
    name: 'a rule before keeps what it matched from those after, which still count it',
    images: ['a 1 prod', 'b 2 x', 'c 3 prod', 'd 4 y'],
    rules: [rule(1, 'tagged', { tagPrefixList: ['prod'], ...keep(9) }), rule(2, 'any', keep(2))],
    gone: 'd:2',
  },
  {
    name: 'an image goes by one rule only',
    images: ['a 1 x', 'b 9 x', 'c 9'],
    rules: [rule(2, 'any', days(5)), rule(1, 'tagged', { tagPrefixList: ['x'], ...keep(1) })],
    gone: 'b:1 c:2',
  },
  {
    name: 'patterns',
    images: ['a 1 prod-1-web', 'b 1 prod-web', 'c 1 prod--web', 'd 1 xprod-1-web', 'e 1 prod-1-webx'],
    rules: [rule(1, 'tagged', { tagPatternList: ['prod-*-web'], ...days(0) })],
    gone: 'a:1 c:1',
  },
  {
    name: 'a pattern without a star is the whole tag',
    images: ['a 1 v1', 'b 1 v10'],
    rules: [rule(1, 'tagged', { tagPatternList: ['v1'], ...days(0) })],
    gone: 'a:1',
  },
  {
    name: 'what an index that stays refers to, stays',
    images: ['i 1 multi > a,b', 'a 30', 'b 30', 'c 30'],
    rules: [rule(1, 'untagged', days(14))],
    gone: 'c:1',
  },
  {
    name: 'with an index goes what it referred to, however deep',
    images: ['i 30 multi > j', 'j 30 > a', 'a 30', 'k 1 keep > b', 'b 30'],
    rules: [rule(1, 'any', days(14))],
    gone: 'a:1 i:1 j:1',
  },
  {
    name: 'what is about an image goes with it, and only then',
    images: ['a 30 old', 's 30 @a', 't 1 @a', 'b 1 new', 'u 30 @b', 'w 30 @nothing'],
    rules: [rule(1, 'any', days(14))],
    gone: 'a:1 s:1 t:1 w:1',
  },
  { name: 'nothing, where there is nothing', images: [], rules: [rule(1, 'any', keep(1))], gone: '' },
]

describe('a lifecycle policy expires', () => {
  for (const { name, images, rules, gone } of cases) {
    it(name, () => {
      const expiries = evaluateLifecycle(images.map(image), rules, NOW)
      const found = expiries.map((expiry) => `${expiry.image.imageDigest}:${expiry.priority}`)
      assert.equal(found.sort().join(' '), gone)
    })
  }

  it('never what an index that stays refers to', () => {
    const some = fc.uniqueArray(
      fc.record({
        imageDigest: fc.stringMatching(/^[a-h]$/),
        imageTags: fc.array(fc.constantFrom('v1', 'v2', 'prod'), { maxLength: 2 }),
        imagePushedAt: fc.integer({ min: 0, max: 40 }).map((age) => NOW - age * DAY),
        manifests: fc.array(fc.stringMatching(/^[a-h]$/), { maxLength: 3 }),
      }),
      { selector: ({ imageDigest }) => imageDigest, maxLength: 8 },
    )
    const someRules = fc.array(
      fc.record({
        priority: fc.integer({ min: 1, max: 5 }),
        tagStatus: fc.constantFrom('any' as const, 'untagged' as const, 'tagged' as const),
        tagPrefixList: fc.constantFrom([], ['v'], ['prod']),
        tagPatternList: fc.constant([]),
        countType: fc.constantFrom('imageCountMoreThan' as const, 'sinceImagePushed' as const),
        countNumber: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(some, someRules, (images, rules) => {
        const gone = new Set(evaluateLifecycle(images, rules, NOW).map((expiry) => expiry.image.imageDigest))
        for (const { imageDigest, manifests } of images)
          if (!gone.has(imageDigest))
            for (const child of manifests) assert.ok(!gone.has(child) || child === imageDigest)
      }),
    )
  })
})

const selection = { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 }
const policy = (...rules: object[]) => JSON.stringify({ rules })
const oneRule = (more: object, rest: object = {}) =>
  policy({ rulePriority: 1, selection: { ...selection, ...more }, action: { type: 'expire' }, ...rest })
const any = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 }
const action = { type: 'expire' }

const refused: [text: string, reason: string][] = [
  ['{', 'Could not map policyString into LifecyclePolicy.'],
  ['{}', 'object has missing required properties (["rules"])'],
  ['{"rules":{}}', 'instance type (object) does not match any allowed primitive type (allowed: ["array"])'],
  [policy({ rulePriority: 1 }), 'object has missing required properties (["action","selection"])'],
  [oneRule({}, { name: 'x' }), 'object instance has properties which are not allowed by the schema: ["name"]'],
  [oneRule({ countNumber: 0 }), 'numeric instance is lower than the required minimum (minimum: 1, found: 0)'],
  [
    oneRule({ countNumber: '1' }),
    'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
  ],
  [
    oneRule({ tagStatus: 'all' }),
    'instance value ("all") not found in enum (possible values: ["tagged","untagged","any"])',
  ],
  [oneRule({ tagStatus: 'tagged' }), 'Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.'],
  [
    policy({ rulePriority: 1, selection, action }, { rulePriority: 2, selection, action }),
    'Only one rule can select Untagged images per storage class',
  ],
  [
    policy({ rulePriority: 1, selection: any, action }, { rulePriority: 2, selection, action }),
    'Rule for tagStatus=ANY must have the lowest priority per storage class',
  ],
  [
    policy({ rulePriority: 1, selection, action }, { rulePriority: 1, selection: any, action }),
    'Rule priorities must be unique',
  ],
]

describe('a lifecycle policy is refused', () => {
  for (const [text, reason] of refused) {
    it(reason, () => {
      const message = `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`
      assert.throws(() => parseLifecyclePolicy(text), refusal('InvalidParameterException', message))
    })
  }

  it('by name, where it archives', () => {
    for (const text of [oneRule({}, { action: { type: 'transition' } }), oneRule({ countType: 'sinceImagePulled' })])
      assert.throws(() => parseLifecyclePolicy(text), refusal('NotImplemented', /transition|sinceImagePulled/))
  })
})

test('a policy is previewed, and carried out in the background', async () => {
  const { act, pushImage, clock, world } = newRegistry()
  const repositoryName = 'app'
  await act('CreateRepository', { repositoryName })
  await assert.rejects(
    act('GetLifecyclePolicy', { repositoryName }),
    refusal(
      'LifecyclePolicyNotFoundException',
      "Lifecycle policy does not exist for the repository with name 'app' in the registry with id '123456789012'",
    ),
  )
  await assert.rejects(
    act('GetLifecyclePolicyPreview', { repositoryName }),
    refusal('LifecyclePolicyPreviewNotFoundException', /app/),
  )
  const old = await pushImage(repositoryName, 'old', 'v1')
  clock.now += 3600_000
  await pushImage(repositoryName, 'new', 'v2')
  const lifecyclePolicyText = policy({
    rulePriority: 7,
    selection: { ...selection, tagStatus: 'tagged', tagPrefixList: ['v'] },
    action,
  })
  const started = await act('StartLifecyclePolicyPreview', { repositoryName, lifecyclePolicyText })
  assert.equal(started.status, 'IN_PROGRESS')
  const { previewResults, status, summary } = await act('GetLifecyclePolicyPreview', { repositoryName })
  assert.deepEqual([status, summary.expiringImageTotalCount], ['COMPLETE', 1])
  assert.deepEqual(
    [previewResults[0].imageDigest, previewResults[0].action, previewResults[0].appliedRulePriority],
    [old.imageDigest, { type: 'EXPIRE' }, 7],
  )
  const filtered = { repositoryName, filter: { tagStatus: 'UNTAGGED' } }
  assert.deepEqual((await act('GetLifecyclePolicyPreview', filtered)).previewResults, [])

  expireImages(world)
  assert.equal((await act('ListImages', { repositoryName })).imageIds.length, 2, 'a preview deletes nothing')
  await act('PutLifecyclePolicy', { repositoryName, lifecyclePolicyText })
  expireImages(world)
  const { imageIds } = await act('ListImages', { repositoryName })
  assert.deepEqual(
    imageIds.map((id: { imageTag: string }) => id.imageTag),
    ['v2'],
  )
  assert.equal((await act('GetLifecyclePolicy', { repositoryName })).lastEvaluatedAt, clock.now / 1000)
  assert.equal((await act('DeleteLifecyclePolicy', { repositoryName })).lifecyclePolicyText, lifecyclePolicyText)
  await pushImage(repositoryName, 'newer', 'v3')
  expireImages(world)
  assert.equal((await act('ListImages', { repositoryName })).imageIds.length, 2)
})
