import type { CORSRule } from '@aws-sdk/client-s3'
import type { Shape } from '../wire/shape.ts'

/** What a browser asks: may a page of this origin make such a request? */
export interface CrossOriginQuestion {
  origin: string
  method: string
  /** Lower-cased names of headers that the page would send. */
  headers: readonly string[]
}

type Rule = Shape<CORSRule>

/** The first rule that fits, and the origin as it names it (S3 User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?"). */
export function matchingRule(
  rules: readonly Rule[],
  { origin, method, headers }: CrossOriginQuestion,
): { rule: Rule; origin: string } | undefined {
  for (const rule of rules) {
    const by = rule.AllowedOrigins.find((pattern) => fits(pattern, origin))
    if (by === undefined || !rule.AllowedMethods.includes(method)) continue
    const allowed = (rule.AllowedHeaders ?? []).map((pattern) => pattern.toLowerCase())
    if (headers.every((name) => allowed.some((pattern) => fits(pattern, name)))) {
      return { rule, origin: by === '*' ? '*' : origin }
    }
  }
  return undefined
}

/** A pattern has one `*` at most, which stands for any text. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

/** The headers of the answer; `preflight` tells the allowed headers as well. */
export function allowHeaders(
  match: { rule: Rule; origin: string },
  { headers }: CrossOriginQuestion,
  preflight: boolean,
): Record<string, string> {
  const { AllowedMethods, ExposeHeaders = [], MaxAgeSeconds } = match.rule
  return {
    'Access-Control-Allow-Origin': match.origin,
    'Access-Control-Allow-Methods': AllowedMethods.join(', '),
    ...(preflight && headers.length > 0 ? { 'Access-Control-Allow-Headers': headers.join(', ') } : {}),
    ...(ExposeHeaders.length > 0 ? { 'Access-Control-Expose-Headers': ExposeHeaders.join(', ') } : {}),
    ...(MaxAgeSeconds === undefined ? {} : { 'Access-Control-Max-Age': String(MaxAgeSeconds) }),
    // "*" says that no credentials matter.
    ...(match.origin === '*' ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    Vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}
