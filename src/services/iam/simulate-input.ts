import type { ContextEntry } from '@aws-sdk/client-iam'
import { readPolicyText } from '../../policy/parse.ts'
import type { CompiledPolicy, Principal } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { type Entity, findEntity, invalidInput, parseArn } from './entities.ts'
import { type Page, pageOf } from './page.ts'
import { callerContext, contextOf } from './simulate-context.ts'
import { isKnownAction } from './simulate-resources.ts'
import { compiled, givenSources, type Source } from './simulate-sources.ts'
import { type Simulation, simulated } from './simulate.ts'

/** What both simulations take; the sentences are AWS's, as its answers were recorded by users. */
export interface SimulationInput {
  ActionNames: string[]
  ResourceArns?: string[]
  ResourcePolicy?: string
  ResourceOwner?: string
  CallerArn?: string
  ContextEntries?: Shape<ContextEntry>[]
  ResourceHandlingOption?: string
  PermissionsBoundaryPolicyInputList?: string[]
  MaxItems?: number
  Marker?: string
}

/** What is known beside the input: whose policies, and what the organization says. */
export interface Subject {
  readonly account: string
  readonly identity: readonly CompiledPolicy[]
  readonly boundary?: CompiledPolicy
  readonly scp?: Simulation['scp']
  readonly organized: boolean
  /** Which operation is asked, for the page of AWS's documentation that refusals name. */
  readonly operation: 'SimulateCustomPolicy' | 'SimulatePrincipalPolicy'
}

/** Checks the input, puts the question to the engine, and gives one page of answers. Throws InvalidInput. */
export function answerSimulation(store: Store, input: SimulationInput, subject: Subject) {
  const resources = input.ResourceArns?.length ? input.ResourceArns : ['*']
  checkResources(resources)
  checkActions(input.ActionNames, resources, subject.operation)
  checkHandling(input, resources, subject.operation)
  const given = contextOf(input.ContextEntries)
  const boundary = givenBoundary(input) ?? subject.boundary
  const caller = input.CallerArn === undefined ? undefined : callerOf(store, input.CallerArn)
  const owner = ownerOf(input.ResourceOwner)
  const resource = resourcePolicyOf(input, resources, caller !== undefined)
  const account = caller?.account ?? subject.account
  const simulation: Simulation = {
    principal: caller ?? { kind: 'user', account, arn: '', principalArn: '' },
    identity: subject.identity,
    ...(boundary && { boundary }),
    ...(resource && { resource }),
    ...(subject.scp && { scp: subject.scp }),
    organized: subject.organized,
    resourceOwner: owner ?? account,
    context: {
      ...callerContext(input.CallerArn === undefined ? undefined : asked(input.CallerArn), account),
      ...given,
    },
    resources,
  }
  const { items, ...rest } = actionsPage(input, actionsAtOnce(simulation))
  return { EvaluationResults: items.map((action) => simulated(simulation, action)), ...rest }
}

/** A permissions boundary out of the request, which takes the place of the entity's own. */
function givenBoundary({ PermissionsBoundaryPolicyInputList: texts }: SimulationInput): CompiledPolicy | undefined {
  if (texts && texts.length > 1) {
    throw invalidInput('The list of Permissions Boundary policies cannot exceed 1 items.')
  }
  const [boundary]: Source[] = givenSources('PermissionsBoundaryPolicyInputList', texts)
  return boundary?.policy
}

function checkResources(resources: readonly string[]): void {
  for (const resource of resources) {
    if (resource !== '*' && !isArn(resource)) {
      throw invalidInput(`ResourceNames are not in a valid ARN format: ${resource}.`)
    }
  }
}

function isArn(text: string): boolean {
  return /^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s.test(text)
}

/** Wildcards and names that AWS does not have are no errors: they are matched as they stand. */
function checkActions(actions: readonly string[], resources: readonly string[], operation: Subject['operation']): void {
  if (!actions.every((action) => action.includes(':'))) {
    throw invalidInput('The action is invalid since it is missing names')
  }
  if (resources.includes('*')) return
  const known = actions.filter(isKnownAction)
  const unknown = actions.filter((action) => !isKnownAction(action))
  if (known.length > 0 && unknown.length > 0) {
    throw invalidInput(
      `Invalid Input Actions: [${known.join(',')}] and [${unknown.join(',')}] require different authorization information.` +
        seeDocumentation(operation),
    )
  }
}

