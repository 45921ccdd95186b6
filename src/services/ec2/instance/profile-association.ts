import type {
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult,
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult,
  IamInstanceProfileAssociation,
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult,
} from '@aws-sdk/client-ec2'
import type { Need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import type { InstanceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, on } from '../needs.ts'
import { instances } from '../nouns.ts'
import { without } from '../without.ts'
import { findProfile, passingRole, requireProfile } from './instance-profile.ts'
import { requireLive } from './instance-state.ts'

type Association = Shape<IamInstanceProfileAssociation>
type Given = Shape<AssociateIamInstanceProfileRequest>['IamInstanceProfile'] | undefined

export const associateIamInstanceProfile = ec2Operation<
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult
>('AssociateIamInstanceProfile', {
  needs: (input, estate) => giving(estate, 'AssociateIamInstanceProfile', input.InstanceId, input.IamInstanceProfile),
  perform(input, estate) {
    if (!input.IamInstanceProfile) throw missingParameter('IamInstanceProfile')
    const instance = requireLive(estate, input.InstanceId)
    const { arn: Arn, id: Id } = requireProfile(estate, input.IamInstanceProfile)
    if (instance.IamInstanceProfile) {
      throw new AwsError('IncorrectState', `There is an existing association for instance ${instance.InstanceId}`)
    }
    return { IamInstanceProfileAssociation: associate(estate, instance, { Arn, Id }) }
  },
})

/** Under a new association id. */
export const replaceIamInstanceProfileAssociation = ec2Operation<
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult
>('ReplaceIamInstanceProfileAssociation', {
  needs: (input, estate) =>
    giving(
      estate,
      'ReplaceIamInstanceProfileAssociation',
      findAssociated(estate, input.AssociationId)?.InstanceId,
      input.IamInstanceProfile,
    ),
  perform(input, estate) {
    if (!input.IamInstanceProfile) throw missingParameter('IamInstanceProfile')
    const instance = requireAssociated(estate, input.AssociationId)
    const { arn: Arn, id: Id } = requireProfile(estate, input.IamInstanceProfile)
    return { IamInstanceProfileAssociation: associate(estate, instance, { Arn, Id }) }
  },
})

export const disassociateIamInstanceProfile = ec2Operation<
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult
>('DisassociateIamInstanceProfile', {
  needs: (input, estate) => [
    on(estate, 'DisassociateIamInstanceProfile', instances, findAssociated(estate, input.AssociationId)?.InstanceId),
  ],
  perform(input, estate) {
    const instance = requireAssociated(estate, input.AssociationId)
    estate.save(instances, without(instance, 'IamInstanceProfile', 'ProfileAssociation'))
    return { IamInstanceProfileAssociation: view(instance, 'disassociating') }
  },
})

const filters: FilterTable<Association> = {
  'instance-id': (one) => one.InstanceId,
  state: (one) => one.State,
}

export const describeIamInstanceProfileAssociations = ec2Operation<
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult
>('DescribeIamInstanceProfileAssociations', {
  needs: (_, estate) => describing(estate, 'DescribeIamInstanceProfileAssociations'),
  perform(input, estate) {
    const named = input.AssociationIds?.length
      ? [...new Set(input.AssociationIds)].map((id) => requireAssociated(estate, id))
      : estate.list(instances).filter((one) => one.ProfileAssociation)
    const found = named
      .map((one) => view(one, 'associated'))
      .filter(filterOf({}, filters, input.Filters))
      .toSorted((a, b) => (a.AssociationId! < b.AssociationId! ? -1 : 1))
    const { things, ...page } = pageOf(
      found,
      (one) => one.AssociationId!,
      'profile-associations',
      input.MaxResults,
      input.NextToken,
    )
    return { IamInstanceProfileAssociations: things, ...page }
  },
})

/** The right to change the instance, and to pass the role of the new profile (ec2:NewInstanceProfile). */
function giving(estate: Estate, operation: string, instanceId: string | undefined, given: Given): Need[] {
  const profile = findProfile(estate, given)
  return [
    on(estate, operation, instances, instanceId, profile ? { 'ec2:NewInstanceProfile': profile.arn } : {}),
    ...passingRole(estate, given, instanceId),
  ]
}

function findAssociated(estate: Estate, associationId: string | undefined): InstanceDocument | undefined {
  if (!associationId) return undefined
  return estate.list(instances).find((one) => one.ProfileAssociation?.AssociationId === associationId)
}

function requireAssociated(estate: Estate, associationId: string | undefined): InstanceDocument {
  if (!associationId) throw missingParameter('AssociationId')
  const instance = findAssociated(estate, associationId)
  if (!instance) {
    throw new AwsError('InvalidAssociationID.NotFound', `An invalid association-id of '${associationId}' was given`)
  }
  return instance
}

function associate(estate: Estate, instance: InstanceDocument, profile: { Arn: string; Id: string }): Association {
  const saved = estate.save(instances, {
    ...instance,
    IamInstanceProfile: profile,
    ProfileAssociation: { AssociationId: estate.mint('iip-assoc-'), Timestamp: estate.now },
  })
  return view(saved, 'associating')
}

function view(instance: InstanceDocument, State: 'associating' | 'associated' | 'disassociating'): Association {
  const { AssociationId, Timestamp } = instance.ProfileAssociation!
  return {
    AssociationId,
    InstanceId: instance.InstanceId,
    IamInstanceProfile: instance.IamInstanceProfile!,
    State,
    Timestamp,
  }
}
