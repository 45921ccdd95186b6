/** Reads `corpus/policy`: the cases are data. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { policyText } from '../../src/policy/compile.ts'
import type { Grant } from '../../src/policy/grant.ts'
import type { ContextValues, Decision, Grammar, Principal } from '../../src/policy/policy.ts'
import type { Doc } from './naive.ts'

const corpus = resolve(import.meta.dirname, '../../corpus/policy')

export function readCorpus(file: string): unknown {
  return JSON.parse(readFileSync(resolve(corpus, file), 'utf8'))
}

/** Text of a file of the corpus, to the letter. */
export function corpusText(file: string): string {
  return readFileSync(resolve(corpus, file), 'utf8')
}

export type PolicyEntry = Doc | { id: string; document: Doc } | { file: string; replace?: Record<string, string> }

export interface Case {
  name: string
  source: string
  principal: Principal
  action: string
  resource: string
  resourceAccount: string
  context: ContextValues
  policies: {
    identity: PolicyEntry[]
    boundary?: PolicyEntry
    session?: PolicyEntry[]
    resource?: PolicyEntry
    resourceType?: 'resource' | 'trust'
    resourceRequired?: boolean
    grants?: Omit<Grant, 'id'>[]
    endpoint?: PolicyEntry
    scp?: PolicyEntry[][]
    rcp?: PolicyEntry[][]
  }
  expect: Pick<Decision, 'effect' | 'decidedBy'> & { missing?: string[]; sentence?: string }
}

/** The files of `cases/`, each with its cases. */
export function caseFiles(): { file: string; cases: Case[] }[] {
  return readdirSync(resolve(corpus, 'cases'))
    .sort()
    .map((file) => ({ file, cases: readCorpus(`cases/${file}`) as Case[] }))
}

/** The document of an entry as text, its placeholders replaced. */
export function textOf(entry: PolicyEntry): string {
  if ('document' in entry) return policyText(entry.document)
  if (!('file' in entry)) return policyText(entry)
  let text = corpusText(entry.file)
  for (const [from, to] of Object.entries(entry.replace ?? {})) {
    assert.ok(text.includes(from), `nothing to replace: ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** The layers of a case with every policy made into something. */
export function mapLayers<T>(policies: Case['policies'], make: (entry: PolicyEntry, grammar: Grammar) => T) {
  const { boundary, session, resource, endpoint, scp, rcp, ...rest } = policies
  const all = (entries: PolicyEntry[], grammar: Grammar) => entries.map((entry) => make(entry, grammar))
  return {
    ...rest,
    identity: all(policies.identity, 'identity'),
    ...(boundary && { boundary: make(boundary, 'identity') }),
    ...(session && { session: all(session, 'identity') }),
    ...(resource && { resource: make(resource, policies.resourceType ?? 'resource') }),
    ...(endpoint && { endpoint: make(endpoint, 'endpoint') }),
    ...(scp && { scp: scp.map((level) => all(level, 'scp')) }),
    ...(rcp && { rcp: rcp.map((level) => all(level, 'rcp')) }),
  }
}
