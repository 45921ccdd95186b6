import { compileGlob, type Glob } from '../../policy/glob.ts'
import { ANY, type FixedPart } from '../../policy/pattern.ts'
import type { ActionFacts } from '../../policy/reference.ts'
import { serviceReference } from './service-reference.ts'

/** What the simulator knows of actions and the resources they take (AWS's Service Authorization Reference). */

/**
 * Whether an action can be about that resource at all: AWS's simulator denies s3:GetObject on a user's ARN whatever the
 * policies say. Unknown actions, and resources with wildcards, are taken as they are.
 */
export function takesResource(actionName: string, resource: string): boolean {
  const formats = formatsOf(actionName)
  if (formats.length === 0 || /[*?]/.test(resource)) return true
  return formats.some((format) => fits(format, resource))
}

/**
 * What stands for the resource in the summary of several: the format of what the action is about, or `*`.
 * inferred: AWS has formats of its own here, which differ in the names of some placeholders.
 */
export function resourceTemplate(actionName: string): string {
  return formatsOf(actionName)[0]?.replace('${Partition}', 'aws').replace('${ObjectName}', '${KeyName}') ?? '*'
}

export function isKnownAction(actionName: string): boolean {
  return findAction(actionName) !== undefined
}

function findAction(name: string): ActionFacts | undefined {
  return serviceReference().action(name)
}

/** ARN formats of the action's resource types: those it cannot do without first, and of these the plainest. */
function formatsOf(actionName: string): string[] {
  const action = findAction(actionName)
  if (!action) return []
  const service = serviceReference().service(action.name.slice(0, action.name.indexOf(':')))
  return action.resourceTypes
    .map(({ name, required }) => ({ required, arn: service?.resourceTypes.get(name)?.arn ?? '*' }))
    .toSorted((a, b) => Number(b.required) - Number(a.required) || a.arn.length - b.arn.length)
    .map(({ arn }) => arn)
}

const patterns = new Map<string, Glob>()

/**
 * Placeholders stand for anything, nothing included: many ARNs leave Region or account out. Resources are anybody's
 * text, so a matcher that takes linear time.
 */
function fits(format: string, resource: string): boolean {
  let matches = patterns.get(format)
  if (!matches) {
    const parts: FixedPart[] = []
    for (const [index, literal] of format.split(/(?:\$\{[^}]*\}|\*)+/).entries()) {
      if (index > 0) parts.push(ANY)
      if (literal !== '') parts.push(literal)
    }
    patterns.set(format, (matches = compileGlob(parts)))
  }
  return matches(resource)
}
