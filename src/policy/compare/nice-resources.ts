/** Resources that people would recognise, to be tried before those that the search makes up. */
import { splitPattern } from '../arn.ts'
import { ANY, ONE } from '../pattern.ts'
import type { Part } from '../pattern.ts'
import type { ServiceReference } from '../reference.ts'
import { EXAMPLE_ACCOUNT } from './key-facts.ts'
import type { ResourcePattern, ResourceSet } from './rules.ts'
import type { Pins } from './tokens.ts'

const REGION = 'us-east-1'

export function niceResources(
  action: string,
  required: readonly (ResourceSet | undefined)[],
  pins: Pins,
  reference: ServiceReference | undefined,
): string[] {
  const service = action.slice(0, action.indexOf(':'))
  const account = accountOf(pins)
  const found = formats(action, reference).map((format) => filled(format, account))
  for (const set of required) {
    if (!set || set.negated) continue
    for (const pattern of set.patterns) {
      if (pattern.all) continue
      for (const word of ['example', 'other', '']) found.push(exampleOf(pattern, service, account, pins, word))
    }
  }
  const place = service === 's3' ? '::' : `${REGION}:${account}:`
  return [...found, `arn:aws:${service}:${place}example/example`, `arn:aws:${service}:${place}example`]
}

function accountOf(pins: Pins): string {
  const account = pins.get('aws:resourceaccount') ?? pins.get('aws:principalaccount')
  return typeof account === 'string' ? account : EXAMPLE_ACCOUNT
}

/** The ARN formats of the resources that the action knows. */
function formats(action: string, reference: ServiceReference | undefined): string[] {
  const types = reference?.action(action)?.resourceTypes ?? []
  const service = reference?.service(action.slice(0, action.indexOf(':')))
  return types
    .toSorted((a, b) => Number(b.required) - Number(a.required))
    .flatMap(({ name }) => service?.resourceTypes.get(name)?.arn ?? [])
}

const placeholders: Readonly<Record<string, string>> = { Partition: 'aws', Region: REGION }

function filled(format: string, account: string): string {
  return format.replace(
    /\$\{([^}]+)\}/g,
    (_, name: string) => placeholders[name] ?? (name === 'Account' ? account : 'example'),
  )
}

function exampleOf({ parts }: ResourcePattern, service: string, account: string, pins: Pins, word: string): string {
  const components = splitPattern(parts)
  const defaults = ['arn', 'aws', service, REGION, account]
  const written = Array.from({ length: 6 }, (_, at) => textOf(components[at] ?? [ANY], pins, defaults[at] ?? word))
  return written.join(':')
}

function textOf(component: readonly Part[], pins: Pins, forAny: string): string {
  return component
    .map((part) => {
      if (part === ANY) return forAny
      if (part === ONE) return 'x'
      if (typeof part === 'string') return part
      const value = pins.get(part.key) ?? part.fallback
      return typeof value === 'string' ? value : ''
    })
    .join('')
}
