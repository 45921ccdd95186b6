import { hostOnPremises } from '../../network/on-premises.ts'
import { estateOf } from '../ec2/estate.ts'
import { on } from '../ec2/needs.ts'
import { networkInterfaces } from '../ec2/nouns.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { premisesNeeds } from './on-premises.ts'
import { stopProgramAt } from './programs.ts'

/** Ends a program's place at once; without it the place goes with the process that it was for. */
export const stopProgram = operation<{ NetworkInterfaceId: string }, object>('sallyport', 'StopProgram', {
  needs: ({ NetworkInterfaceId }, call) =>
    hostOnPremises(NetworkInterfaceId)
      ? premisesNeeds(NetworkInterfaceId)
      : [on(estateOf(call), 'DeleteNetworkInterface', networkInterfaces, NetworkInterfaceId)],
  async perform({ NetworkInterfaceId }, { call, world }) {
    if (!(await stopProgramAt(world, call, NetworkInterfaceId))) {
      throw new AwsError('ResourceNotFoundException', `No program runs at ${NetworkInterfaceId}.`, 404)
    }
    return {}
  },
})
