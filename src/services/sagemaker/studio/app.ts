import type { DescribeAppCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { World } from '../../../world.ts'
import { Resources, type Place, type Resource } from '../resources.ts'
import type { KeyGrant } from './key-grant.ts'

export interface App extends Resource<Shape<DescribeAppCommandOutput>> {
  /** On the domain's key, for the app's volume. */
  grant?: KeyGrant
  /** Epoch seconds. */
  deletedAt?: number
}

/** DescribeApp's own words for a name that it does not know (facts: errors.md A8). */
const notFound = () => new AwsError('ValidationException', 'RecordNotFound')

/** By `DOMAIN/OWNER/TYPE/NAME`; the owner is a user profile or a space. */
export const apps = new Resources<App>(
  'app',
  ({ description: { CreationTime, LastUserActivityTimestamp, Status } }) => ({
    created: CreationTime!,
    modified: LastUserActivityTimestamp ?? CreationTime!,
    status: Status,
  }),
  notFound,
)

/** Members by which operations name an app. */
export interface AppId {
  DomainId: string
  UserProfileName?: string
  SpaceName?: string
  AppType: string
  AppName: string
}

export function appName({ DomainId, UserProfileName, SpaceName, AppType, AppName }: AppId): string {
  return `${DomainId}/${UserProfileName ?? SpaceName ?? ''}/${AppType}/${AppName}`
}

/** "Deleted apps are shown for 24 hours" (Studio's guide, on app states); epoch seconds. */
const shownSeconds = 24 * 3600

export function isShown({ deletedAt }: App, now: number): boolean {
  return deletedAt === undefined || now - deletedAt < shownSeconds
}

/** The app as long as it is told of. Throws DescribeApp's answer. */
export function mustFindApp(world: World, at: Place, id: AppId): App {
  const app = apps.must(world.store, at, appName(id))
  if (!isShown(app, world.now() / 1000)) throw notFound()
  return app
}

/** Of a domain, a user profile or a space, with those that were deleted. */
export function appsOf({ store }: { store: Store }, owner: Resource): App[] {
  const [domain, name] = owner.name.split('/')
  if (name === undefined) return apps.all(store, owner, `${domain}/`)
  const member = owner.arn.includes(':space/') ? 'SpaceName' : 'UserProfileName'
  return apps.all(store, owner, `${owner.name}/`).filter(({ description }) => description[member] === name)
}

/** Running, or on its way to or from it. */
export function isAlive({ description: { Status } }: App): boolean {
  return Status === 'InService' || Status === 'Pending' || Status === 'Deleting'
}

/** What keeps its owner from being deleted: failed ones, too. */
export const isStanding = ({ description: { Status } }: App): boolean => Status !== 'Deleted'
