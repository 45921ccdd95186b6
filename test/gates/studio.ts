import { setTimeout as delay } from 'node:timers/promises'
import { call } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'
import type { Input, Samples } from './sample-input.ts'

/** A domain with a user, a space and an app, and an image, all called `sample`, for Studio's operations. */
export async function studioSamples(
  { url, admin, account, region }: Pick<TestServer, 'url' | 'admin' | 'account' | 'region'>,
  place: { VpcId: string; SubnetIds: string[]; RoleArn: string },
): Promise<Samples> {
  const ask = (operation: string, input: Input) => call(url, admin, 'sagemaker', operation, input)
  const made = async (noun: string, id: Input, input: Input = {}) => {
    await ask(`Create${noun}`, { ...id, ...input })
    await inService(noun, id)
  }
  const inService = async (noun: string, id: Input) => {
    const passing = ['Pending', 'CREATING']
    while (passing.includes(await ask(`Describe${noun}`, id).then((is) => is.Status ?? is.ImageStatus))) await delay(5)
  }
  const { VpcId, SubnetIds, RoleArn } = place
  const domain = { VpcId, SubnetIds, DefaultUserSettings: { ExecutionRole: RoleArn } }
  const { DomainId } = await ask('CreateDomain', { DomainName: 'sample', AuthMode: 'IAM', ...domain })
  await inService('Domain', { DomainId })
  await made('UserProfile', { DomainId, UserProfileName: 'sample' })
  await made('Space', { DomainId, SpaceName: 'sample' })
  const app = { UserProfileName: 'sample', AppType: 'JupyterServer' }
  await made('App', { ...app, DomainId, AppName: 'sample' })
  await made('Image', { ImageName: 'sample' }, { RoleArn })
  return {
    'sagemaker.DomainId': DomainId,
    'sagemaker.DefaultUserSettings': { ExecutionRole: RoleArn },
    'sagemaker.BaseImage': `${account}.dkr.ecr.${region}.amazonaws.com/sample:latest`,
    'sagemaker.StudioLifecycleConfigContent': Buffer.from('sample').toString('base64'),
    'sagemaker:CreateDomain': { DomainName: 'another', VpcId, SubnetIds },
    'sagemaker:CreateApp': { ...app, AppName: 'another' },
    'sagemaker:DescribeApp': app,
    'sagemaker:DeleteApp': app,
    'sagemaker:CreateUserProfile': { UserProfileName: 'another' },
    'sagemaker:CreateSpace': { SpaceName: 'another' },
    'sagemaker:CreateImage': { ImageName: 'another' },
  }
}
