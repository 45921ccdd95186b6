import { colour } from './colour.ts'
import type { Explanation } from '../advise/explanation.ts'
import { connect, type Client } from './client.ts'
import { exitCode } from './exit-code.ts'

/** Prints the decision behind a request id or a job; exit code 2 when it was a denial. */
export async function explain(id: string, { format }: { format: 'pretty' | 'json' }): Promise<number> {
  const explanation = await fetchExplanation(connect(), id)
  process.stdout.write(format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : pretty(explanation))
  return explanation.decision === 'denied' ? exitCode.denied : exitCode.ok
}

export async function fetchExplanation(client: Client, id: string): Promise<Explanation> {
  const { Document } = await client.call('sallyport', 'Explain', { Id: id })
  return Document as Explanation
}

const marks = { allow: colour.green('✔'), 'explicit-deny': colour.red('✘'), 'implicit-deny': colour.yellow('–') }

/** EC2's thousand characters of ciphertext say nothing that is not below in plain words. */
const ENCODED = /(Encoded authorization failure message: \S{8})\S+/

/** The explanation as people read it, from what happened to what to do. */
export function pretty(explanation: Explanation): string {
  const { decision, service, operation, requestId, error, caller, job, steps, needs, hops, blockers, fixes, causedBy } =
    explanation
  const lines: string[] = []
  const say = (text = '') => lines.push(text)
  const head = decision === 'allowed' ? colour.green('ALLOWED') : colour.red('DENIED')
  say(job ? `${head}  ${job.arn} (${job.status})` : `${head}  ${service}:${operation}  ${colour.dim(requestId)}`)
  if (job?.failureReason) say(`  ${job.failureReason}`)
  else if (error) say(`  ${error.code}: ${error.message.replace(ENCODED, '$1…')}`)
  if (causedBy) say(`  because of ${causedBy.service}:${causedBy.operation}  ${colour.dim(causedBy.requestId)}`)
  say()
  say(
    `  caller  ${caller.arn || caller.kind}${caller.principalArn && caller.principalArn !== caller.arn ? colour.dim(` (${caller.principalArn})`) : ''}`,
  )
  say(`  way in  ${wayIn(explanation)}`)
  for (const hop of hops) say(`          ${hop.startsWith('BLOCKED') ? colour.red(hop) : colour.dim(hop)}`)
  if (steps?.length) {
    say()
    say('  steps')
    for (const step of steps) {
      const mark =
        step.status === 'done' ? colour.green('✔') : step.status === 'failed' ? colour.red('✘') : colour.yellow('–')
      say(
        `    ${mark} ${step.name}${step.status === 'failed' || step.status === 'refused' ? colour.dim(`  ${step.text ?? ''}`) : ''}`,
      )
    }
  }
  if (needs.length) {
    say()
    say('  needs')
    for (const need of needs) {
      say(`    ${marks[need.effect]} ${need.action} on ${need.resource}`)
      for (const layer of need.layers) {
        const statements = layer.statements.map((one) => `${one.effect} ${one.sid ?? `statement ${one.index}`}`)
        // A policy that says nothing stands in nobody's way by itself: a guardrail of denies is meant to.
        const said = statements.length ? `${layer.effect} (${statements.join(', ')})` : 'no statement matched'
        say(colour.dim(`        ${layer.type.padEnd(9)} ${layer.policy}  ${said}`))
      }
      if (need.missing.length) say(`        missing an allow in: ${need.missing.join(', ')}`)
    }
  }
  if (blockers.length) {
    say()
    say('  why')
    for (const one of blockers)
      say(`    ${colour.red('✘')} [${one.layer}] ${one.code} ${one.component ? `${one.component}: ` : ''}${one.text}`)
  }
  for (const note of explanation.notes ?? []) say(`\n  note    ${note}`)
  if (fixes.length) {
    say()
    say(`  fix ${colour.dim('(tried on a copy: it helps)')}`)
    for (const fix of fixes) {
      say(`    ${colour.green('→')} ${fix.text}`)
      say(`      ${fix.command}`)
    }
  }
  say()
  return `${lines.join('\n')}\n`
}

function wayIn({ way, origin }: Explanation): string {
  const { via, vpcEndpointId } = (way ?? {}) as { via?: string; vpcEndpointId?: string }
  if (via) return `${via}${vpcEndpointId ? ` ${vpcEndpointId}` : ''}`
  const { kind = 'unknown', networkInterfaceId = '' } = (origin ?? {}) as { kind?: string; networkInterfaceId?: string }
  return kind === 'interface' ? `none: from ${networkInterfaceId} it did not arrive` : kind
}
