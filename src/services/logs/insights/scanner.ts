import { AwsError } from '../../../wire/aws-error.ts'

/** Reads a query left to right. What a slash or a star means only the grammar knows, so it asks for what it expects. */
export class Scanner {
  readonly text: string
  at = 0

  constructor(text: string) {
    // Lines that begin with `#` are comments; blanks in their place keep every position.
    this.text = text.replace(/^[^\S\n]*#.*$/gm, (line) => ' '.repeat(line.length))
  }

  skip(): void {
    this.match(/\s*/y)
  }

  get atEnd(): boolean {
    this.skip()
    return this.at >= this.text.length
  }

  /** The groups of a sticky expression that matches here, having moved behind it. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at
    const found = sticky.exec(this.text)
    if (!found) return undefined
    this.at = sticky.lastIndex
    return found
  }

  /** One of these signs, the longest first. */
  sign(...signs: string[]): string | undefined {
    this.skip()
    const found = signs.find((sign) => this.text.startsWith(sign, this.at))
    if (found !== undefined) this.at += found.length
    return found
  }

  /** A keyword, in any case, that is not the beginning of a longer name. */
  keyword(...words: string[]): string | undefined {
    this.skip()
    const before = this.at
    const word = this.match(/[A-Za-z_][\w@.]*/y)?.[0].toLowerCase()
    if (word !== undefined && words.includes(word)) return word
    this.at = before
    return undefined
  }

  expect(sign: string): void {
    if (this.sign(sign) === undefined) throw this.unexpected()
  }

  /** A quoted text without its quotes, single or double. */
  quoted(): string | undefined {
    this.skip()
    const found = this.match(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy)
    return found && (found[1] ?? found[2]!).replace(/\\(["'\\])/g, '$1')
  }

  /** The source of `/an expression/`. */
  regex(): string | undefined {
    this.skip()
    return this.match(/\/((?:[^/\\]|\\.)+)\//sy)?.[1]!.replaceAll('\\/', '/')
  }

  /** The complaint about what stands here. */
  unexpected(): AwsError {
    this.skip()
    const symbol = /[\w@.]+|./sy
    symbol.lastIndex = this.at
    const text = symbol.exec(this.text)?.[0] ?? '<EOF>'
    return this.malformed(`unexpected symbol found ${text}`, this.at, Math.max(this.at, this.at + text.length - 1))
  }

  malformed(message: string, start: number, end: number): AwsError {
    const before = this.text.slice(0, start).split('\n')
    // inferred: the place in the sentence.
    const sentence = `${message} at line ${before.length} and position ${before.at(-1)!.length}`
    return malformedQuery(sentence, start, Math.min(end, this.text.length))
  }
}

/** API Reference, QueryCompileError: where the query is wrong, and why. */
export function malformedQuery(message: string, startCharOffset: number, endCharOffset: number): AwsError {
  const queryCompileError = JSON.stringify({ location: { startCharOffset, endCharOffset }, message })
  return new AwsError('MalformedQueryException', message, 400, { queryCompileError })
}
