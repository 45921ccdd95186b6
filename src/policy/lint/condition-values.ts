/** Values of conditions: can the operator read them, and can a request ever have them? */
import { parseDate } from '../date.ts'
import { compileCidr, parseIp } from '../ip.ts'
import { isAccountId, isOpen, isRegion, splitFields } from './arn-facts.ts'
import type { Desk, StatementCheck } from './report.ts'
import { isEverything, isNegated } from './view.ts'
import type { Clause } from './view.ts'

export const conditionValueChecks: readonly StatementCheck[] = (
  [
    empty,
    booleans,
    numbers,
    dates,
    addresses,
    privateAddresses,
    binaries,
    arns,
    wildcards,
    always,
    formats,
  ] satisfies ClauseCheck[]
).map((check: ClauseCheck): StatementCheck => ({ clauses }, desk) => {
  for (const clause of clauses) check(clause, desk)
})

type ClauseCheck = (clause: Clause, desk: Desk) => void

/** Values that stand there as they will be compared. */
function fixed({ values }: Clause) {
  return values.filter(({ text }) => !text.includes('${'))
}

function empty({ name, key, path, values }: Clause, { report }: Desk): void {
  if (values.length > 0) return
  const code =
    name?.set === 'ForAllValues'
      ? 'EMPTY_ARRAY_CONDITION_FORALLVALUES'
      : name?.set === 'ForAnyValue'
        ? 'EMPTY_ARRAY_CONDITION_FORANYVALUE'
        : name?.ifExists
          ? 'EMPTY_ARRAY_CONDITION_IFEXISTS'
          : 'EMPTY_ARRAY_CONDITION'
  report(code, path, { key })
}

function booleans(clause: Clause, { report }: Desk): void {
  const { name, operator, path } = clause
  if (name?.base !== 'Bool' && name?.base !== 'Null') return
  for (const { text, path: at } of fixed(clause)) {
    if (!/^(?:true|false)$/i.test(text)) report('TYPE_MISMATCH_BOOLEAN', at, { operator })
  }
  if (clause.values.length > 1 && !name.set) report('INVALID_CONDITION_MULTIPLE_BOOLEAN', path, {})
}

function numbers(clause: Clause, { report }: Desk): void {
  const { name, operator, key, path, values } = clause
  if (!name?.base.startsWith('Numeric')) return
  for (const { text, path: at } of fixed(clause)) {
    if (!/^[+-]?\d+(?:\.\d+)?$/.test(text)) report('TYPE_MISMATCH_NUMBER', at, { operator })
  }
  const which = /(Less|Greater)Than/.exec(name.base)?.[1]
  if (which && values.length > 1)
    report('REDUNDANT_CONDITION_VALUE_NUM', path, { operator, key, which: which === 'Less' ? 'greatest' : 'least' })
}

function dates(clause: Clause, { report }: Desk): void {
  if (!clause.name?.base.startsWith('Date')) return
  for (const { text, path } of fixed(clause)) {
    if (parseDate(text) === undefined) report('TYPE_MISMATCH_DATE', path, {})
    else if (/^\d+$/.test(text) && text.length !== 4 && clause.lowerCasedKey !== 'aws:epochtime')
      report('INVALID_DATE_VALUE', path, { date: text })
  }
}

function addresses(clause: Clause, { report }: Desk): void {
  if (!clause.name?.base.endsWith('IpAddress')) return
  for (const { text, path } of fixed(clause)) {
    if (!compileCidr(text)) {
      report('TYPE_MISMATCH_IP_RANGE', path, { operator: clause.operator })
      continue
    }
    const address = networkOf(text)
    if (address && address !== text) report('IMPROVE_IP_RANGE', path, { address }, { suggestion: address })
  }
}

/** An IPv4 block with the bits behind its mask cleared; undefined for IPv6, which is written in many ways. */
function networkOf(text: string): string | undefined {
  const [address = '', length] = text.split('/')
  const words = parseIp(address)
  if (length === undefined || words?.length !== 1) return undefined
  const size = 2 ** (32 - Number(length))
  const network = Math.floor(words[0]! / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')}/${length}`
}

/** Not routed on the internet: RFC 1918, 6598, 3927, 1122, 4193, 4291. */
const privateBlocks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
].map((block) => ({ length: Number(block.split('/')[1]), contains: compileCidr(block)! }))

function isPrivate(text: string): boolean {
  const [address = '', length] = text.split('/')
  const whole = length === undefined ? (address.includes(':') ? 128 : 32) : Number(length)
  return privateBlocks.some((block) => block.length <= whole && block.contains(address))
}

