import { requests } from '../../sagemaker-records/lab.ts'
import { image, roleArn, type KillWorld } from './world.ts'

type Input = Record<string, unknown>

/** A call that sets a resource on its way from one lasting state to another. */
export interface Turn {
  operation: string
  input: Input
  /** As in its ARN, and as it is kept. */
  type: string
  name: string
  /** Its names are made up by SageMaker, and begin so. */
  prefix?: true
  member: string
  passing: string
  /** Undefined: it is gone. */
  lasting?: string
}

/** What the turns below ask for. */
export async function prepareTurns({ ask }: KillWorld): Promise<void> {
  await ask('s3', 'CreateBucket', { Bucket: 'records' })
  await ask('s3', 'PutObject', { Bucket: 'records', Key: 'in/manifest.json', Body: '{"source": "a"}' })
  await ask('s3', 'PutObject', { Bucket: 'records', Key: 'in/template.html', Body: '<p>{{ task.input.source }}</p>' })
  const Content = '<crowd-form><p>{{ task.input.text }}</p></crowd-form>'
  await ask('sagemaker', 'CreateHumanTaskUi', { HumanTaskUiName: 'ui', UiTemplate: { Content } })
  const CognitoMemberDefinition = { UserPool: 'us-east-1_abcdefghi', UserGroup: 'labelers', ClientId: 'client' }
  await ask('sagemaker', 'CreateWorkteam', {
    WorkteamName: 'team',
    Description: 'who labels',
    MemberDefinitions: [{ CognitoMemberDefinition }],
  })
}

/** The life of a resource, turn by turn. `idOf`: of what is there of a type. */
export interface Life {
  title: string
  turns(world: KillWorld, idOf: (type: string) => string): Turn[]
}

const status = (member: string, passing: string, lasting?: string) => ({
  member,
  passing,
  ...(lasting !== undefined && { lasting }),
})

