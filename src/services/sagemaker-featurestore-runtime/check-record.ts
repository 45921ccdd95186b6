import type { FeatureGroup } from '../sagemaker/feature-store/feature-group.ts'
import type { FeatureValue } from '../sagemaker/feature-store/record.ts'
import { parseEventTime } from './event-time.ts'
import { invalid } from './online-store.ts'

/** Identifier and event time (epoch milliseconds) of a record that fits its group. Pure. Throws ValidationError; sentences inferred. */
export function checkRecord(
  group: FeatureGroup,
  record: readonly FeatureValue[],
): { identifier: string; eventTime: number } {
  const { FeatureDefinitions, RecordIdentifierFeatureName, EventTimeFeatureName } = group.description
  const features = new Map(FeatureDefinitions.map((feature) => [feature.FeatureName, feature]))
  const values = new Map<string, FeatureValue>()
  for (const value of record) {
    const { FeatureName: name, ValueAsString: text, ValueAsStringList: list } = value
    const feature = features.get(name)
    if (!feature) throw invalid(`Feature ${name} does not exist in FeatureGroup ${group.name}.`)
    if (values.has(name)) throw invalid(`Feature ${name} is given more than once.`)
    values.set(name, value)
    if ((text === undefined) === (list === undefined)) {
      throw invalid(`Feature ${name} must have exactly one of ValueAsString and ValueAsStringList.`)
    }
    if ((list !== undefined) !== (feature.CollectionType !== undefined)) {
      throw invalid(`Feature ${name} ${feature.CollectionType ? 'is' : 'is not'} a collection.`)
    }
    for (const one of list ?? [text!]) {
      if (!fits(feature.FeatureType, one)) throw invalid(`Value of feature ${name} is not ${feature.FeatureType}.`)
    }
  }
  const identifier = values.get(RecordIdentifierFeatureName)?.ValueAsString
  if (!identifier) throw invalid(`Record identifier feature ${RecordIdentifierFeatureName} must have a value.`)
  const time = values.get(EventTimeFeatureName)?.ValueAsString
  if (!time) throw invalid(`Event time feature ${EventTimeFeatureName} must have a value.`)
  return { identifier, eventTime: eventTimeOf(group, time) }
}

/** Epoch milliseconds. Throws ValidationError. */
export function eventTimeOf({ description }: FeatureGroup, value: string): number {
  const { FeatureDefinitions, EventTimeFeatureName } = description
  const type = FeatureDefinitions.find(({ FeatureName }) => FeatureName === EventTimeFeatureName)?.FeatureType
  const time = parseEventTime(type, value)
  if (time !== undefined) return time
  throw invalid(
    type === 'Fractional'
      ? `Event time ${value} is not in Unix epoch seconds.`
      : `Event time ${value} is not in the format yyyy-MM-dd'T'HH:mm:ssZ or yyyy-MM-dd'T'HH:mm:ss.SSSZ.`,
  )
}

function fits(type: string | undefined, value: string): boolean {
  if (type === 'Integral') return /^[+-]?\d+$/.test(value)
  return type !== 'Fractional' || (value.trim() !== '' && Number.isFinite(Number(value)))
}
