import { AwsError } from '../../wire/aws-error.ts'
import { invalidParameter } from './errors.ts'

/** One rule of a lifecycle policy (Amazon ECR User Guide, "Lifecycle policy properties in Amazon ECR"). */
export interface LifecycleRule {
  /** Lower ones count first. */
  priority: number
  tagStatus: 'tagged' | 'untagged' | 'any'
  tagPrefixList: readonly string[]
  tagPatternList: readonly string[]
  countType: 'imageCountMoreThan' | 'sinceImagePushed'
  /** Images, or days. */
  countNumber: number
}

type Members = Record<string, unknown>

/**
 * Reads a policy; throws InvalidParameterException. The sentences about single members are those of the JSON Schema validator
 * that ECR uses, as users' logs have them; marked are those that were not found.
 */
export function parseLifecyclePolicy(text: string): LifecycleRule[] {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw refused('Could not map policyString into LifecyclePolicy.')
  }
  const policy = members(document, ['rules'], [])
  const { rules } = policy
  if (!Array.isArray(rules)) throw wrongType(rules, 'array')
  if (rules.length === 0) throw refused('array is too short: must have at least 1 elements but instance has 0 elements')
  const parsed = rules.map(ruleOf)
  assertTogether(parsed)
  return parsed.toSorted((a, b) => a.priority - b.priority)
}

function ruleOf(document: unknown): LifecycleRule {
  const rule = members(document, ['action', 'rulePriority', 'selection'], ['description'])
  const priority = whole(rule['rulePriority'])
  if (rule['description'] !== undefined && typeof rule['description'] !== 'string')
    throw wrongType(rule['description'], 'string')
  const action = members(rule['action'], ['type'], ['targetStorageClass'])
  if (one(action['type'], ['expire', 'transition']) === 'transition') throw archives('action.type: transition')
  const selection = members(
    rule['selection'],
    ['countNumber', 'countType', 'tagStatus'],
    ['countUnit', 'storageClass', 'tagPatternList', 'tagPrefixList'],
  )
  const countTypes = ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'] as const
  const countType = one(selection['countType'], countTypes)
  if (countType !== 'imageCountMoreThan' && countType !== 'sinceImagePushed') throw archives(`countType: ${countType}`)
  if (selection['storageClass'] !== undefined && one(selection['storageClass'], ['standard', 'archive']) === 'archive')
    throw archives('storageClass: archive')
  const parsed: LifecycleRule = {
    priority,
    tagStatus: one(selection['tagStatus'], ['tagged', 'untagged', 'any'] as const),
    tagPrefixList: texts(selection['tagPrefixList']),
    tagPatternList: texts(selection['tagPatternList']),
    countType,
    countNumber: whole(selection['countNumber']),
  }
  assertSelection(parsed, selection['countUnit'])
  return parsed
}

function assertSelection({ tagStatus, tagPrefixList, tagPatternList, countType }: LifecycleRule, unit: unknown): void {
  const lists = tagPrefixList.length + tagPatternList.length
  if (tagStatus === 'tagged' && lists === 0)
    throw refused('Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.')
  // inferred: this sentence, and the three below.
  if (tagStatus !== 'tagged' && lists > 0)
    throw refused(`Cannot specify tagPrefixList or tagPatternList when tagStatus=${tagStatus.toUpperCase()}.`)
  if (tagPrefixList.length > 0 && tagPatternList.length > 0)
    throw refused('Cannot specify both tagPrefixList and tagPatternList.')
  if (tagPatternList.some((pattern) => pattern.split('*').length > 5))
    throw refused('A tag pattern can contain a maximum of four wildcards (*).')
  if (countType === 'sinceImagePushed' ? one(unit, ['days']) !== 'days' : unit !== undefined)
    throw refused('countUnit can be specified only when countType is sinceImagePushed.')
}

function assertTogether(rules: readonly LifecycleRule[]): void {
  const priorities = rules.map(({ priority }) => priority)
  // inferred: the sentence.
  if (new Set(priorities).size < rules.length) throw refused('Rule priorities must be unique')
  if (rules.filter(({ tagStatus }) => tagStatus === 'untagged').length > 1)
    throw refused('Only one rule can select Untagged images per storage class')
  const any = rules.filter(({ tagStatus }) => tagStatus === 'any')
  if (any.length > 1 || any.some(({ priority }) => priority < Math.max(...priorities)))
    throw refused('Rule for tagStatus=ANY must have the lowest priority per storage class')
}

function members(value: unknown, required: readonly string[], optional: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, 'object')
  const names = Object.keys(value)
  const missing = required.filter((name) => !names.includes(name))
  if (missing.length > 0) throw refused(`object has missing required properties (${JSON.stringify(missing)})`)
  const unknown = names.filter((name) => !required.includes(name) && !optional.includes(name))
  if (unknown.length > 0)
    throw refused(`object instance has properties which are not allowed by the schema: ${JSON.stringify(unknown)}`)
  return value as Members
}

function whole(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(value, 'integer')
  if (value < 1) throw refused(`numeric instance is lower than the required minimum (minimum: 1, found: ${value})`)
  return value
}

function one<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((text) => text === value)
  if (found === undefined)
    throw refused(
      `instance value (${JSON.stringify(value)}) not found in enum (possible values: ${JSON.stringify(allowed)})`,
    )
  return found
}

function texts(value: unknown): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw wrongType(value, 'array')
  return value.map((text) => {
    if (typeof text !== 'string') throw wrongType(text, 'string')
    return text
  })
}

function wrongType(value: unknown, allowed: string): AwsError {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return refused(`instance type (${type}) does not match any allowed primitive type (allowed: ["${allowed}"])`)
}

const refused = (reason: string) =>
  invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${reason}`)

/** Nothing is archived here. */
const archives = (what: string) =>
  new AwsError('NotImplemented', `Lifecycle rules with ${what} are not built in Sallyport yet; nothing was done.`, 501)
