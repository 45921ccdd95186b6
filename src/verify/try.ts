import { setTimeout as delay } from 'node:timers/promises'
import type { Explanation } from '../advise/explanation.ts'
import type { Client } from '../cli/client.ts'
import { AwsError } from '../wire/aws-error.ts'
import { filledIn } from './role-page.ts'
import type { Chapter } from './role-page.ts'

/** How one request went, with one set of permissions. */
export interface Tried {
  outcome: 'succeeded' | 'failed'
  /** AWS's text of the failure. */
  text?: string
  /** Actions that were refused along the way, as `explain` names them. */
  refused: string[]
}

const DEADLINE_MS = 120_000

/** How long a refusal that is expected may come after the end: interfaces go last. */
const AFTER_MS = 5_000

/** Makes the request as its caller, waits for its end and asks `explain` what was refused. `awaited`: an action that should be. */
export async function tryRequest(
  client: Client,
  chapter: Chapter,
  request: Record<string, unknown>,
  values: Readonly<Record<string, string>>,
  awaited?: string,
): Promise<Tried> {
  let answer: Record<string, unknown>
  try {
    answer = (await client.call('sagemaker', chapter.create, filledIn(request, values))) as typeof answer
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return {
      outcome: 'failed',
      text: `${error.code}: ${error.message}`,
      refused: await refusedIn(client, error.fields['RequestId']),
    }
  }
  const { describe } = chapter
  if (!describe) return { outcome: 'succeeded', refused: [] }
  const input = describe.input ? filledIn(describe.input, values) : { [chapter.name!]: values['name']! }
  const described = await reached(client, describe.operation, input, describe.status, [
    ...describe.good,
    ...describe.bad,
  ])
  const made = answer[chapter.arn ?? '']
  const arn = typeof made === 'string' ? made : ''
  const failed = describe.bad.includes(String(described[describe.status]))
  return {
    outcome: failed ? 'failed' : 'succeeded',
    ...(typeof described['FailureReason'] === 'string' && { text: described['FailureReason'] }),
    refused: await refusedUntil(client, arn, failed ? undefined : awaited),
  }
}

/** Makes what the request refers to; the values with those that came of it. */
export async function prepared(
  admin: Client,
  { before = [] }: Pick<Chapter, 'before'>,
  values: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const all: Record<string, string> = { ...values }
  for (const { operation, input, keep = {}, until } of before) {
    const answer = (await admin.call('sagemaker', operation, filledIn(input, all))) as Record<string, unknown>
    for (const [member, name] of Object.entries(keep)) all[name] = String(answer[member])
    // CreateDomain answers with the ARN alone.
    if (all['domainArn']) all['domain'] = all['domainArn'].split('/')[1]!
    if (until) await reached(admin, until.operation, filledIn(until.input, all), until.status, [until.is, 'Failed'])
  }
  return all
}

/** What the operation describes once its status is one of these. */
export async function reached(
  client: Client,
  operation: string,
  input: Record<string, unknown>,
  status: string,
  ends: readonly string[],
): Promise<Record<string, unknown>> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const found = (await client.call('sagemaker', operation, input)) as Record<string, unknown>
    if (ends.includes(String(found[status]))) return found
    if (performance.now() > deadline)
      throw new Error(`${operation} ${JSON.stringify(input)}: ${String(found[status])} after ${DEADLINE_MS} ms`)
    await delay(50)
  }
}

async function refusedUntil(client: Client, arn: string, awaited: string | undefined): Promise<string[]> {
  const deadline = performance.now() + AFTER_MS
  for (;;) {
    const refused = await refusedIn(client, arn)
    if (awaited === undefined || refused.includes(awaited) || performance.now() > deadline) return refused
    await delay(50)
  }
}

/** A call's own refusal, and those of a job's steps. */
async function refusedIn(client: Client, id: string | undefined): Promise<string[]> {
  if (!id) return []
  const explained = await explanationOf(client, id)
  const steps = (explained?.steps ?? []).flatMap(({ status, requestId }) =>
    requestId !== undefined && status === 'refused' ? [requestId] : [],
  )
  const all = [explained, ...(await Promise.all(steps.map((step) => explanationOf(client, step))))]
  const needs = all.flatMap((one) => one?.needs ?? [])
  return [...new Set(needs.filter(({ effect }) => effect !== 'allow').map(({ action }) => action))]
}

/** Undefined where no decision was kept: the request was malformed, say. */
async function explanationOf(client: Client, id: string): Promise<Explanation | undefined> {
  try {
    return ((await client.call('sallyport', 'Explain', { Id: id })) as { Document: Explanation }).Document
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined
    throw error
  }
}
