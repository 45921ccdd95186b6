import { coloursOf } from '../colour.ts'
import type { Paint } from './picture.ts'

/** How a tour is told while it happens. */
export interface Voice {
  opening(server: { url: string; temporary: boolean }, data: string): void
  begin(step: { number: number; title: string; why: string }): void
  /** The AWS CLI command that does the same. */
  command(text: string): void
  /** What is going on now: a live line on a terminal, nothing elsewhere. */
  busy(text: string): void
  /** The same for what is worth a line of its own elsewhere, whenever it changes. */
  status(text: string): void
  /** A line of the job's own log. */
  log(text: string): void
  /** A labelled finding. */
  note(label: string, text: string, tone?: 'good' | 'bad'): void
  drawing(draw: (paint: Paint) => readonly string[]): void
  end(ok: boolean, outcome: string, seconds: number): void
  closing(headline: string, ok: boolean, sections: readonly { title: string; lines: readonly string[] }[]): void
}

/** For `--format json`: the report says it all at the end. */
export const silent: Voice = {
  opening() {},
  begin() {},
  command() {},
  busy() {},
  status() {},
  log() {},
  note() {},
  drawing() {},
  end() {},
  closing() {},
}

const indent = '      '
const widest = 100
const widestDrawing = 80
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Speaks to people: colour and a live line on a terminal, plain lines elsewhere. */
export function speakTo(stream: NodeJS.WriteStream): Voice {
  const live = stream.isTTY
  const color = coloursOf(stream)
  const width = Math.min(stream.columns ?? widest, widest)
  const paint: Paint = { good: color.green, bad: color.red, quiet: color.dim }
  let shown = ''
  let frame = 0

  const clear = () => {
    if (live && shown) stream.write('\r\u001B[2K')
    shown = ''
  }
  const say = (line = '') => {
    clear()
    stream.write(`${line}\n`)
  }
  const busy = (text: string) => {
    if (!live) return
    clear()
    shown = text
    stream.write(
      `${indent}${color.cyan(spinner[frame++ % spinner.length])} ${text.slice(0, width - indent.length - 2)}`,
    )
  }
  const mark = (ok: boolean) => (ok ? color.green('✔') : color.red('✘'))

  return {
    opening({ url, temporary }, data) {
      say()
      say(
        `  ${color.bold('Sallyport tour')}  one training job in a private subnet, then three things broken and explained`,
      )
      say(color.dim(`  Every step is an ordinary signed AWS call to ${url}; the AWS CLI command that does the same`))
      say(color.dim('  is shown (long JSON cut short: --format json has it whole).'))
      if (temporary) {
        say(
          color.yellow(
            `  No server runs on ${data}: a temporary one was started, and goes with all it holds when the tour ends.`,
          ),
        )
      }
    },
    begin({ number, title, why }) {
      say()
      say(`  ${color.cyan(String(number).padStart(2))}  ${color.bold(title)}`)
      for (const line of wrap(why, width - indent.length)) say(indent + line)
    },
    command(text) {
      for (const line of commandLines(text, width - indent.length)) say(indent + color.dim(line))
    },
    busy,
    status(text) {
      if (live) return busy(text)
      if (text !== shown) say(`${indent}· ${text}`)
      shown = text
    },
    log(text) {
      const kept = shown
      say(`${indent}${color.dim('│')} ${text}`)
      // The same status is not told twice in plain lines.
      if (!live) shown = kept
    },
    note(label, text, tone) {
      const painted = tone ? paint[tone](label.padEnd(10)) : color.dim(label.padEnd(10))
      for (const [at, line] of wrap(text, width - indent.length - 11).entries())
        say(`${indent}${at ? ' '.repeat(10) : painted} ${line}`)
    },
    drawing(draw) {
      const before = width < widestDrawing + indent.length ? '' : indent
      say()
      for (const line of draw(paint)) say(before + line)
      say()
    },
    end(ok, outcome, seconds) {
      const [first = '', ...rest] = wrap(outcome, width - indent.length - 12)
      say(`${indent}${mark(ok)} ${rest.length ? first : `${first}  ${color.dim(took(seconds))}`}`)
      for (const [at, line] of rest.entries())
        say(`${indent}  ${line}${at === rest.length - 1 ? `  ${color.dim(took(seconds))}` : ''}`)
    },
    closing(headline, ok, sections) {
      say()
      say(`  ${mark(ok)} ${color.bold(headline)}`)
      for (const { title, lines } of sections) {
        say()
        say(`  ${color.bold(title)}`)
        for (const line of lines) say(`    ${line}`)
      }
      say()
    },
  }
}

/** A duration, kept on one line. */
export const took = (seconds: number): string => `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)}\u00A0s`

/** Breaks text at spaces (not at non-breaking ones); a word that is longer than a line stands on a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/[ \n]+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  return [...lines, line]
}

/** A command over several lines, as a shell takes it; JSON that nobody would read here is cut short. */
export function commandLines(command: string, width: number): string[] {
  const short = command.replaceAll(/'([[{][^']{56,})'/g, (_, json: string) => `'${json.slice(0, 44)}…'`)
  const words = short.split(/ (?=--)/)
  const lines: string[] = []
  let line = `$ ${words.shift()}`
  for (const word of words) {
    if (line.length + 3 + word.length > width) {
      lines.push(`${line} \\`)
      line = `    ${word}`
    } else {
      line = `${line} ${word}`
    }
  }
  return [...lines, line]
}
