import { colour } from '../colour.ts'
import { lint } from '../../policy/policy.ts'
import type { Finding, PolicyType } from '../../policy/policy.ts'
import { serviceReference } from '../../services/iam/service-reference.ts'
import { exitCode } from '../exit-code.ts'
import { toSarif } from './sarif.ts'
import { readSource } from './source.ts'
import type { Source } from './source.ts'
import { tokenLength } from './token.ts'

/** One document and what was found in it. */
export interface Linted {
  readonly source: Source
  readonly type: PolicyType
  readonly findings: readonly Finding[]
}

interface Options {
  type?: PolicyType
  format: 'pretty' | 'json' | 'sarif'
}

/** `policy lint`: exit code 3 when anything but suggestions was found. */
export function lintCommand(files: readonly string[], { type, format }: Options): number {
  const reference = serviceReference()
  const linted = files.map((file): Linted => {
    const source = readSource(file)
    const is = type ?? guessType(source.text)
    return { source, type: is, findings: lint(source.text, { type: is, reference }) }
  })
  process.stdout.write(print[format](linted))
  const counts = linted.some(({ findings }) => findings.some(({ severity }) => severity !== 'SUGGESTION'))
  return counts ? exitCode.findings : exitCode.ok
}

const print = {
  pretty,
  json: (linted: readonly Linted[]) =>
    `${JSON.stringify(
      linted.map(({ source, type, findings }) => ({ file: source.name, type, findings })),
      null,
      2,
    )}\n`,
  sarif: (linted: readonly Linted[]) => `${JSON.stringify(toSarif(linted), null, 2)}\n`,
}

/** By its elements: principals make it a resource's policy, and STS actions alone a role's trust policy. */
function guessType(text: string): PolicyType {
  let statements: Record<string, unknown>[]
  try {
    const { Statement } = JSON.parse(text) as { Statement?: unknown }
    statements = [Statement]
      .flat()
      .filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
  } catch {
    return 'identity'
  }
  if (!statements.some((statement) => 'Principal' in statement || 'NotPrincipal' in statement)) return 'identity'
  const actions = statements.flatMap(({ Action }) => [Action].flat()).map(String)
  const ofSts = actions.length > 0 && actions.every((action) => /^sts:/i.test(action))
  return ofSts && !statements.some((statement) => 'Resource' in statement) ? 'trust' : 'resource'
}

const colours: Readonly<Record<Finding['severity'], (text: string) => string>> = {
  ERROR: colour.red,
  SECURITY_WARNING: colour.magenta,
  WARNING: colour.yellow,
  SUGGESTION: colour.cyan,
}

function pretty(linted: readonly Linted[]): string {
  const blocks = linted.flatMap(({ source, findings }) => findings.map((finding) => prettyFinding(source, finding)))
  const all = linted.flatMap(({ findings }) => findings)
  const count = (severity: Finding['severity']) => all.filter((finding) => finding.severity === severity).length
  const summary =
    all.length === 0
      ? colour.green('no findings')
      : (['ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION'] as const)
          .filter((severity) => count(severity) > 0)
          .map((severity) => colours[severity](`${count(severity)} ${severity}`))
          .join(', ')
  const documents = linted.length === 1 ? '1 document' : `${linted.length} documents`
  return `${[...blocks, `${documents}: ${summary}`].join('\n')}\n`
}

/** `file:line:column SEVERITY CODE message`, then the line with a mark under the place. */
function prettyFinding({ name, text }: Source, finding: Finding): string {
  const { line, column, severity, code, message, suggestion } = finding
  const whole = text.split('\n')[line - 1] ?? ''
  // Documents on one line are shown around the place only.
  const from = column > WIDTH ? column - 1 - WIDTH / 2 : 0
  const shown = whole.slice(from, from + WIDTH * 1.5).replace(/[\t\r]/g, ' ')
  const length = Math.max(1, Math.min(tokenLength(whole, column - 1), shown.length - (column - 1 - from)))
  const gutter = String(line)
  return [
    `${colour.bold(`${name}:${line}:${column}`)} ${colours[severity](severity)} ${code} ${message}`,
    `  ${colour.dim(`${gutter} |`)} ${shown}`,
    `  ${colour.dim(`${' '.repeat(gutter.length)} |`)} ${' '.repeat(column - 1 - from)}${colours[severity]('^'.repeat(length))}`,
    ...(suggestion === undefined ? [] : [`  ${colour.dim(`${' '.repeat(gutter.length)} =`)} use: ${suggestion}`]),
    '',
  ].join('\n')
}

const WIDTH = 100
