import type { Filter } from '@aws-sdk/client-ec2'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidCombination, invalidValue } from './errors.ts'
import type { Estate } from './estate.ts'
import { idOf, tagsOf, type Noun } from './nouns.ts'
import { matchesWildcard } from './wildcard.ts'

/** What a filter is held against: none of the values matching one of the patterns hides the thing. */
type Values = string | number | boolean | undefined | readonly (string | number | boolean | undefined)[]

/** Filter names of one Describe operation and the values that they look at. `tag:KEY` and `tag-key` come by themselves. */
export type FilterTable<T> = Readonly<Record<string, (thing: T) => Values>>

interface Question {
  ids?: readonly string[] | undefined
  filters?: readonly Shape<Filter>[] | undefined
  maxResults?: number | undefined
  nextToken?: string | undefined
}

interface Page<T> {
  things: T[]
  NextToken?: string
}

/**
 * The body of every Describe operation: ids, filters, pages, in this order.
 * An id that does not exist throws the noun's NotFound; without `maxResults` everything comes at once.
 */
export function describe<T extends object>(
  estate: Estate,
  noun: Noun<T>,
  filters: FilterTable<T>,
  question: Question,
  alive: (thing: T) => boolean = () => true,
): Page<T> {
  const { ids, nextToken } = question
  const named = ids && ids.length > 0
  if (named && question.maxResults !== undefined) {
    // The parameter's own name differs by operation; the sentence is EC2's for instances. inferred: that all nouns share it.
    throw invalidCombination(`The parameter ${noun.idMember}s cannot be used with the parameter MaxResults`)
  }
  const candidates = named
    ? [...new Set(ids)].map((id) => {
        const thing = estate.get(noun, id)
        if (!alive(thing)) throw noun.notFound(id)
        return thing
      })
    : estate.list(noun).filter(alive)
  const passes = filterOf(noun, filters, question.filters)
  return pageOf(candidates.filter(passes), (thing) => idOf(noun, thing), noun.kind, question.maxResults, nextToken)
}

/** All filters must pass; of a filter's values one must. Unknown names are refused. */
export function filterOf<T extends object>(
  noun: Pick<Noun<T>, 'tagMember'>,
  table: FilterTable<T>,
  filters: readonly Shape<Filter>[] | undefined,
): (thing: T) => boolean {
  const tests = (filters ?? []).map(({ Name = '', Values: patterns = [] }) => {
    const read = readerOf(noun, table, Name)
    if (!read) throw invalidValue(`The filter '${Name}' is invalid`)
    if (patterns.length > 200) throw new AwsError('FilterLimitExceeded', 'The maximum number of filter values is 200')
    return (thing: T) => [read(thing)].flat().some((value) => value !== undefined && anyMatch(patterns, String(value)))
  })
  return (thing) => tests.every((test) => test(thing))
}

function readerOf<T extends object>(
  noun: Pick<Noun<T>, 'tagMember'>,
  table: FilterTable<T>,
  name: string,
): ((thing: T) => Values) | undefined {
  if (Object.hasOwn(table, name)) return table[name]
  if (!noun.tagMember) return undefined
  const tags = (thing: T) => tagsOf(noun as Noun<T>, thing)
  if (name === 'tag-key') return (thing) => tags(thing).map((tag) => tag.Key)
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return (thing) => tags(thing).find((tag) => tag.Key === key)?.Value
}

const anyMatch = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matchesWildcard(pattern, text))

/** No list gives more at once, however much is asked for. What may be asked for is in AWS's model, and checked with it. */
const LARGEST_PAGE = 1000

/** Cuts one page out of things sorted by id. The token says after which id to go on, and for which list. */
export function pageOf<T>(
  things: readonly T[],
  id: (thing: T) => string,
  list: string,
  maxResults: number | undefined,
  nextToken: string | undefined,
): Page<T> {
  if (maxResults !== undefined && maxResults < 1) {
    throw invalidValue(`Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value greater than 0.`)
  }
  const after = nextToken === undefined ? undefined : readToken(nextToken, list)
  const rest = after === undefined ? things : things.filter((thing) => id(thing) > after)
  const size = maxResults === undefined ? Infinity : Math.min(maxResults, LARGEST_PAGE)
  const page = rest.slice(0, size)
  return { things: page, ...(rest.length > size ? { NextToken: token(id(page.at(-1)!), list) } : {}) }
}

const token = (after: string, list: string): string => Buffer.from(JSON.stringify([list, after])).toString('base64url')

function readToken(text: string, list: string): string {
  try {
    const [of, after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown]
    if (of === list && typeof after === 'string') return after
  } catch {
    // Falls through: not one of ours.
  }
  throw new AwsError('InvalidNextToken', 'The specified NextToken is not valid.')
}
