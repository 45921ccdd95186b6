/** R8: images and their versions; what the image's role needs is what the role page prints. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { imagePush } from '../../src/cli/image-push.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { allow, openStudioLab, type Input, type StudioLab } from './lab.ts'

const page = JSON.parse(readFileSync(new URL('../../corpus/policy/documents/image.json', import.meta.url), 'utf8')) as {
  Statement: { Action: string[] }[]
}

const without = (action?: string) =>
  page.Statement.map((one) => ({ ...one, Action: one.Action.filter((each) => each !== action) })).filter(
    ({ Action }) => Action.length > 0,
  )

let lab: StudioLab
const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/kernels/plain'
const BaseImage = `${repository}:latest`
let number = 0
before(async () => {
  lab = await openStudioLab()
  const dir = join(import.meta.dirname, '../jobs/programs/talks')
  await imagePush({ dir, imageUri: BaseImage, entrypoint: './train', call: lab.ask, progress: () => {} })
})
after(() => lab.close())

/** A new image whose role has these statements and this trust; its name. */
async function image(statements: readonly object[] = without(), trust?: object): Promise<string> {
  const ImageName = `kernel-${number++}`
  const RoleArn = await lab.role(ImageName, statements, trust)
  await lab.sagemaker('CreateImage', { ImageName, RoleArn })
  assert.equal((await lab.settled('DescribeImage', { ImageName })).ImageStatus, 'CREATED')
  return ImageName
}

/** A version of it, come to rest. */
async function version(ImageName: string, more: Input = {}) {
  const input = { ImageName, BaseImage, ClientToken: `token-${number++}`, ...more }
  const { ImageVersionArn } = await lab.sagemaker('CreateImageVersion', input)
  const Version = Number(ImageVersionArn.split('/').at(-1))
  return lab.settled('DescribeImageVersion', { ImageName, Version })
}

const refused = (code: string, message: RegExp) => (error: AwsError) => {
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
  return true
}

/** `explain` takes the request that a reason names, and tells which action it was. */
async function assertExplained(reason: string, action: string): Promise<void> {
  const Id = /Request ID: ([\w-]+);/.exec(reason)![1]!
  const { Document } = await lab.ask('sallyport', 'Explain', { Id })
  assert.equal(Document.decision, 'denied')
  assert.ok(
    Document.needs.some((one: { action: string; effect: string }) => one.action === action && one.effect !== 'allow'),
  )
}

describe("an image's role", () => {
  it("may do what the page's policy allows, and that suffices", async () => {
    const made = await version(await image())
    assert.equal(made.ImageVersionStatus, 'CREATED', made.FailureReason)
    const [name, digest] = made.ContainerImage.split('@')
    assert.equal(name, repository)
    const { imageDetails } = await lab.ask('ecr', 'DescribeImages', { repositoryName: 'kernels/plain' })
    assert.equal(digest, imageDetails[0].imageDigest)
  })

  for (const action of ['BatchGetImage', 'GetDownloadUrlForLayer']) {
    it(`needs ecr:${action}`, async () => {
      const made = await version(await image(without(`ecr:${action}`)))
      assert.equal(made.ImageVersionStatus, 'CREATE_FAILED')
      assert.match(made.FailureReason, new RegExp(`does not have ${action} permission for the image: '${BaseImage}'`))
      await assertExplained(made.FailureReason, `ecr:${action}`)
      assert.equal(made.ContainerImage, undefined)
    })
  }

  it('needs iam:PassRole when it makes the image itself, as a user of Studio does', async () => {
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'sagemaker.amazonaws.com', AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'sts:AssumeRole',
    }
    for (const [name, statements] of Object.entries({ able: without(), unable: without('iam:PassRole') })) {
      const RoleArn = await lab.role(name, [...statements, allow('sagemaker:CreateImage')], trust)
      const { Credentials: given } = await lab.ask('sts', 'AssumeRole', { RoleArn, RoleSessionName: 'studio' })
      const keys = {
        accessKeyId: given.AccessKeyId,
        secretAccessKey: given.SecretAccessKey,
        sessionToken: given.SessionToken,
      }
      const asked = lab.sagemaker('CreateImage', { ImageName: name, RoleArn }, keys)
      if (name === 'able') assert.ok((await asked).ImageArn)
      else await assert.rejects(asked, refused('AccessDeniedException', /is not authorized to perform: iam:PassRole /))
    }
  })

  const trusts = [
    { source: 'image', like: 'StringEquals', creates: true, versions: false },
    { source: 'image-version', like: 'StringEquals', creates: false, versions: true },
    { source: 'image*', like: 'ArnLike', creates: true, versions: true },
    { source: 'image/*', like: 'ArnLike', creates: false, versions: false },
  ]
  for (const { source, like, creates, versions } of trusts) {
    it(`trusts aws:SourceArn ${source} (${like})`, async () => {
      const trust = {
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { [like]: { 'aws:SourceArn': `arn:aws:sagemaker:us-east-1:123456789012:${source}` } },
      }
      const name = `source-${number++}`
      const RoleArn = await lab.role(name, without(), trust)
      const asked = lab.sagemaker('CreateImage', { ImageName: name, RoleArn })
      if (!creates) await assert.rejects(asked, refused('ValidationException', /^Could not assume role /))
      else await asked
      const ImageName = await image()
      const RoleName = ImageName
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
      await lab.ask('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument })
      const made = await version(ImageName)
      assert.equal(made.ImageVersionStatus, versions ? 'CREATED' : 'CREATE_FAILED')
      if (!versions) assert.match(made.FailureReason, /^Could not assume role /)
    })
  }
})

