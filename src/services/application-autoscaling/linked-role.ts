import type { Call, Caller, Origin } from '../../door/call.ts'
import type { Credentials } from '../../door/door.ts'
import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { findEntity } from '../iam/entities.ts'
import { partition } from '../partition.ts'
import type { Place } from './target.ts'

/** The principal that the service-linked role trusts (User Guide, "Service-linked roles for Application Auto Scaling"). */
const PRINCIPAL = 'sagemaker.application-autoscaling.amazonaws.com'
const ROLE = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint'

const network: Origin = { kind: 'service-network', service: 'application-autoscaling.amazonaws.com' }

export function linkedRoleArn({ account, region }: Place): string {
  return `arn:${partition(region)}:iam::${account}:role/aws-service-role/${PRINCIPAL}/${ROLE}`
}

/** Makes the role where it is not there yet, in the caller's name: that needs iam:CreateServiceLinkedRole. */
export async function ensureLinkedRole(
  world: World,
  call: Pick<Call, 'account' | 'region' | 'requestId'> & { caller: Caller },
) {
  if (findEntity(world.store, 'role', call.account, ROLE)) return
  try {
    await world.door.call({
      service: 'iam',
      operation: 'CreateServiceLinkedRole',
      input: { AWSServiceName: PRINCIPAL },
      as: { caller: call.caller, via: 'application-autoscaling.amazonaws.com' },
      origin: network,
      region: call.region,
      onBehalfOf: call.requestId,
    })
  } catch (error) {
    // IAM's code has no Exception at its end, this service's has.
    if (error instanceof AwsError && error.code === 'AccessDenied') {
      throw new AwsError('AccessDeniedException', error.message)
    }
    throw error
  }
}

/** A call to another service as the service-linked role. Rejects with that service's AwsError. */
export async function callAsLinkedRole<O>(
  world: World,
  place: Place,
  { service, operation, input, onBehalfOf }: { service: string; operation: string; input: object; onBehalfOf: string },
): Promise<O> {
  const given = await world.door.call<{
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string }
  }>({
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn: linkedRoleArn(place), RoleSessionName: 'AutoScaling-SageMaker' }, // inferred: name of the session
    as: { service: PRINCIPAL, sourceAccount: place.account },
    origin: network,
    region: place.region,
    onBehalfOf,
  })
  const { AccessKeyId, SecretAccessKey, SessionToken } = given.Credentials
  const credentials: Credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  }
  return world.door.call<O>({
    service,
    operation,
    input: { ...input },
    as: { credentials },
    origin: network,
    region: place.region,
    onBehalfOf,
  })
}
