/**
 * Regions and their Availability Zones. On AWS the letters are shuffled per account; here `a` is zone id 1 in every account,
 * so that examples read the same everywhere. inferred: letters of Regions that have more zones than most accounts see.
 */
const letters: Readonly<Record<string, string>> = {
  'us-east-1': 'abcdef',
  'us-east-2': 'abc',
  'us-west-1': 'ac',
  'us-west-2': 'abcd',
  'ca-central-1': 'abd',
  'sa-east-1': 'abc',
  'eu-west-1': 'abc',
  'eu-west-2': 'abc',
  'eu-west-3': 'abc',
  'eu-central-1': 'abc',
  'eu-north-1': 'abc',
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ap-northeast-3': 'abc',
  'ap-southeast-1': 'abc',
  'ap-southeast-2': 'abc',
  'ap-south-1': 'abc',
}

/** The Regions that every account has without opting in. */
export const regions: readonly string[] = Object.keys(letters).toSorted()

export interface Zone {
  /** `us-east-1a` */
  readonly name: string
  /** `use1-az1` */
  readonly id: string
}

const directions: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  southeast: 'se',
  northwest: 'nw',
  southwest: 'sw',
}

/** `us-east-1` to `use1`, `ap-northeast-1` to `apne1`, `us-gov-west-1` to `usgw1`: the stem of zone ids. */
function stem(region: string): string {
  const words = region.split('-')
  return words.map((word) => directions[word] ?? (word === 'gov' ? 'g' : word)).join('')
}

/** A Region's zones by letter; three where the Region is not in the table. */
export function zonesOf(region: string): Zone[] {
  return [...(letters[region] ?? 'abc')].map((letter, index) => ({
    name: region + letter,
    id: `${stem(region)}-az${index + 1}`,
  }))
}
