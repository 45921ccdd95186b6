import type { TagSpecification } from '@aws-sdk/client-ec2'
import { need, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Shape } from '../../wire/shape.ts'
import type { Estate } from './estate.ts'
import { tagsOf, type Noun } from './nouns.ts'

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

/** Describe* knows no resources, and EC2's sentence names none (facts: errors.md A2.2). */
export function describing(estate: Estate, operation: string): Need[] {
  return [need(`ec2:${operation}`, '*', { context: { 'ec2:Region': estate.region }, shownAs: null })]
}

/**
 * The check on something that exists (or does not: then its ARN is asked all the same, and NotFound comes after the allow).
 * Without an id the ARN ends in `*`. `only` keeps the condition keys that the action's table lists where it lists fewer.
 */
export function on<T extends object>(
  estate: Estate,
  operation: string,
  noun: Noun<T>,
  id: string | undefined,
  more: ContextValues = {},
  only?: readonly string[],
): Need {
  const document = estate.find(noun, id)
  const context: Record<string, string | readonly string[]> = { 'ec2:Region': estate.region }
  if (document) {
    const keys = noun.keys(document, estate.arn)
    for (const key of only ?? Object.keys(keys)) if (keys[key] !== undefined) context[key] = keys[key]
    for (const { Key, Value } of tagsOf(noun, document)) {
      context[`ec2:ResourceTag/${Key}`] = Value ?? ''
      context[`aws:ResourceTag/${Key}`] = Value ?? ''
    }
  }
  return need(`ec2:${operation}`, estate.arn(noun.type, id ?? '*'), { context: { ...context, ...more } })
}

/**
 * The check on what is about to be made, and, where it is made with tags, ec2:CreateTags on it with ec2:CreateAction
 * (EC2 User Guide, "Grant permission to tag resources during creation").
 */
export function making<T extends object>(
  estate: Estate,
  operation: string,
  noun: Noun<T>,
  specifications: readonly Shape<TagSpecification>[] | undefined,
  more: ContextValues = {},
): Need[] {
  const tags = (specifications ?? []).filter((one) => one.ResourceType === noun.type).flatMap((one) => one.Tags ?? [])
  const resource = estate.arn(noun.type, '*')
  const context = { 'ec2:Region': estate.region, ...more, ...requestTags(tags) }
  const made = need(`ec2:${operation}`, resource, { context })
  if (tags.length === 0) return [made]
  return [made, need('ec2:CreateTags', resource, { context: { ...context, 'ec2:CreateAction': operation } })]
}

/** aws:RequestTag/KEY and aws:TagKeys. */
export function requestTags(tags: Tags): ContextValues {
  if (tags.length === 0) return {}
  return {
    'aws:TagKeys': tags.map((tag) => tag.Key ?? ''),
    ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key}`, tag.Value ?? ''])),
  }
}

/** ec2:Attribute and ec2:Attribute/NAME for the attributes that a Modify call sets. inferred: the values' spelling. */
export function attributes(set: Readonly<Record<string, unknown>>): ContextValues {
  const given = Object.entries(set).filter(([, value]) => value !== undefined)
  if (given.length === 0) return {}
  return {
    'ec2:Attribute': given.map(([name]) => name),
    ...Object.fromEntries(given.map(([name, value]) => [`ec2:Attribute/${name}`, attributeText(value)])),
  }
}

function attributeText(value: unknown): string | readonly string[] {
  if (Array.isArray(value)) return value.map(String)
  if (typeof value === 'object' && value !== null && 'Value' in value) return String(value.Value)
  return String(value)
}
