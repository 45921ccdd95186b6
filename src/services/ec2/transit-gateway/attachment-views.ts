import type { TransitGatewayAttachment, TransitGatewayVpcAttachment } from '@aws-sdk/client-ec2'
import { perObject } from '../../../network/memo.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { TransitGatewayAttachmentDocument } from '../gateway-documents.ts'
import { without } from '../without.ts'

/** As DescribeTransitGatewayAttachments prints it. The same object for the same document: the network model keys on it. */
export const attachmentView = perObject(
  (attachment: TransitGatewayAttachmentDocument): Shape<TransitGatewayAttachment> =>
    without(attachment, 'SubnetIds', 'NetworkInterfaceIds', 'Options'),
)

/** As DescribeTransitGatewayVpcAttachments prints it. */
export const vpcAttachmentView = perObject(
  (attachment: TransitGatewayAttachmentDocument): Shape<TransitGatewayVpcAttachment> => {
    const { TransitGatewayAttachmentId, TransitGatewayId, ResourceId, ResourceOwnerId, State, SubnetIds } = attachment
    const { CreationTime, Options, Tags } = attachment
    return {
      TransitGatewayAttachmentId,
      TransitGatewayId,
      VpcId: ResourceId,
      VpcOwnerId: ResourceOwnerId!,
      State,
      SubnetIds: SubnetIds ?? [],
      CreationTime: CreationTime!,
      Options: Options ?? {},
      Tags: Tags ?? [],
    }
  },
)
