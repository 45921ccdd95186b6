import type { GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { LIFETIME_SECONDS, mintToken } from './authorization-token.ts'
import { invalidParameter } from './errors.ts'
import { registryHost } from './repository.ts'

/** Nothing is stored: the token itself holds what it stands for, sealed. */
export const getAuthorizationToken = operation<GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput>(
  'ecr',
  'GetAuthorizationToken',
  {
    needs: () => [need('ecr:GetAuthorizationToken', '*')],
    perform: (input, { call, world }) => {
      const { accessKeyId } = call.caller
      // inferred: services have no key, and no business with docker.
      if (accessKeyId === undefined) throw invalidParameter('caller', 'Must have an access key')
      const expiresAt = Math.floor(call.time / 1000) + LIFETIME_SECONDS
      const registries = input.registryIds?.length ? input.registryIds : [call.account]
      return {
        authorizationData: registries.map((registryId) => {
          const password = mintToken(world, { accessKeyId, registryId, region: call.region, expiresAt })
          return {
            authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
            expiresAt,
            proxyEndpoint: `https://${registryHost({ account: registryId, region: call.region })}`,
          }
        }),
      }
    },
  },
)