function privateAddresses({ name, lowerCasedKey, path, values }: Clause, { report }: Desk): void {
  if (lowerCasedKey !== 'aws:sourceip' || !name?.base.endsWith('IpAddress')) return
  const hidden = values.filter(({ text }) => isPrivate(text))
  if (hidden.length === 0) return
  const not = isNegated(name) ? 'NOT_' : ''
  if (hidden.length === values.length) report(`PRIVATE_${not}IP_ADDRESS`, path, {})
  else report(`PRIVATE_${not}IP_ADDRESS_SUBSET`, hidden[0]!.path, {})
}

function binaries(clause: Clause, { report }: Desk): void {
  if (clause.name?.base !== 'BinaryEquals') return
  for (const { text, path } of fixed(clause)) {
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
      report('TYPE_MISMATCH_STRING', path, { operator: clause.operator })
  }
}

function arns({ name, operator, values }: Clause, { report }: Desk): void {
  if (!name?.base.startsWith('Arn')) return
  for (const { text, path } of values) {
    if (isEverything(text)) continue
    const [prefix = '', ...rest] = splitFields(text)
    const open = isOpen(prefix)
    if (rest.length < 5 || !(open || prefix === 'arn')) report('TYPE_MISMATCH_ARN', path, { operator, value: text })
  }
}

function wildcards(clause: Clause, { report }: Desk): void {
  const { name } = clause
  if (!name?.base.startsWith('String') || name.base.endsWith('Like')) return
  const wild = clause.values.find(({ text }) => /[*?]/.test(text.replaceAll(/\$\{[^{}]*\}/g, '')))
  if (wild) report('WILDCARD_WITHOUT_LIKE_OPERATOR', wild.path, {})
}

/** Keys that every request has. IAM User Guide: "AWS global condition context keys", availability. */
const ALWAYS_THERE = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:useragent',
  'aws:userid',
  'aws:viaawsservice',
])

/** A lone `*` asks whether the key is there, and nothing else. */
function always({ name, operator, key, lowerCasedKey, path, values }: Clause, { report }: Desk): void {
  if (!name || !/^(?:String|Arn)(?:Not)?Like$/.test(name.base) || name.set) return
  if (!values.some(({ text }) => isEverything(text))) return
  const at = { atKey: true }
  if (isNegated(name)) {
    if (ALWAYS_THERE.has(lowerCasedKey))
      report('REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION', path, { key, operator }, at)
    else report('EQUIVALENT_TO_NULL_TRUE', path, { key, operator }, at)
  } else if (name.ifExists || ALWAYS_THERE.has(lowerCasedKey))
    report('REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION', path, { key, operator }, at)
  else report('EQUIVALENT_TO_NULL_FALSE', path, { key, operator }, at)
}

const ACCOUNT_KEYS =
  /^aws:(?:principal|resource|source|vpce)account$|^(?:s3:resourceaccount|kms:calleraccount|aws:sourceowner)$/
const SERVICE_KEYS =
  /^(?:iam:passedtoservice|iam:awsservicename|aws:calledvia(?:first|last)?|aws:principalservicename)$/
const KMS_KEYS = /^s3:x-amz-server-side-encryption-aws-kms-key-id$/

/** Values of keys whose form is known. */
function formats(clause: Clause, { report }: Desk): void {
  const { name, key, lowerCasedKey } = clause
  if (!name || !/^(?:String|Arn)/.test(name.base)) return
  for (const { text, path } of clause.values) {
    if (isOpen(text)) continue
    if (lowerCasedKey === 'aws:sourcevpc') {
      if (!/^vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})$/.test(text)) report('INVALID_VPC_FORMAT', path, {})
    } else if (lowerCasedKey === 'aws:sourcevpce') {
      if (!/^vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})$/.test(text)) report('INVALID_VPCE_FORMAT', path, {})
    } else if (lowerCasedKey === 'aws:requestedregion') {
      if (!isRegion(text) && text !== 'aws-global') report('INVALID_REGION', path, { region: text })
    } else if (ACCOUNT_KEYS.test(lowerCasedKey)) {
      if (!isAccountId(text)) report('INVALID_ACCOUNT_ID', path, { account: text })
    } else if (lowerCasedKey === 'kms:viaservice') {
      if (!/^[a-z0-9-]+\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?$/.test(text))
        report('INVALID_SERVICE_PRINCIPAL_FORMAT', path, { format: 'service-name.AWS_region.amazonaws.com' })
    } else if (SERVICE_KEYS.test(lowerCasedKey)) {
      if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal|aws\.dev)$/.test(text))
        report('INVALID_SERVICE_PRINCIPAL_FORMAT', path, { format: 'service-name.amazonaws.com' })
    } else if (KMS_KEYS.test(lowerCasedKey)) {
      if (!/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/.test(text)) report('INVALID_KMS_KEY_VALUE', path, { key })
    }
  }
}
