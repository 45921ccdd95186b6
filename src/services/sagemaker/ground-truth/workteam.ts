import type { Workteam as WorkteamDescription } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { accountOf } from '../arns.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { Resources } from '../resources.ts'
import type { Place, Resource } from '../resources.ts'

/** A team of a private workforce; its name in the store and in ARNs is `private-crowd/NAME`. */
export type Workteam = Resource<Shape<WorkteamDescription>>

export const workteams = new Resources<Workteam>(
  'workteam',
  ({ description: { CreateDate: created = 0, LastUpdatedDate: modified = created } }) => ({ created, modified }),
  // inferred: sentence
  (arn) => new AwsError('ValidationException', `Could not find workteam "${arn}".`),
)

export const teamName = (name: string): string => `private-crowd/${name}`

export const workteamArn = (at: Place, name: string): string => workteams.arn(at, teamName(name))

/** sagemaker:WorkteamArn and sagemaker:WorkteamType of a request (Service Authorization Reference). */
export function workteamKeys(arn: string | undefined): ContextValues {
  const type = arn?.split(':', 6)[5]?.split('/')[1]
  return { ...(arn && { 'sagemaker:WorkteamArn': arn }), ...(type && { 'sagemaker:WorkteamType': type }) }
}

/** Throws unless the ARN names a team of the caller's. Amazon Mechanical Turk and vendors have no workers here. */
export function mustHaveWorkteam(store: Store, call: Call, arn: string): void {
  const [, , , region = '', , rest = ''] = arn.split(':', 6)
  const name = rest.slice('workteam/'.length)
  const isCallers = accountOf(arn) === call.account && region === call.region
  refuseNotBuilt(call.operation, {
    'WorkteamArn of a public or vendor workforce': /^(?:public|vendor)-crowd\//.test(name),
  })
  // inferred: sentence
  const found = isCallers ? workteams.find(store, call, name) : undefined
  if (!found) throw new AwsError('ValidationException', `Could not find workteam "${arn}".`)
}
