import { need } from '../../door/call.ts'
import { authorizationId, uuidOf } from '../../door/request-id.ts'
import type { DecisionTrace } from '../../door/trace.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { sameOrganization } from '../organizations/membership.ts'
import { authorizationDetails, type AuthorizationDetails, type RefusedCall } from './authorization-details.ts'

interface Input {
  authorizationId: string
  nextToken?: string
}

interface Output extends AuthorizationDetails {
  nextToken?: string
}

/** Evaluations on one page. inferred: AWS does not say. */
const PAGE = 100

/**
 * AWS's own explanation of a refusal (preview, since September 2026; facts: errors.md A2.1): to whoever has the right to
 * ask, in the account or the organization of the principal that was refused. Ours knows every refusal of every service,
 * at once, for as long as decisions are kept.
 */
export const getRequestAuthorizationDetails = operation<Input, Output>(
  'iam-toolbox',
  'GetRequestAuthorizationDetails',
  {
    needs: () => [need('iam:GetRequestAuthorizationDetails', '*')],
    perform: (input, { call, world }) => {
      const refused = refusedCall(world, call.account, input.authorizationId)
      if (!refused) {
        // inferred: the sentence is the error's description in the API reference.
        throw new AwsError(
          'ResourceNotFoundException',
          'The requested authorization details do not exist in this region or have expired.',
          404,
        )
      }
      const details = authorizationDetails(world.store, refused)
      const from = offsetOf(input)
      const to = from + PAGE
      return {
        ...details,
        evaluations: details.evaluations.slice(from, to),
        ...(to < details.evaluations.length && { nextToken: tokenOf(input, to) }),
      }
    },
  },
)

/** The record of that id, if it is one of a refusal, and one that this account may see. */
function refusedCall({ decisions, store }: World, account: string, id: string): RefusedCall | undefined {
  const uuid = uuidOf(id)
  if (uuid === undefined || authorizationId(uuid) !== id) return undefined
  const trace = decisions.get(uuid)
  const refused = trace && withSnapshot(trace)
  const owner = refused?.trace.caller?.account
  return owner !== undefined && sameOrganization(store, owner, account) ? refused : undefined
}

function withSnapshot(trace: DecisionTrace): RefusedCall | undefined {
  const snapshot = trace.decision === 'denied' ? trace.needs[0]?.snapshot : undefined
  return snapshot && { trace, snapshot }
}

function tokenOf({ authorizationId: id }: Input, from: number): string {
  return Buffer.from(`${id}/${from}`).toString('base64url')
}

function offsetOf({ authorizationId: id, nextToken }: Input): number {
  if (nextToken === undefined) return 0
  const [of, from = ''] = Buffer.from(nextToken, 'base64url').toString('latin1').split('/')
  // inferred: the sentence.
  if (of !== id || !/^\d{1,9}$/.test(from)) throw new AwsError('ValidationException', 'The nextToken is not valid.')
  return Number(from)
}
