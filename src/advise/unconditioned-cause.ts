import { judged } from '../door/authorize.ts'
import { need, type Call, type Caller } from '../door/call.ts'
import type { DecisionTrace } from '../door/trace.ts'
import { sagemakerNetwork } from '../jobs/acting.ts'
import { trustPolicy } from '../services/iam/trust.ts'
import type { World } from '../world.ts'
import { SERVICE_NETWORK } from './job-needs.ts'

const LACKS =
  /^The execution role "(?<role>arn:[^"]+)" does not have the permissions .+? requires: (?<actions>[\w:, ]+)\./

/**
 * CreateProcessingJob looks at the role's EC2 permissions without making a call (facts: pains.md, role page: "validation
 * checks made during creation"). The calls that they would be, as they would be refused; undefined for other answers.
 */
export function unconditionedCause(world: World, trace: DecisionTrace): DecisionTrace | undefined {
  const { role = '', actions = '' } = LACKS.exec(trace.error?.message ?? '')?.groups ?? {}
  const found = trustPolicy(world.store, role)
  if (!found) return undefined
  const { name, id, account } = found.role
  const caller: Caller = {
    kind: 'role-session',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/SageMaker`,
    principalArn: role,
    userId: `${id}:SageMaker`,
    entityId: id,
    name,
    sessionName: 'SageMaker',
    tags: {},
  }
  const { error: _, stage: __, ...rest } = trace
  const inner: DecisionTrace = {
    ...rest,
    service: 'ec2',
    operation: 'CreateNetworkInterface',
    decision: 'denied',
    caller,
    origin: sagemakerNetwork,
    way: SERVICE_NETWORK,
    onBehalfOf: role,
    needs: [],
  }
  const call: Call = {
    requestId: trace.requestId,
    service: inner.service,
    operation: inner.operation,
    caller,
    origin: sagemakerNetwork,
    way: SERVICE_NETWORK,
    account,
    region: trace.region!,
    time: trace.time,
    secure: true,
    userAgent: '',
    world,
    header: () => undefined,
  }
  inner.needs = actions
    .split(', ')
    .map((action) => judged(call, need(action, '*')))
    .filter(({ decision }) => decision.effect !== 'allow')
  return inner.needs.length > 0 ? inner : undefined
}
