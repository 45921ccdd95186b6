import { endpointUrl } from '../../door/endpoint-addresses.ts'
import { need } from '../../door/call.ts'
import { explainJob, explainLast, explainRequest } from '../../advise/explain.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { lookUpHost } from './look-up-host.ts'
import { startProgram } from './start-program.ts'
import { stopProgram } from './stop-program.ts'

/** Our own operations, on the same door: what AWS has no API for, authorized by the nearest action that AWS has. */

interface ExplainInput {
  /** A request id, the ARN of a job, or `last`: the account's newest call that was refused or failed. */
  Id: string
}

const explain = operation<ExplainInput, { Document: object }>('sallyport', 'Explain', {
  // AWS's preview asks for this action on `*`, of any principal of the account (facts: errors.md A2.1).
  needs: () => [need('iam:GetRequestAuthorizationDetails', '*')],
  async perform({ Id }, { call, world }) {
    const found = Id.startsWith('arn:')
      ? await explainJob(world, Id, call.account)
      : Id === 'last'
        ? await explainLast(world, call.account)
        : await explainRequest(world, Id, call.account)
    if (!found && Id === 'last') {
      throw new AwsError('ResourceNotFoundException', `No refused call of account ${call.account} is kept.`, 404)
    }
    if (!found) throw new AwsError('ResourceNotFoundException', `No decision is kept for ${Id}.`, 404)
    return { Document: found }
  },
})

const getEndpointUrl = operation<{ VpcEndpointId: string }, { Url: string }>('sallyport', 'GetEndpointUrl', {
  needs: () => [need('ec2:DescribeVpcEndpoints', '*', { shownAs: null })],
  async perform({ VpcEndpointId }, { call, world }) {
    const endpoint = world
      .network(call.account, call.region)
      .documents.VpcEndpoints.find((one) => one.VpcEndpointId === VpcEndpointId)
    if (!endpoint) {
      throw new AwsError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${VpcEndpointId}' does not exist`, 400)
    }
    if (endpoint.VpcEndpointType !== 'Interface') {
      throw new AwsError(
        'InvalidParameter',
        `${VpcEndpointId} is a gateway endpoint: it has no address, routes lead to it.`,
        400,
      )
    }
    return { Url: await endpointUrl(world, VpcEndpointId) }
  },
})

export const operations = {
  Explain: explain,
  GetEndpointUrl: getEndpointUrl,
  LookUpHost: lookUpHost,
  StartProgram: startProgram,
  StopProgram: stopProgram,
}
