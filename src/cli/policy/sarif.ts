import { pathToFileURL } from 'node:url'
import { isAbsolute } from 'node:path'
import { catalogue } from '../../policy/lint/catalogue.ts'
import type { Finding } from '../../policy/policy.ts'
import type { Linted } from './lint.ts'
import { tokenLength } from './token.ts'

const levels: Readonly<Record<Finding['severity'], 'error' | 'warning' | 'note'>> = {
  ERROR: 'error',
  SECURITY_WARNING: 'warning',
  WARNING: 'warning',
  SUGGESTION: 'note',
}

/** SARIF 2.1.0 (OASIS): one run, a rule for every code that was found, and suggestions as fixes. */
export function toSarif(linted: readonly Linted[]): object {
  const codes = [...new Set(linted.flatMap(({ findings }) => findings.map(({ code }) => code)))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sallyport policy lint',
            rules: codes.map((code) => ({
              id: code,
              shortDescription: { text: titleOf(code) },
              fullDescription: { text: catalogue[code][1] },
              defaultConfiguration: { level: levels[catalogue[code][0]] },
              properties: { tags: catalogue[code][0] === 'SECURITY_WARNING' ? ['security', 'iam'] : ['iam'] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: linted.flatMap(({ source, findings }) =>
          findings.map((finding) => result(finding, source.name, source.text, codes)),
        ),
      },
    ],
  }
}

function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}

function result(finding: Finding, name: string, text: string, codes: readonly string[]): object {
  const { code, severity, message, line, column, path, suggestion } = finding
  const whole = text.split('\n')[line - 1] ?? ''
  const length = tokenLength(whole, column - 1)
  const region = { startLine: line, startColumn: column, endLine: line, endColumn: column + length }
  const artifactLocation = { uri: uriOf(name) }
  // Only what stands there as one string can be replaced as it is.
  const replaceable = suggestion !== undefined && whole[column - 1] === '"'
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation, region },
        ...(path && { logicalLocations: [{ fullyQualifiedName: path }] }),
      },
    ],
    ...(replaceable && {
      fixes: [
        {
          description: { text: `Use ${suggestion}` },
          artifactChanges: [
            {
              artifactLocation,
              replacements: [{ deletedRegion: region, insertedContent: { text: JSON.stringify(suggestion) } }],
            },
          ],
        },
      ],
    }),
  }
}

/** Relative names stay relative, as code scanning wants them. */
function uriOf(name: string): string {
  if (name.startsWith('arn:') || name === 'stdin') return name
  return isAbsolute(name) ? pathToFileURL(name).href : encodeURI(name.replaceAll('\\', '/'))
}
