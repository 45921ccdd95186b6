import { need, type Call, type Need } from '../../door/call.ts'
import { partition } from '../partition.ts'

/** Document `cloudwatch/dashboard`, keyed `account/name`: dashboards belong to no Region. */
export interface Dashboard {
  name: string
  body: string
  /** Epoch seconds. */
  modifiedAt: number
  tags: Record<string, string>
}

export const DASHBOARD = 'cloudwatch/dashboard'

export function dashboardKey({ account }: Pick<Call, 'account'>, name: string): string {
  return `${account}/${encodeURIComponent(name.toWellFormed())}`
}

export function dashboardArn({ account, region }: Pick<Call, 'account' | 'region'>, name: string): string {
  return `arn:${partition(region)}:cloudwatch::${account}:dashboard/${name}`
}

export function dashboardNeed(action: string, name: string, call: Call, context: Need['context'] = {}): Need {
  const tags = call.world.store.get<Dashboard>(DASHBOARD, dashboardKey(call, name))?.tags ?? {}
  return need(`cloudwatch:${action}`, dashboardArn(call, name), {
    resourceAccount: call.account,
    context: {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      ...context,
    },
  })
}

export interface Finding {
  DataPath: string
  Message: string
}

const BODY_MAX = 10 * 1024 * 1024
const types = new Set(['metric', 'text', 'log', 'alarm', 'explorer', 'custom', 'trace'])

/** What is wrong with a body (API Reference, "Dashboard body structure and syntax"); any error, and it is not taken. inferred: sentences. */
export function checkBody(body: string): { errors: Finding[]; warnings: Finding[] } {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const fail = (DataPath: string, Message: string) => errors.push({ DataPath, Message })
  if (Buffer.byteLength(body) > BODY_MAX) fail('/', 'The dashboard body is too large')
  const parsed = parse(body)
  if (!isObject(parsed)) {
    fail('/', 'The field DashboardBody must be a valid JSON object')
    return { errors, warnings }
  }
  const { widgets } = parsed
  if (!Array.isArray(widgets)) fail('/widgets', 'Should be array')
  else if (widgets.length > 500) fail('/widgets', 'Should NOT have more than 500 items')
  else for (const [i, widget] of widgets.entries()) checkWidget(`/widgets/${i}`, widget, fail)
  for (const key of Object.keys(parsed)) {
    if (!['widgets', 'start', 'end', 'periodOverride', 'variables'].includes(key))
      warnings.push({ DataPath: `/${key}`, Message: 'Unknown property' })
  }
  return { errors, warnings }
}

function checkWidget(path: string, widget: unknown, fail: (path: string, message: string) => void): void {
  if (!isObject(widget)) return fail(path, 'Should be object')
  if (typeof widget['type'] !== 'string') fail(path, "Should have required property 'type'")
  else if (!types.has(widget['type'])) fail(`${path}/type`, `Should be one of ${[...types].join(', ')}`)
  for (const [name, lowest, highest] of [
    ['width', 1, 24],
    ['height', 1, 1000],
    ['x', 0, 23],
    ['y', 0, Infinity],
  ] as const) {
    const value = widget[name]
    if (value === undefined) continue
    if (!Number.isInteger(value)) fail(`${path}/${name}`, 'Should be integer')
    else if ((value as number) < lowest) fail(`${path}/${name}`, `Should be >= ${lowest}`)
    else if ((value as number) > highest) fail(`${path}/${name}`, `Should be <= ${highest}`)
  }
  const { properties } = widget
  if (!isObject(properties)) return fail(path, "Should have required property 'properties'")
  if (widget['type'] === 'text' && typeof properties['markdown'] !== 'string') {
    fail(`${path}/properties`, "Should have required property 'markdown'")
  }
  if (widget['type'] === 'metric' && !Array.isArray(properties['metrics']) && !isObject(properties['annotations'])) {
    fail(`${path}/properties`, "Should have required property 'metrics' or 'annotations'")
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
