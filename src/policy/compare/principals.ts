/**
 * The callers that the Principal elements at hand can tell apart: everyone they name, by each of the names that one
 * caller has at once (session, role, unique id, account), and someone they do not name.
 */
import { NOT_NAMED } from '../match-principal.ts'
import type { Principal } from '../types.ts'
import { spend } from './budget.ts'
import type { Budget } from './budget.ts'
import { EXAMPLE_ACCOUNT } from './key-facts.ts'
import type { Rule } from './rules.ts'
import type { Pins } from './tokens.ts'

/** A caller, and the condition keys on which it depends how it is named. */
export interface Caller {
  readonly principal: Principal
  readonly pins: Pins
}

const NO_PINS: Pins = new Map()

export function named({ principal }: Rule, { principal: caller, pins }: Caller): boolean {
  return !principal || principal(caller, (key) => pins.get(key), false) !== NOT_NAMED
}

const EXAMPLE_OWNER = { account: EXAMPLE_ACCOUNT, partition: 'aws' }

export function roleSession(
  owner: Owner = EXAMPLE_OWNER,
  role = 'example',
  session = 'session',
  path = '/',
): Principal {
  const { account, partition } = owner
  return {
    kind: 'role-session',
    account,
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
    principalArn: `arn:${partition}:iam::${account}:role${path}${role}`,
  }
}

export function user(owner: Owner = EXAMPLE_OWNER, name = 'example', path = '/'): Principal {
  const arn = `arn:${owner.partition}:iam::${owner.account}:user${path}${name}`
  return { kind: 'user', account: owner.account, arn, principalArn: arn }
}

const anonymous: Principal = { kind: 'anonymous', account: '', arn: '', principalArn: '' }

/** Callers, one for each way in which the rules can name one, those first that people expect. */
export function callersOf(rules: readonly Rule[], budget: Budget): Caller[] {
  const names = listedNames(rules)
  const seen = new Set<string>()
  const found: Caller[] = []
  for (const caller of candidates(names)) {
    spend(budget)
    // The kind counts as well: conditions tell a user from a service.
    const namings = rules.map((rule) => Number(named(rule, caller))).join('')
    const name = JSON.stringify([caller.principal.kind, namings, [...caller.pins]])
    if (seen.has(name)) continue
    seen.add(name)
    found.push(caller)
  }
  return found
}

interface Listed {
  aws: Set<string>
  services: Set<string>
  federated: Set<string>
  canonicalIds: Set<string>
}

function listedNames(rules: readonly Rule[]): Listed {
  const listed: Listed = {
    aws: new Set(),
    services: new Set(),
    federated: new Set(),
    canonicalIds: new Set(),
  }
  for (const { document } of rules) {
    const element = document.Principal ?? document.NotPrincipal
    if (!element || element === '*') continue
    for (const name of element.AWS ?? []) listed.aws.add(name)
    for (const name of element.Service ?? []) listed.services.add(name)
    for (const name of element.Federated ?? []) listed.federated.add(name)
    for (const id of element.CanonicalUser ?? []) listed.canonicalIds.add(id)
  }
  return listed
}

const ENTITY_ARN =
  /^arn:([^:]+):(?:iam|sts)::(\d{12}):(user|role|assumed-role|federated-user|root)(?:(\/.*\/|\/)([^/]+))?$/

