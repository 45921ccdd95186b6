import type { DeleteDomainCommandInput, DeleteDomainCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { domains } from './domain.ts'
import { changeAndSettle } from './settle.ts'
import { settleDomain } from './settle-domain.ts'
import { spaces } from './space.ts'
import { userProfiles } from './user-profile.ts'

/** RetentionPolicy tells what becomes of the file system, of which there is none here: either way nothing of it is left or lost. */
export const deleteDomain = operation<DeleteDomainCommandInput, DeleteDomainCommandOutput>(
  'sagemaker',
  'DeleteDomain',
  {
    needs: (input, call) => onResource(call, domains.arn(call, input.DomainId)),
    perform(input, { call, world }) {
      const domain = domains.must(world.store, call, input.DomainId)
      const held = [
        ['UserProfile', userProfiles],
        ['Space', spaces],
      ] as const
      for (const [noun, resources] of held) {
        if (resources.all(world.store, call, `${input.DomainId}/`).length > 0) {
          // The live service's sentence is that of user profiles with apps; seen in part for domains as well.
          throw new AwsError(
            'ResourceInUse',
            `Unable to delete Domain [${domain.arn}] because ${noun}(s) are associated with it.`,
          )
        }
      }
      changeAndSettle(world, domains, settleDomain, domain, ({ description }) => void (description.Status = 'Deleting'))
      return {}
    },
  },
)
