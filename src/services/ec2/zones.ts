import { availabilityZones } from '../../network/services.ts'

/** The Regions that every account has without opting in (EC2 User Guide, "Regions and Zones"). */
export const regions: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]

export interface Zone {
  /** `us-east-1a` */
  readonly name: string
  /** `use1-az1` */
  readonly id: string
}

const stems: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  southeast: 'se',
  northwest: 'nw',
  gov: 'g',
}

/** `us-east-1` to `use1`, `ap-northeast-1` to `apne1`, `us-gov-west-1` to `usgw1`. */
function zoneIdStem(region: string): string {
  return region
    .split('-')
    .map((word) => stems[word] ?? word)
    .join('')
}

/**
 * A Region's zones. AWS shuffles the letters per account; here the first letter is zone id 1 in every account,
 * so that examples read the same everywhere.
 */
export function zonesOf(region: string): Zone[] {
  return availabilityZones(region).map((name, index) => ({ name, id: `${zoneIdStem(region)}-az${index + 1}` }))
}
