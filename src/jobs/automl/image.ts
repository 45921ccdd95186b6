import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { imagePush } from '../../cli/image-push.ts'
import type { Caller } from '../../door/call.ts'
import { registryHost } from '../../services/ecr/repository.ts'
import type { World } from '../../world.ts'
import { sagemakerNetwork } from '../acting.ts'

/**
 * The image of AutoML's steps. AWS's own lie in accounts of SageMaker's; ours does as well: in the registry of the account that
 * stands for the service, where every role may pull it that its own policies let, and nobody may push.
 * Its tag follows from its content, so that a candidate's image stays what it was when the server is updated.
 */
const OWNER = '000000000000'
const REPOSITORY = 'sallyport-automl'
const PROGRAMS = join(import.meta.dirname, '../../automl-image')

const pullers = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: '*',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    },
  ],
}

const ready = new WeakMap<World, Map<string, Promise<string>>>()

/** The image's URI in a Region; brought there by the first job that needs it. */
export function stepsImage(world: World, region: string): Promise<string> {
  const regions = ready.get(world) ?? new Map<string, Promise<string>>()
  ready.set(world, regions)
  let uri = regions.get(region)
  if (!uri) {
    uri = bring(world, region)
    regions.set(region, uri)
    uri.catch(() => regions.delete(region))
  }
  return uri
}

async function bring(world: World, region: string): Promise<string> {
  const caller: Caller = {
    kind: 'root',
    account: OWNER,
    arn: `arn:aws:iam::${OWNER}:root`,
    principalArn: `arn:aws:iam::${OWNER}:root`,
    userId: OWNER,
    tags: {},
  }
  const call = (service: string, operation: string, input: Record<string, unknown>) =>
    world.door.call<Record<string, unknown>>({
      service,
      operation,
      input,
      as: { caller, via: 'sagemaker.amazonaws.com' },
      origin: sagemakerNetwork,
      region,
    })
  const imageUri = `${registryHost({ account: OWNER, region })}/${REPOSITORY}:${contentTag()}`
  await imagePush({ dir: PROGRAMS, imageUri, entrypoint: 'python3 -B main.py', call, progress: () => {} })
  await call('ecr', 'SetRepositoryPolicy', { repositoryName: REPOSITORY, policyText: JSON.stringify(pullers) })
  return imageUri
}

function contentTag(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(PROGRAMS).toSorted())
    if (name.endsWith('.py')) hash.update(name).update(readFileSync(join(PROGRAMS, name)))
  return hash.digest('hex').slice(0, 16)
}
