/** The part of AWS that a Region lies in, second field of every ARN (AWS General Reference, "ARN format"). */
export function partition(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
