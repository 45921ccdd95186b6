/** JSON -> the view, with findings about what is in the wrong place, of the wrong type, or missing. */
import { principalTypes } from '../document.ts'
import type { Json, JsonObject, JsonPath } from '../json.ts'
import { parseOperator } from '../operators.ts'
import { STATEMENT_ELEMENTS, TOP_ELEMENTS } from '../parse.ts'
import type { PolicyType } from '../types.ts'
import type { Report } from './report.ts'
import type { Clause, Item, List, Policy, PrincipalItem, Principals, Statement } from './view.ts'

const VERSIONS = ['2008-10-17', '2012-10-17']

/** Undefined where the whole is no object. */
export function readView(json: Json, text: string, type: PolicyType, report: Report): Policy | undefined {
  if (!isObject(json)) {
    report('DATA_TYPE_MISMATCH', [], { type: 'Object' })
    return undefined
  }
  for (const element of Object.keys(json)) {
    if (!TOP_ELEMENTS.has(element)) report('INVALID_POLICY_ELEMENT', [element], { element }, { atKey: true })
  }
  const { Version: version, Id, Statement: statement } = json
  if (version !== undefined && !VERSIONS.includes(version as string)) {
    if (typeof version !== 'string') report('DATA_TYPE_MISMATCH', ['Version'], { type: 'String' })
    else
      report('INVALID_VERSION', ['Version'], { version, versions: VERSIONS.join(', ') }, { suggestion: VERSIONS[1]! })
  }
  if (Id !== undefined && typeof Id !== 'string') report('DATA_TYPE_MISMATCH', ['Id'], { type: 'String' })
  const statements: Statement[] = []
  if (statement === undefined || (Array.isArray(statement) && statement.length === 0))
    report('MISSING_STATEMENT', statement === undefined ? [] : ['Statement'], {})
  else {
    for (const [index, one] of (Array.isArray(statement) ? statement : [statement]).entries()) {
      const path = ['Statement', index]
      if (isObject(one)) statements.push(readStatement(one, path, report))
      else report('DATA_TYPE_MISMATCH', path, { type: 'Object' })
    }
  }
  return { type, text, json, version, statements }
}

function readStatement(json: JsonObject, path: JsonPath, report: Report): Statement {
  for (const element of Object.keys(json)) {
    if (!STATEMENT_ELEMENTS.has(element))
      report('INVALID_POLICY_ELEMENT', [...path, element], { element }, { atKey: true })
  }
  for (const one of ['Principal', 'Action', 'Resource']) {
    const other = `Not${one}`
    if (json[one] !== undefined && json[other] !== undefined)
      report('UNSUPPORTED_ELEMENT_COMBINATION', [...path, other], { one, other }, { atKey: true })
  }
  const { Sid, Condition } = json
  if (Sid !== undefined && typeof Sid !== 'string') report('DATA_TYPE_MISMATCH', [...path, 'Sid'], { type: 'String' })
  return {
    path,
    json,
    sid: typeof Sid === 'string' ? { text: Sid, path: [...path, 'Sid'] } : undefined,
    effect: readEffect(json['Effect'], path, report),
    actions: readList(json, 'Action', path, report),
    resources: readList(json, 'Resource', path, report),
    principals: readPrincipals(json, path, report),
    clauses: Condition === undefined ? [] : readCondition(Condition, [...path, 'Condition'], report),
  }
}

function readEffect(effect: Json | undefined, path: JsonPath, report: Report): Statement['effect'] {
  if (effect === 'Allow' || effect === 'Deny') return effect
  const at = [...path, 'Effect']
  if (effect === undefined) report('MISSING_EFFECT', path, {})
  else if (typeof effect !== 'string') report('DATA_TYPE_MISMATCH', at, { type: 'String' })
  else {
    const meant = ['Allow', 'Deny'].find((known) => known.toLowerCase() === effect.toLowerCase())
    report('INVALID_EFFECT', at, { effect }, meant ? { suggestion: meant } : {})
  }
  return undefined
}

