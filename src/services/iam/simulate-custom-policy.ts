import type { SimulateCustomPolicyCommandInput, SimulateCustomPolicyCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { invalidInput } from './entities.ts'
import { answerSimulation } from './simulate-input.ts'
import { givenSources } from './simulate-sources.ts'
import type { Simulation } from './simulate.ts'

/** May a caller who has these policies do that? Nothing is looked up but, by its ARN, the caller's unique id. */
export const simulateCustomPolicy = operation<SimulateCustomPolicyCommandInput, SimulateCustomPolicyCommandOutput>(
  'iam',
  'SimulateCustomPolicy',
  {
    needs: () => [need('iam:SimulateCustomPolicy', '*')],
    perform: (input, { call, world: { store } }) => {
      const scp = givenLevels(input)
      return answerSimulation(store, input, {
        account: call.account,
        identity: givenSources('PolicyInputList', input.PolicyInputList).map(({ policy }) => policy),
        ...(scp && { scp }),
        organized: scp !== undefined,
        operation: 'SimulateCustomPolicy',
      })
    },
  },
)

/** SCPs as they would hang on root, units and account; only these count here, not those of the caller's organization. */
function givenLevels({
  OrderedOrganizationPolicyInputList: levels,
}: Shape<SimulateCustomPolicyCommandInput>): Simulation['scp'] {
  if (!levels?.length) return undefined
  return levels.map(({ ServiceControlPolicyInputList: texts = [] }, index) => {
    if (texts.length === 0) {
      throw invalidInput(`Organization policy at index ${index + 1} must contain at least one service control policy`)
    }
    return givenSources(`OrderedOrganizationPolicyInputList.${index + 1}`, texts, 'scp').map(({ policy }) => policy)
  })
}
