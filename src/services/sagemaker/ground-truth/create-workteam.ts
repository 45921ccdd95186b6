import type { CreateWorkteamCommandInput, CreateWorkteamCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { newWorkforce } from './create-workforce.ts'
import { checkMembers, isCognito } from './members.ts'
import { workforces, type Workforce } from './workforce.ts'
import { teamName, workteamArn, workteams } from './workteam.ts'

type Input = Shape<CreateWorkteamCommandInput>

/** API_CreateWorkteam: "You cannot create more than 25 work teams in an account and region." */
const teamsMax = 25

export const createWorkteam = operation<CreateWorkteamCommandInput, CreateWorkteamCommandOutput>(
  'sagemaker',
  'CreateWorkteam',
  {
    needs: (input, call) => toCreate(call, workteamArn(call, input.WorkteamName), input.Tags),
    perform(input, permit) {
      const { call, world } = permit
      const { store } = world
      const { WorkteamName, WorkforceName: _, Tags, ...rest } = input
      refuseNotBuilt('CreateWorkteam', {
        'NotificationConfiguration.NotificationTopicArn': input.NotificationConfiguration?.NotificationTopicArn,
      })
      const arn = workteamArn(call, WorkteamName)
      store.transaction(() => {
        // inferred: sentences
        if (workteams.find(store, call, teamName(WorkteamName))) {
          throw new AwsError('ResourceInUse', `A work team with the name ${WorkteamName} already exists (${arn}).`)
        }
        if (workteams.all(store, call).length >= teamsMax) {
          throw new AwsError('ResourceLimitExceeded', `You cannot create more than ${teamsMax} work teams.`)
        }
        const workforce = workforceFor(input, call, permit)
        checkMembers(input.MemberDefinitions, workforce)
        workteams.save(store, {
          account: call.account,
          region: call.region,
          name: teamName(WorkteamName),
          arn,
          description: {
            WorkteamName,
            WorkteamArn: arn,
            WorkforceArn: workforce.arn,
            ...rest,
            SubDomain: workforce.description.SubDomain!,
            CreateDate: call.time / 1000,
            LastUpdatedDate: call.time / 1000,
          },
        })
        putTags(store, arn, Tags)
      })
      return { WorkteamArn: arn }
    },
  },
)

/** The workforce that is named, else the Region's; the first team of Cognito groups makes it. inferred: its name, as in the console. */
function workforceFor(input: Input, call: Call, permit: Permit): Workforce {
  const { store } = permit.world
  if (input.WorkforceName !== undefined) return workforces.must(store, call, input.WorkforceName)
  const [only] = workforces.all(store, call)
  if (only) return only
  const [first] = input.MemberDefinitions
  if (!isCognito(first)) throw new AwsError('ValidationException', 'There is no workforce for the work team.') // inferred: sentence
  const { UserPool, ClientId } = first.CognitoMemberDefinition
  const made = newWorkforce({ WorkforceName: 'default', CognitoConfig: { UserPool, ClientId } }, call, permit)
  workforces.save(store, made)
  return made
}