/** Scenarios of EC2's RunInstances. AWS has some of other services, of which it does not tell the names. */
function checkHandling(input: SimulationInput, resources: readonly string[], operation: Subject['operation']): void {
  if (input.ResourceHandlingOption === undefined || resources.includes('*')) return
  const ec2 = /^EC2-(Classic|VPC)-(InstanceStore|EBS)(-Subnet)?$/.test(input.ResourceHandlingOption)
  const other = input.ActionNames.find((action) => !ec2 || action.toLowerCase() !== 'ec2:runinstances')
  if (other !== undefined) {
    throw invalidInput(
      `Invalid input resource handling options. Action does not support resource handling options: ${other}.` +
        seeDocumentation(operation),
    )
  }
}

function seeDocumentation(operation: Subject['operation']): string {
  const page = `https://docs.aws.amazon.com/IAM/latest/APIReference/API_${operation}.html`
  return ` Please refer to the documentation for more details: ${page}`
}

function asked(arn: string): { arn: string; account: string; type: Entity['type']; name: string; userName?: string } {
  const { account, type, name } = parseArn(arn) ?? {}
  if (account === undefined || name === undefined || (type !== 'user' && type !== 'group' && type !== 'role')) {
    throw invalidInput('Invalid caller - Caller must be an IAM user, role or group in this context.')
  }
  return { arn, account, type, name, ...(type === 'user' && { userName: name }) }
}

/** Whom resource policies may name. The caller need not exist; a role's is a session of it. */
function callerOf(store: Store, arn: string): Principal {
  const { account, type, name } = asked(arn)
  const entityId = findEntity(store, type, account, name)?.id
  const common = { account, principalArn: arn, ...(entityId !== undefined && { entityId }) }
  if (type !== 'role') return { kind: 'user', arn, ...common }
  return { kind: 'role-session', arn: `arn:aws:sts::${account}:assumed-role/${name}/simulation`, ...common }
}

/** The account of an ARN in IAM. Throws InvalidInput, for a bare account id, too. */
function ownerOf(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined
  const [, account] = /^arn:[^:]+:iam::(\d{12}):./.exec(arn) ?? []
  if (account === undefined) throw invalidInput('Invalid Resource Owner.')
  return account
}

function resourcePolicyOf(
  { ResourcePolicy: text }: SimulationInput,
  resources: readonly string[],
  called: boolean,
): CompiledPolicy | undefined {
  if (text === undefined) return undefined
  if (!called) throw invalidInput('Invalid caller - Caller cannot be null or empty.')
  if (resources.includes('*')) {
    throw invalidInput('Invalid Entity Arn: * does not clearly define entity type and name.')
  }
  // inferred: the sentence for a resource policy that cannot be read.
  const policy = compiled(text, 'ResourcePolicy', 'resource', 'Resource policy has invalid content')
  if (readPolicyText(text, 'resource').document.Statement.some(({ Resource }) => Resource?.includes('*'))) {
    throw invalidInput('ResourceNames are not in a valid ARN format: *.')
  }
  return policy
}

/** Resources that a page answers for, and statements that it may name: everybody waits while one caller simulates. */
const ANSWERS = 2000
const STATEMENTS = 50_000

/** Actions that go on a page, one at least. Throws where even that would be too much. */
function actionsAtOnce({ resources, identity, boundary, resource }: Simulation): number {
  const policies = [...identity, ...(boundary ? [boundary] : []), ...(resource ? [resource] : [])]
  const statements = resources.length * policies.reduce((sum, policy) => sum + policy.statements.length, 0)
  // inferred: AWS has a limit, and does not tell it.
  if (statements > 2 * STATEMENTS) throw invalidInput('The simulation has too many resources for its policies.')
  return Math.max(1, Math.floor(Math.min(ANSWERS / resources.length, STATEMENTS / Math.max(1, statements))))
}

/**
 * Pages count actions; each has the results of all its resources. "IAM might return fewer than the MaxItems number of
 * results, even when there are more results available" (IAM API reference).
 */
function actionsPage({ ActionNames, MaxItems = 100, Marker }: SimulationInput, most: number): Page<string> {
  try {
    return pageOf(ActionNames, {
      MaxItems: Math.min(MaxItems, most),
      ...(Marker !== undefined && { Marker }),
    })
  } catch {
    throw invalidInput('Invalid marker for pagination.')
  }
}
