/** What was on its way when the server went is brought to its lasting state by the next one. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { images } from '../../src/services/sagemaker/image/image.ts'
import { imageVersions } from '../../src/services/sagemaker/image/image-version.ts'
import { putUnsettled } from '../../src/services/sagemaker/settling.ts'
import { apps } from '../../src/services/sagemaker/studio/app.ts'
import { domains } from '../../src/services/sagemaker/studio/domain.ts'
import { spaces } from '../../src/services/sagemaker/studio/space.ts'
import { userProfiles } from '../../src/services/sagemaker/studio/user-profile.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { startTestServer } from '../support/server.ts'
import { allow, openStudioLab, type Input } from './lab.ts'

test('passing states do not outlive a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-studio-'))
  const lab = await openStudioLab({ dataDir })
  const { store } = lab.server.world
  const at = { account: lab.server.account, region: lab.server.region }
  const ImageName = 'kernel'
  try {
    const { KeyId } = (await lab.ask('kms', 'CreateKey')).KeyMetadata
    const role = await lab.role('restarted', [allow(['kms:CreateGrant', 'kms:DescribeKey'])])
    const DomainId = await lab.domain({ KmsKeyId: KeyId, DefaultUserSettings: { ExecutionRole: role } })
    const user = { DomainId, UserProfileName: 'alice' }
    await lab.sagemaker('CreateUserProfile', user)
    await lab.settled('DescribeUserProfile', user)
    await lab.sagemaker('CreateSpace', { DomainId, SpaceName: 'shared' })
    await lab.settled('DescribeSpace', { DomainId, SpaceName: 'shared' })
    const ids: Record<string, Input> = {}
    for (const AppName of ['begun', 'ended']) {
      ids[AppName] = { ...user, AppType: 'KernelGateway', AppName }
      await lab.sagemaker('CreateApp', ids[AppName])
      assert.equal((await lab.settled('DescribeApp', ids[AppName])).Status, 'InService')
    }
    await lab.sagemaker('CreateImage', { ImageName, RoleArn: role })
    await lab.settled('DescribeImage', { ImageName })
    const BaseImage = '123456789012.dkr.ecr.us-east-1.amazonaws.com/none'
    await lab.sagemaker('CreateImageVersion', { ImageName, BaseImage, ClientToken: 'once' })
    await lab.settled('DescribeImageVersion', { ImageName })
    const grants = async () => (await lab.ask('kms', 'ListGrants', { KeyId })).Grants.length
    assert.equal(await grants(), 3)

    // As a server leaves them that is gone between writing a state down and acting on it; grants of the first are made.
    store.transaction(() => {
      const passing = [
        domains.change(store, { ...at, name: DomainId }, (one) => void (one.description.Status = 'Updating')),
        userProfiles.change(
          store,
          { ...at, name: `${DomainId}/alice` },
          (one) => void (one.description.Status = 'Pending'),
        ),
        spaces.change(
          store,
          { ...at, name: `${DomainId}/shared` },
          (one) => void (one.description.Status = 'Deleting'),
        ),
        apps.change(store, { ...at, name: `${DomainId}/alice/KernelGateway/begun` }, (one) => {
          one.description.Status = 'Pending'
          delete one.grant
        }),
        apps.change(store, { ...at, name: `${DomainId}/alice/KernelGateway/ended` }, (one) => {
          one.description.Status = 'Deleting'
        }),
        images.change(store, { ...at, name: ImageName }, (one) => void (one.description.ImageStatus = 'UPDATING')),
        imageVersions.change(store, { ...at, name: `${ImageName}/1` }, (one) => {
          one.description.ImageVersionStatus = 'CREATING'
        }),
      ]
      for (const one of passing) putUnsettled(store, one)
    })
    await lab.close()

    const again = await startTestServer({ dataDir, logLevel: 'error' })
    try {
      const tell = (operation: string, input: Input) => call(again.url, again.admin, 'sagemaker', operation, input)
      const states = async () => ({
        domain: (await tell('DescribeDomain', { DomainId })).Status,
        user: (await tell('DescribeUserProfile', user)).Status,
        spaces: (await tell('ListSpaces', { DomainIdEquals: DomainId })).Spaces.length,
        begun: (await tell('DescribeApp', ids['begun']!)).Status,
        ended: (await tell('DescribeApp', ids['ended']!)).Status,
        image: (await tell('DescribeImage', { ImageName })).ImageStatus,
        version: (await tell('DescribeImageVersion', { ImageName, Version: 1 })).ImageVersionStatus,
        grants: (await call(again.url, again.admin, 'kms', 'ListGrants', { KeyId })).Grants.length,
      })
      const expected = {
        domain: 'InService',
        user: 'InService',
        spaces: 0,
        begun: 'InService',
        ended: 'Deleted',
        image: 'CREATED',
        version: 'CREATE_FAILED',
        // Of the domain and of the app that stands; the same grant is not made twice.
        grants: 2,
      }
      await until('all have come to rest', async () => JSON.stringify(await states()) === JSON.stringify(expected))
      assert.deepEqual(await states(), expected)
    } finally {
      await again.close()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