export const lives: readonly Life[] = [
  {
    title: 'notebook instance',
    turns({ vpc, key }) {
      const NotebookInstanceName = 'note'
      const to = (operation: string, passing: string, lasting?: string, input: Input = {}): Turn => ({
        operation: `${operation}NotebookInstance`,
        input: { NotebookInstanceName, ...input },
        type: 'notebook-instance',
        name: NotebookInstanceName,
        ...status('NotebookInstanceStatus', passing, lasting),
      })
      return [
        to('Create', 'Pending', 'InService', {
          InstanceType: 'ml.t3.medium',
          RoleArn: roleArn,
          SubnetId: vpc.Subnets[0],
          SecurityGroupIds: vpc.SecurityGroupIds,
          KmsKeyId: key,
        }),
        to('Stop', 'Stopping', 'Stopped'),
        to('Update', 'Updating', 'Stopped', { InstanceType: 'ml.t3.large' }),
        to('Start', 'Pending', 'InService'),
        to('Stop', 'Stopping', 'Stopped'),
        to('Delete', 'Deleting'),
      ]
    },
  },
  {
    title: 'Studio',
    turns({ vpc, vpcId, key }, idOf) {
      const settings = { ExecutionRole: roleArn, SecurityGroups: vpc.SecurityGroupIds }
      const to = (
        operation: string,
        type: string,
        input: Input,
        states: Pick<Turn, 'member' | 'passing' | 'lasting'>,
      ): Turn => ({
        operation,
        type,
        input,
        name: 'd-',
        prefix: true,
        ...states,
      })
      const pending = status('Status', 'Pending', 'InService')
      const updating = status('Status', 'Updating', 'InService')
      const deleting = status('Status', 'Deleting')
      /** The domain's id is known only once it is there. */
      const of = (input: Input) =>
        Object.defineProperty(input, 'DomainId', { get: () => idOf('domain'), enumerable: true })
      const user = of({ UserProfileName: 'alice' })
      const space = of({ SpaceName: 'shared' })
      const app = of({ UserProfileName: 'alice', AppType: 'KernelGateway', AppName: 'kernel' })
      const domain = {
        DomainName: 'domain',
        AuthMode: 'IAM',
        VpcId: vpcId,
        SubnetIds: vpc.Subnets,
        DefaultUserSettings: settings,
        KmsKeyId: key,
      }
      return [
        to('CreateDomain', 'domain', domain, pending),
        to('UpdateDomain', 'domain', of({ DefaultUserSettings: settings }), updating),
        to('CreateUserProfile', 'user-profile', user, pending),
        to('UpdateUserProfile', 'user-profile', of({ UserProfileName: 'alice', UserSettings: settings }), updating),
        to('CreateSpace', 'space', space, pending),
        to('DeleteSpace', 'space', space, deleting),
        to('CreateApp', 'app', app, pending),
        to('DeleteApp', 'app', app, status('Status', 'Deleting', 'Deleted')),
        to('DeleteUserProfile', 'user-profile', user, deleting),
        to('DeleteDomain', 'domain', of({}), deleting),
      ]
    },
  },
  {
    title: 'image',
    turns() {
      const ImageName = 'kernel'
      const to = (operation: string, passing: string, lasting?: string, input: Input = {}): Turn => ({
        operation: `${operation}Image`,
        input: { ImageName, ...input },
        type: 'image',
        name: ImageName,
        ...status('ImageStatus', passing, lasting),
      })
      const version = (operation: string, passing: string, lasting: string | undefined, input: Input): Turn => ({
        operation: `${operation}ImageVersion`,
        input: { ImageName, ...input },
        type: 'image-version',
        name: `${ImageName}/1`,
        ...status('ImageVersionStatus', passing, lasting),
      })
      return [
        to('Create', 'CREATING', 'CREATED', { RoleArn: roleArn }),
        to('Update', 'UPDATING', 'CREATED', { Description: 'mine' }),
        version('Create', 'CREATING', 'CREATED', { BaseImage: image('reports'), ClientToken: 'once' }),
        to('Delete', 'DELETING'),
      ]
    },
  },
  {
    title: 'feature group',
    turns() {
      const to = (operation: string, passing: string, lasting?: string, input: Input = {}): Turn => ({
        operation: `${operation}FeatureGroup`,
        input: { FeatureGroupName: 'group', ...input },
        type: 'feature-group',
        name: 'group',
        ...status('FeatureGroupStatus', passing, lasting),
      })
      return [
        to('Create', 'Creating', 'Created', requests.CreateFeatureGroup(roleArn, 'group')),
        to('Delete', 'Deleting'),
      ]
    },
  },
  {
    title: 'flow definition',
    turns() {
      const to = (operation: string, passing: string, lasting?: string, input: Input = {}): Turn => ({
        operation: `${operation}FlowDefinition`,
        input: { FlowDefinitionName: 'flow', ...input },
        type: 'flow-definition',
        name: 'flow',
        ...status('FlowDefinitionStatus', passing, lasting),
      })
      return [
        to('Create', 'Initializing', 'Active', requests.CreateFlowDefinition(roleArn, 'flow')),
        to('Delete', 'Deleting'),
      ]
    },
  },
  {
    title: 'labeling job',
    turns() {
      const to = (operation: string, passing: string, lasting?: string, input: Input = {}): Turn => ({
        operation: `${operation}LabelingJob`,
        input: { LabelingJobName: 'label', ...input },
        type: 'labeling-job',
        name: 'label',
        ...status('LabelingJobStatus', passing, lasting),
      })
      return [
        to('Create', 'Initializing', 'InProgress', requests.CreateLabelingJob(roleArn, 'label')),
        to('Stop', 'Stopping', 'Stopped'),
      ]
    },
  },
  {
    title: 'monitoring schedule',
    turns() {
      const request = requests.CreateMonitoringSchedule(roleArn, 'watch')
      const to = (operation: string): Turn => ({
        operation: `${operation}MonitoringSchedule`,
        input: request,
        type: 'monitoring-schedule',
        name: 'watch',
        ...status('MonitoringScheduleStatus', 'Pending', 'Scheduled'),
      })
      return [to('Create'), to('Update')]
    },
  },
]