function* candidates({ aws, services, federated, canonicalIds }: Listed): Iterable<Caller> {
  const owners = new Map<string, Owner>()
  const own = (account: string, partition: string) => owners.set(`${partition}:${account}`, { account, partition })
  own(freshAccount(aws), 'aws')
  const ids: (string | undefined)[] = [undefined]
  for (const name of aws) {
    const [, partition, account] = ENTITY_ARN.exec(name) ?? []
    if (account && partition) own(account, partition)
    else if (/^\d{12}$/.test(name)) own(name, 'aws')
    else if (name !== '*' && !name.startsWith('arn:')) ids.push(name)
  }
  for (const { account, partition } of owners.values()) {
    const root = `arn:${partition}:iam::${account}:root`
    const identities = [...identitiesOf({ account, partition }, aws)]
    const all: Principal[] = [...identities, { kind: 'root', account, arn: root, principalArn: root }]
    for (const principal of all) {
      yield { principal, pins: NO_PINS }
      for (const canonicalId of canonicalIds) yield { principal: { ...principal, canonicalId }, pins: NO_PINS }
    }
    for (const principal of identities) {
      for (const entityId of ids) {
        const one = entityId === undefined ? principal : { ...principal, entityId }
        if (entityId !== undefined) yield { principal: one, pins: NO_PINS }
        for (const provider of federated) yield { principal: one, pins: vouchedFor(provider) }
      }
    }
  }
  yield* servicePrincipals(services)
  yield { principal: anonymous, pins: NO_PINS }
  for (const provider of federated) yield { principal: anonymous, pins: vouchedFor(provider) }
}

function vouchedFor(provider: string): Pins {
  return new Map([['aws:federatedprovider', provider]])
}

/** An account that nobody names. */
function freshAccount(aws: ReadonlySet<string>): string {
  const all = [...aws].join(' ')
  for (let digit = 9; digit >= 0; digit--) {
    const account = String(digit).repeat(12)
    if (!all.includes(account)) return account
  }
  let account = 100_000_000_000
  while (all.includes(String(account))) account++
  return String(account)
}

interface Owner {
  account: string
  partition: string
}

/** The users and sessions of an account that someone names, and of each kind one that nobody does. */
function* identitiesOf(owner: Owner, aws: ReadonlySet<string>): Iterable<Principal> {
  const { account, partition } = owner
  const users = [user(owner)]
  const roles = new Map([['', roleSession(owner)]])
  const sessions: [role: string, session: string][] = []
  const federated = ['example']
  for (const name of aws) {
    const [, where, named, kind, path = '/', last = ''] = ENTITY_ARN.exec(name) ?? []
    if (named !== account || where !== partition) continue
    if (kind === 'user') users.push(user(owner, last, path))
    else if (kind === 'role') roles.set(name, roleSession(owner, last, 'session', path))
    else if (kind === 'federated-user') federated.push(last)
    else if (kind === 'assumed-role') sessions.push([path.slice(1, -1), last])
  }
  yield* roles.values()
  yield* users
  for (const [role, session] of sessions) {
    yield roleSession(owner, role, session)
    for (const { principalArn } of roles.values()) {
      const [, , , , path, last] = ENTITY_ARN.exec(principalArn) ?? []
      if (last === role) yield roleSession(owner, role, session, path)
    }
    // The ARN of a session does not say on which path its role is.
    yield roleSession(owner, role, session, '/example/')
  }
  for (const name of federated) {
    const arn = `arn:${partition}:sts::${account}:federated-user/${name}`
    for (const parent of users) yield { kind: 'federated-user', account, arn, principalArn: arn, parentArn: parent.arn }
  }
}

const REGION = /^([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)(\..+)$/

/** A regional name (`logs.us-east-1.amazonaws.com`) is met by the service in that Region. */
function* servicePrincipals(services: ReadonlySet<string>): Iterable<Caller> {
  const service = (name: string): Principal => ({
    kind: 'service',
    account: '',
    arn: '',
    principalArn: '',
    service: name,
  })
  for (const name of services) {
    yield { principal: service(name), pins: NO_PINS }
    const [, first, region, rest] = REGION.exec(name) ?? []
    if (!region) continue
    for (const asked of [region, region === 'us-east-1' ? 'eu-west-1' : 'us-east-1'])
      yield { principal: service(`${first}${rest}`), pins: new Map([['aws:requestedregion', asked]]) }
  }
  yield { principal: service('unlisted.amazonaws.com'), pins: NO_PINS }
}
