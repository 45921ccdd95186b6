import { readChapters } from './role-page.ts'
import type { Line } from './matrix.ts'

const SIGNS: Record<Line['verdict'], string> = {
  suffices: '✔ suffices',
  needed: '✔ needed',
  misses: '✔ needed; the job goes on without',
  'not needed': '· not needed',
  'kept out': '✔ kept out',
  wrong: '✘ WRONG',
}

/** The matrix as a page that can be held against the role page. */
export function markdown(lines: readonly Line[]): string {
  const titles = new Map(readChapters().map(({ file, chapter }) => [file, chapter.title]))
  const idle = lines.filter(({ verdict }) => verdict === 'not needed')
  const parts = [
    '# The role page, tried line by line',
    '',
    'Each policy that the page "SageMaker Roles" prints, on a job that really runs: with exactly that policy it succeeds, without any',
    'one of its actions it fails and `explain` names the action, and what a scoped policy does not name is kept out. Written by',
    '`./sallyport verify --format markdown`; the cases are in corpus/roles.',
    '',
    `${lines.length} lines; ${idle.length} of them are actions that the request tried here does without.`,
    '',
  ]
  for (const [chapter, own] of Map.groupBy(lines, (line) => line.chapter)) {
    parts.push(`## ${titles.get(chapter) ?? 'Passing roles'}`, '')
    for (const [row, some] of Map.groupBy(own, (line) => line.row)) {
      parts.push(`### ${row}`, '', '| tried | outcome | in AWS’s words, or why |', '|---|---|---|')
      for (const { what, verdict, text } of some) parts.push(`| ${what} | ${SIGNS[verdict]} | ${plain(text)} |`)
      parts.push('')
    }
  }
  return `${parts.join('\n').trimEnd()}\n`
}

/** What is another on every run is left out. */
function plain(text = ''): string {
  return text
    .replaceAll(/Request ID: [\w-]+/g, 'Request ID: …')
    .replaceAll(/(verify-\d+|pass-\d+-\d+)/g, 'NAME')
    .replaceAll(/(-dpp\d+-\d+)-[0-9a-f]{16}/g, '$1-…') // the end of the name of a job that an AutoML job made
    .replaceAll(/algo-(\d+)-\d{10}/g, 'algo-$1-…')
    .replaceAll(/\b(subnet|sg|vpc|eni|eni-attach)-[0-9a-f]{17}\b/g, '$1-…')
    .replaceAll(/key\/[0-9a-f-]{36}/g, 'key/…')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
}
