import { createHash } from 'node:crypto'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { ImageDocument } from '../documents.ts'

/** Account of Amazon Linux, `amazon` by its alias (captured describe-images answers). */
const AMAZON_LINUX = '137112412989'

/** A few of AWS's public images. There is no storage behind them: an instance is a place on the network. */
const ROWS = [
  { name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-x86_64', architecture: 'x86_64', release: 'Amazon Linux 2023' },
  { name: 'al2023-ami-2023.9.20251014.0-kernel-6.1-arm64', architecture: 'arm64', release: 'Amazon Linux 2023' },
  { name: 'amzn2-ami-kernel-5.10-hvm-2.0.20251014.0-x86_64-gp2', architecture: 'x86_64', release: 'Amazon Linux 2' },
  { name: 'amzn2-ami-kernel-5.10-hvm-2.0.20251014.0-arm64-gp2', architecture: 'arm64', release: 'Amazon Linux 2' },
] as const

const ofRegion = new Map<string, readonly ImageDocument[]>()

/** The public images of a Region. Ids are stand-ins, always the same for a Region; AWS's own change with each release. */
export function publicImages(region: string): readonly ImageDocument[] {
  let images = ofRegion.get(region)
  if (!images) ofRegion.set(region, (images = ROWS.map((row) => imageOf(row, region))))
  return images
}

function imageOf({ name, architecture, release }: (typeof ROWS)[number], region: string): ImageDocument {
  const hash = createHash('sha256').update(`${region} ${name}`).digest('hex')
  return {
    ImageId: `ami-${hash.slice(0, 17)}`,
    ImageLocation: `amazon/${name}`,
    ImageOwnerAlias: 'amazon',
    ImageType: 'machine',
    Architecture: architecture,
    BlockDeviceMappings: [],
    BootMode: architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
    CreationDate: '2025-10-15T00:00:00.000Z',
    Description: `${release} ${architecture} HVM`,
    EnaSupport: true,
    Hypervisor: 'xen',
    // Amazon Linux 2023 asks for version 2 of the instance metadata service (EC2 User Guide, "Configure the IMDS").
    ...(release === 'Amazon Linux 2023' ? { ImdsSupport: 'v2.0' as const } : {}),
    Name: name,
    OwnerId: AMAZON_LINUX,
    PlatformDetails: 'Linux/UNIX',
    Public: true,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    State: 'available',
    Tags: [],
    UsageOperation: 'RunInstances',
    VirtualizationType: 'hvm',
  }
}

export function findImage(region: string, id: string | undefined): ImageDocument | undefined {
  return publicImages(region).find((image) => image.ImageId === id)
}

/** Throws InvalidAMIID.NotFound or .Malformed. */
export function requireImage(region: string, id: string): ImageDocument {
  const image = findImage(region, id)
  if (image) return image
  if (!/^ami-[0-9a-z]+$/.test(id)) {
    throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`)
  }
  throw new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`)
}

/** Condition keys of an image (Service Authorization Reference). */
export const imageKeys = (image: ImageDocument): ContextValues => ({
  'ec2:ImageID': image.ImageId,
  'ec2:ImageType': 'machine',
  'ec2:Owner': image.ImageOwnerAlias ?? image.OwnerId,
  'ec2:Public': String(image.Public ?? false),
  'ec2:RootDeviceType': image.RootDeviceType,
})
