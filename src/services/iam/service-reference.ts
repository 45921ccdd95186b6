/** AWS's Service Authorization Reference, of which a process reads only the services that somebody asks about. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type {
  ActionFacts,
  ConditionKeyFacts,
  ConditionKeyType,
  ResourceTypeFacts,
  ServiceFacts,
  ServiceReference,
} from '../../policy/reference.ts'

/** `generated/service-reference.json`, which scripts/generate.ts writes. */
export interface ReferenceIndex {
  readonly source: string
  /** Prefix -> where its line lies. */
  readonly services: Readonly<Record<string, readonly [offset: number, length: number]>>
  /** Prefixes of the services that RCPs bind. */
  readonly rcp: readonly string[]
  /** Service as ARNs name it -> prefixes of the services that have resource types of such ARNs. */
  readonly arnServices: Readonly<Record<string, readonly string[]>>
  /** Prefixes of condition keys that belong to a service of another name: `saml` -> `sts`. */
  readonly keyPrefixes: Readonly<Record<string, readonly string[]>>
}

/** One line of `generated/service-reference.ndjson`. Keys and resources are told by their place in the lists. */
export interface ReferenceLine {
  readonly prefix: string
  readonly name: string
  readonly keys: readonly (readonly [name: string, type: string])[]
  readonly resources: readonly (readonly [name: string, arn: string, keys: readonly number[]])[]
  readonly actions: readonly (readonly [
    name: string,
    level: ActionFacts['accessLevel'],
    resources: readonly (readonly [resource: number, required: 0 | 1, keys: readonly number[]])[],
    keys: readonly number[],
  ])[]
}

const generated = new URL('../../../generated/', import.meta.url)

let reference: ServiceReference | undefined

/** Throws where `npm run generate` was never run. */
export function serviceReference(): ServiceReference {
  return (reference ??= read())
}

function read(): ServiceReference {
  const { services, rcp, arnServices, keyPrefixes } = readIndex()
  const known = new Map<string, ServiceFacts>()
  const actions = new Map<string, ActionFacts>()
  const typesOf = new Map<string, readonly ResourceTypeFacts[]>()

  const service = (prefix: string): ServiceFacts | undefined => {
    const name = prefix.toLowerCase()
    const place = Object.hasOwn(services, name) ? services[name] : undefined
    if (!place) return undefined
    let facts = known.get(name)
    if (!facts) {
      facts = expand(JSON.parse(readPart(...place)) as ReferenceLine)
      known.set(name, facts)
      for (const action of facts.actions) actions.set(action.name.toLowerCase(), action)
    }
    return facts
  }

  /** A service also has the types of which the ARN leaves the service open. */
  const typesNamed = (arnService: string, prefix: string) =>
    [...service(prefix)!.resourceTypes.values()].filter(({ arn }) => {
      const named = arn.split(':')[2]!
      return named === arnService || (prefix === arnService && named.startsWith('${'))
    })

  return {
    prefixes: Object.keys(services),
    rcpPrefixes: rcp,
    service,
    action(name) {
      const lowerCased = name.toLowerCase()
      return service(lowerCased.slice(0, Math.max(0, lowerCased.indexOf(':')))) && actions.get(lowerCased)
    },
    resourceTypes(arnService) {
      if (!Object.hasOwn(arnServices, arnService)) return undefined
      const found =
        typesOf.get(arnService) ?? arnServices[arnService]!.flatMap((prefix) => typesNamed(arnService, prefix))
      typesOf.set(arnService, found)
      return found
    },
    conditionKey(key) {
      const prefix = key.slice(0, Math.max(0, key.indexOf(':'))).toLowerCase()
      // A provider's prefix may have placeholders (`token.actions.${Domain}.ghe.com`): all of them are keys of STS.
      const owners = Object.hasOwn(keyPrefixes, prefix) ? keyPrefixes[prefix]! : [prefix, 'sts']
      for (const owner of owners) {
        const found = service(owner)?.conditionKey(key)
        if (found) return found
      }
      return undefined
    },
  }
}

function expand({ prefix, name, keys, resources, actions }: ReferenceLine): ServiceFacts {
  const keyNames = (places: readonly number[]) => places.map((place) => keys[place]![0])
  const resourceTypes = new Map<string, ResourceTypeFacts>()
  for (const [type, arn, known] of resources)
    resourceTypes.set(type, { name: type, arn, conditionKeys: keyNames(known) })
  const conditionKeys = new Map<string, ConditionKeyFacts>()
  for (const [key, type] of keys) {
    const [, array, base] = /^(ArrayOf)?(.+)$/.exec(type)!
    conditionKeys.set(key.toLowerCase(), {
      name: key,
      type: base as ConditionKeyType,
      multiValued: array !== undefined,
    })
  }
  return {
    prefix,
    name,
    actions: actions.map(([action, accessLevel, taken, known]) => ({
      name: `${prefix}:${action}`,
      accessLevel,
      resourceTypes: taken.map(([resource, required, own]) => ({
        name: resources[resource]![0],
        required: required === 1,
        conditionKeys: keyNames(own),
      })),
      conditionKeys: keyNames(known),
    })),
    resourceTypes,
    conditionKeys,
    conditionKey: keyFinder(conditionKeys),
  }
}

const PLACEHOLDER = /\\\$\\\{[^}]*\\\}|<[^>]*>/g

/** Finds keys with placeholders, too: the most literal template that fits. */
function keyFinder(keys: ReadonlyMap<string, ConditionKeyFacts>): ServiceFacts['conditionKey'] {
  let templates: [RegExp, ConditionKeyFacts][] | undefined
  return (key) => {
    const lowerCased = key.toLowerCase()
    const exact = keys.get(lowerCased)
    if (exact) return exact
    templates ??= [...keys]
      // Some pages leave the tag's key out, or write `tag-key` for it.
      .map(([name, facts]) => [name.replace(/tag\/(?:tag-key)?$/, 'tag/${TagKey}'), facts] as const)
      .filter(([name]) => /\$\{|</.test(name))
      .toSorted(([a], [b]) => b.length - a.length)
      .map(([name, facts]) => [
        new RegExp(`^${name.replaceAll(/[$.*+?^()[\]{}|\\]/g, '\\$&').replaceAll(PLACEHOLDER, '.+')}$`),
        facts,
      ])
    return templates.find(([template]) => template.test(lowerCased))?.[1]
  }
}

function readIndex(): ReferenceIndex {
  try {
    return JSON.parse(readFileSync(new URL('service-reference.json', generated), 'utf8')) as ReferenceIndex
  } catch (error) {
    throw new Error("AWS's service reference is not there: run `npm run generate`", { cause: error })
  }
}

function readPart(offset: number, length: number): string {
  const file = openSync(new URL('service-reference.ndjson', generated), 'r')
  try {
    const bytes = Buffer.alloc(length)
    if (readSync(file, bytes, 0, length, offset) !== length) {
      throw new Error(
        '`generated/service-reference.ndjson` is cut short: delete `generated` and run `npm run generate`',
      )
    }
    return bytes.toString('utf8')
  } finally {
    closeSync(file)
  }
}