function readList(json: JsonObject, name: 'Action' | 'Resource', path: JsonPath, report: Report): List | undefined {
  const negated = json[name] === undefined
  const element = negated ? `Not${name}` : name
  const value = json[element]
  if (value === undefined) return undefined
  const at = [...path, element]
  return { element, negated, path: at, items: readStrings(value, at, report) }
}

function readStrings(value: Json, path: JsonPath, report: Report): Item[] {
  return (Array.isArray(value) ? value : [value]).flatMap((text, index) => {
    if (typeof text === 'string') return [{ text, path: [...path, index] }]
    report('DATA_TYPE_MISMATCH', [...path, index], { type: 'String' })
    return []
  })
}

function readPrincipals(json: JsonObject, path: JsonPath, report: Report): Principals | undefined {
  const negated = json['Principal'] === undefined
  const element = negated ? 'NotPrincipal' : 'Principal'
  const value = json[element]
  if (value === undefined) return undefined
  const at = [...path, element]
  const items: PrincipalItem[] = []
  if (value === '*') items.push({ type: '*', text: '*', path: at })
  else if (!isObject(value)) report('INVALID_PRINCIPAL_FORMAT', at, {})
  else {
    if (Object.keys(value).length === 0) report('EMPTY_OBJECT_PRINCIPAL', at, {})
    for (const [type, names] of Object.entries(value)) {
      const place = [...at, type]
      if (!(principalTypes as readonly string[]).includes(type))
        report('INVALID_PRINCIPAL_KEY', place, { key: type }, { atKey: true })
      else if (Array.isArray(names) && names.length === 0) report('EMPTY_ARRAY_PRINCIPAL', place, {})
      else for (const name of readStrings(names, place, report)) items.push({ type, ...name })
    }
  }
  return { element, negated, path: at, items }
}

function readCondition(condition: Json, path: JsonPath, report: Report): Clause[] {
  if (!isObject(condition)) {
    report('DATA_TYPE_MISMATCH', path, { type: 'Object' })
    return []
  }
  const operators = Object.entries(condition)
  if (operators.length === 0) report('EMPTY_OBJECT_CONDITION', path, {})
  return operators.flatMap(([operator, block]) => {
    const at = [...path, operator]
    const name = parseOperator(operator)
    if (!name) reportOperator(operator, at, report)
    if (!isObject(block)) {
      report('DATA_TYPE_MISMATCH', at, { type: 'Object' })
      return []
    }
    const keys = Object.entries(block)
    if (keys.length === 0) report('EMPTY_OBJECT_CONDITION', at, {})
    return keys.map(([key, values]): Clause => {
      const place = [...at, key]
      return {
        operator,
        name,
        key,
        lowerCasedKey: key.toLowerCase(),
        path: place,
        values: readValues(values, place, report),
      }
    })
  })
}

function reportOperator(operator: string, path: JsonPath, report: Report): void {
  if (/^(?:For(?:All|Any)Values?:)?NullIfExists$/.test(operator))
    report('NULL_WITH_IF_EXISTS', path, {}, { suggestion: 'Null', atKey: true })
  else if (/^For(?:AllValues|AnyValue):Null$/.test(operator))
    report('NULL_WITH_QUALIFIER', path, {}, { suggestion: 'Null', atKey: true })
  else report('INVALID_CONDITION_OPERATOR', path, { operator }, { atKey: true })
}

function readValues(values: Json, path: JsonPath, report: Report): Clause['values'] {
  const list = Array.isArray(values) ? values : [values]
  const read = list.flatMap((json, index) => {
    if (json !== null && typeof json !== 'object') return [{ text: String(json), json, path: [...path, index] }]
    report('DATA_TYPE_MISMATCH', [...path, index], { type: 'String' })
    return []
  })
  if (new Set(read.map(({ json }) => typeof json)).size > 1) report('INVALID_CONDITION_DATA_TYPE', path, {})
  return read
}

function isObject(json: Json | undefined): json is JsonObject {
  return json !== null && typeof json === 'object' && !Array.isArray(json)
}
