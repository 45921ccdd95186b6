/** The way from a private subnet to Amazon S3, as a drawing of text. */
export interface Path {
  subnet: string
  /** What the route table says of S3; empty where it says nothing. */
  route: string
  /** The gateway endpoint; empty where there is none. */
  endpoint: string
  bucket: string
}

export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly quiet: (text: string) => string
}

const plain: Paint = { good: (text) => text, bad: (text) => text, quiet: (text) => text }

/**
 * Four boxes and the ways between them. A way that leads nowhere is crossed out, and so is S3's door where it is shut
 * (`refused` says by what).
 */
export function drawPath(
  { subnet, route, endpoint, bucket }: Path,
  { refused, paint = plain }: { refused?: string; paint?: Paint } = {},
): string[] {
  const open = Boolean(route && endpoint)
  const boxes: readonly [title: string, content: string, exists: boolean][] = [
    ['subnet', subnet, true],
    ['route table', route || '(no S3 route)', true],
    ['gateway endpoint', endpoint || '(none)', Boolean(endpoint)],
    ['Amazon S3', bucket, true],
  ]
  const widths = boxes.map(([title, content]) => Math.max(title.length, content.length) + 2)
  const rows = { top: '', title: '', content: '', bottom: '', marks: '' }
  const arrow = (at: number): string => {
    if (at === 0) return paint.good('──▶')
    if (!open) return at === 1 ? paint.bad('─✘ ') : paint.quiet('   ')
    return at === 2 && refused ? paint.bad('──✘') : paint.good('──▶')
  }
  for (const [at, [title, content, exists]] of boxes.entries()) {
    const width = widths[at]!
    const edge = exists ? plain.bad : paint.bad
    const gap = at < boxes.length - 1 ? '   ' : ''
    const [line, bar] = exists ? ['─', '│'] : ['╌', '┊']
    rows.top += edge(`╭${line.repeat(width)}╮`) + gap
    rows.title += edge(bar) + ` ${title.padEnd(width - 1)}` + edge(bar) + gap
    rows.content += edge(bar) + ` ${paint.quiet(content.padEnd(width - 1))}` + edge(bar) + (gap && arrow(at))
    rows.bottom += edge(`╰${line.repeat(width)}╯`) + gap
  }
  // Under the gap that is crossed out: boxes are their text and four characters wide, gaps three.
  const below = (gap: number) => ' '.repeat(widths.slice(0, gap + 1).reduce((sum, width) => sum + width + 5, -3))
  if (!open) rows.marks = `${below(1)}${paint.bad(' ╰ here the packets are dropped')}`
  else if (refused) rows.marks = `${below(2)}${paint.bad(`  ╰ ${refused}`)}`
  return Object.values(rows).filter((row) => row !== '')
}
