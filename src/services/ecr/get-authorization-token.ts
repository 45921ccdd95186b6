import { createHash } from 'node:crypto'
import type { GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import type { Caller } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { registryHost } from './repository.ts'

/** Amazon ECR API Reference, GetAuthorizationToken: "valid for 12 hours". */
const LIFETIME_SECONDS = 12 * 3600

/** Document `ecr/token`, keyed `account/SHA-256 of the secret`: the secret itself is only in the caller's hands. */
export interface Token {
  /** Whoever shows the secret acts as this principal, with its policies. */
  caller: Pick<Caller, 'kind' | 'account' | 'arn' | 'principalArn' | 'userId'> & { accessKeyId?: string }
  /** Epoch seconds. */
  expiresAt: number
}

export const getAuthorizationToken = operation<GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput>(
  'ecr',
  'GetAuthorizationToken',
  {
    needs: () => [need('ecr:GetAuthorizationToken', '*')],
    perform: (input, { call, world }) => {
      const secret = world.hex(256)
      const expiresAt = Math.floor(call.time / 1000) + LIFETIME_SECONDS
      const { kind, account, arn, principalArn, userId, accessKeyId } = call.caller
      world.store.transaction(() => {
        dropExpired(world, call.account)
        world.store.put<Token>('ecr/token', tokenKey(call.account, secret), {
          caller: { kind, account, arn, principalArn, userId, ...(accessKeyId !== undefined && { accessKeyId }) },
          expiresAt,
        })
      })
      const registries = input.registryIds?.length ? input.registryIds : [call.account]
      return {
        authorizationData: registries.map((registry) => ({
          authorizationToken: Buffer.from(`AWS:${secret}`).toString('base64'),
          expiresAt,
          proxyEndpoint: `https://${registryHost({ account: registry, region: call.region })}`,
        })),
      }
    },
  },
)

/** Who holds this authorization token (`base64 of AWS:secret`) of an account; undefined when it is unknown or past its time. */
export function tokenHolder(world: World, account: string, authorizationToken: string): Token['caller'] | undefined {
  const [user, secret] = Buffer.from(authorizationToken, 'base64').toString().split(':', 2)
  if (user !== 'AWS' || !secret) return undefined
  const token = world.store.get<Token>('ecr/token', tokenKey(account, secret))
  return token && token.expiresAt * 1000 > world.now() ? token.caller : undefined
}

const tokenKey = (account: string, secret: string) => `${account}/${createHash('sha256').update(secret).digest('hex')}`

function dropExpired(world: World, account: string): void {
  for (const row of world.store.list<Token>('ecr/token', { prefix: `${account}/` }))
    if (row.value.expiresAt * 1000 <= world.now()) world.store.delete('ecr/token', row.key)
}