describe('versions of an image', () => {
  it('are counted, named by aliases, made once for a token, and told of', async () => {
    const ImageName = await image()
    const first = await version(ImageName, { Aliases: ['stable'], ClientToken: 'once', JobType: 'NOTEBOOK_KERNEL' })
    const again = { ImageName, BaseImage, ClientToken: 'once' }
    assert.equal((await lab.sagemaker('CreateImageVersion', again)).ImageVersionArn, first.ImageVersionArn)
    const second = await version(ImageName, { Aliases: ['next'] })
    assert.deepEqual([first.Version, second.Version], [1, 2])
    assert.equal(second.ImageVersionArn, `arn:aws:sagemaker:us-east-1:123456789012:image-version/${ImageName}/2`)

    const told = (more: Input) => lab.sagemaker('DescribeImageVersion', { ImageName, ...more })
    assert.equal((await told({})).Version, 2)
    assert.equal((await told({ Alias: 'stable' })).Version, 1)
    assert.equal((await told({ Version: 1 })).JobType, 'NOTEBOOK_KERNEL')
    await assert.rejects(
      told({ Version: 3 }),
      refused('ResourceNotFound', /image-version\/kernel-\d+\/3\] does not exist/),
    )

    const taken = { ImageName, BaseImage, ClientToken: 'other', Aliases: ['stable'] }
    await assert.rejects(lab.sagemaker('CreateImageVersion', taken), refused('ResourceInUse', /"stable"/))
    const moved = {
      ImageName,
      Version: 1,
      AliasesToDelete: ['stable'],
      AliasesToAdd: ['old'],
      VendorGuidance: 'ARCHIVED',
    }
    await lab.sagemaker('UpdateImageVersion', moved)
    const aliases = async (more: Input) =>
      (await lab.sagemaker('ListAliases', { ImageName, ...more })).SageMakerImageVersionAliases
    assert.deepEqual(await aliases({}), ['next', 'old'])
    assert.deepEqual(await aliases({ Alias: 'old' }), ['old'])
    assert.equal((await told({ Alias: 'old' })).VendorGuidance, 'ARCHIVED')

    const listed = async (more: Input) => {
      const { ImageVersions } = await lab.sagemaker('ListImageVersions', { ImageName, ...more })
      return ImageVersions.map((one: { Version: number }) => one.Version)
    }
    assert.deepEqual(await listed({}), [2, 1])
    assert.deepEqual(await listed({ SortBy: 'VERSION', SortOrder: 'ASCENDING', MaxResults: 1 }), [1])

    await lab.sagemaker('DeleteImageVersion', { ImageName, Version: 2 })
    await lab.gone('DescribeImageVersion', { ImageName, Version: 2 })
    assert.equal((await version(ImageName)).Version, 3, 'numbers are not given twice')
    // "Deletes a SageMaker AI image and all versions of the image."
    await lab.sagemaker('DeleteImage', { ImageName })
    await lab.gone('DescribeImage', { ImageName })
    await assert.rejects(told({ Version: 3 }), refused('ResourceNotFound', /^No Image with the name/))
  })

  const bases = [
    { base: 'python:3', refusal: /^Invalid BaseImage python:3\.$/ },
    { base: `${repository}:missing`, reason: /^Requested image \S+:missing not found\./ },
    { base: '123456789012.dkr.ecr.us-east-1.amazonaws.com/none', reason: /^Requested image \S+\/none not found\./ },
  ]
  for (const { base, refusal, reason } of bases) {
    it(`are not made of ${base}`, async () => {
      const ImageName = await image()
      const asked = version(ImageName, { BaseImage: base })
      if (refusal) return assert.rejects(asked, refused('ValidationException', refusal))
      const { ImageVersionStatus, FailureReason } = await asked
      assert.equal(ImageVersionStatus, 'CREATE_FAILED')
      assert.match(FailureReason, reason)
    })
  }
})

describe('an image', () => {
  it('has a name of its own, is listed, updated, tagged and deleted', async () => {
    const ImageName = await image()
    const { ImageArn, RoleArn } = await lab.sagemaker('DescribeImage', { ImageName })
    const taken = { ImageName: ImageName.toUpperCase(), RoleArn }
    await assert.rejects(lab.sagemaker('CreateImage', taken), refused('ResourceInUse', /already exists/))

    await lab.sagemaker('UpdateImage', { ImageName, DisplayName: 'Shown', Description: 'told' })
    assert.equal((await lab.settled('DescribeImage', { ImageName })).Description, 'told')
    await lab.sagemaker('UpdateImage', { ImageName, DeleteProperties: ['Description'] })
    const left = await lab.settled('DescribeImage', { ImageName })
    assert.deepEqual([left.DisplayName, left.Description], ['Shown', undefined])

    await lab.sagemaker('AddTags', { ResourceArn: ImageArn, Tags: [{ Key: 'team', Value: 'ml' }] })
    assert.deepEqual((await lab.sagemaker('ListTags', { ResourceArn: ImageArn })).Tags, [{ Key: 'team', Value: 'ml' }])
    const named = { NameContains: ImageName, SortBy: 'IMAGE_NAME', SortOrder: 'ASCENDING' }
    const { Images } = await lab.sagemaker('ListImages', named)
    assert.deepEqual([Images[0].ImageName, Images[0].ImageStatus], [ImageName, 'CREATED'])
    await lab.sagemaker('DeleteImage', { ImageName })
    await lab.gone('DescribeImage', { ImageName })
  })
})
