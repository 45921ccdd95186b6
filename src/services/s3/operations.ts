import { abortMultipartUpload } from './abort-multipart-upload.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts'
import { getBucketAbac, putBucketAbac } from './bucket-abac.ts'
import {
  getBucketAccelerateConfiguration,
  putBucketAccelerateConfiguration,
} from './bucket-accelerate-configuration.ts'
import {
  deleteBucketAnalyticsConfiguration,
  getBucketAnalyticsConfiguration,
  listBucketAnalyticsConfigurations,
  putBucketAnalyticsConfiguration,
} from './bucket-analytics-configuration.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts'
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from './bucket-encryption.ts'
import {
  deleteBucketIntelligentTieringConfiguration,
  getBucketIntelligentTieringConfiguration,
  listBucketIntelligentTieringConfigurations,
  putBucketIntelligentTieringConfiguration,
} from './bucket-intelligent-tiering-configuration.ts'
import {
  deleteBucketInventoryConfiguration,
  getBucketInventoryConfiguration,
  listBucketInventoryConfigurations,
  putBucketInventoryConfiguration,
} from './bucket-inventory-configuration.ts'
import { getBucketLogging, putBucketLogging } from './bucket-logging.ts'
import {
  deleteBucketMetricsConfiguration,
  getBucketMetricsConfiguration,
  listBucketMetricsConfigurations,
  putBucketMetricsConfiguration,
} from './bucket-metrics-configuration.ts'
import {
  getBucketNotificationConfiguration,
  putBucketNotificationConfiguration,
} from './bucket-notification-configuration.ts'
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from './bucket-ownership-controls.ts'
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from './bucket-policy.ts'
import { deleteBucketReplication, getBucketReplication, putBucketReplication } from './bucket-replication.ts'
import { getBucketRequestPayment, putBucketRequestPayment } from './bucket-request-payment.ts'
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './bucket-tagging.ts'
import { deleteBucketWebsite, getBucketWebsite, putBucketWebsite } from './bucket-website.ts'
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  putBucketLifecycleConfiguration,
} from './bucket-lifecycle-configuration.ts'
import { getBucketVersioning, putBucketVersioning } from './bucket-versioning.ts'
import { completeMultipartUpload } from './complete-multipart-upload.ts'
import { copyObject } from './copy-object.ts'
import { createBucket } from './create-bucket.ts'
import { createMultipartUpload } from './create-multipart-upload.ts'
import { deleteBucket } from './delete-bucket.ts'
import { deleteObject } from './delete-object.ts'
import { deleteObjects } from './delete-objects.ts'
import { getBucketLocation } from './get-bucket-location.ts'
import { getObject } from './get-object.ts'
import { getObjectAttributes } from './get-object-attributes.ts'
import { headBucket } from './head-bucket.ts'
import { headObject } from './head-object.ts'
import { listBuckets } from './list-buckets.ts'
import { listMultipartUploads } from './list-multipart-uploads.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listObjectVersions } from './list-object-versions.ts'
import { listParts } from './list-parts.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.ts'
import { getObjectLegalHold, putObjectLegalHold } from './object-legal-hold.ts'
import { getObjectLockConfiguration, putObjectLockConfiguration } from './object-lock-configuration.ts'
import { getObjectRetention, putObjectRetention } from './object-retention.ts'
import { deletePublicAccessBlock, getPublicAccessBlock, putPublicAccessBlock } from './public-access-block.ts'
import { putObject } from './put-object.ts'
import { uploadPartCopy } from './upload-part-copy.ts'
import { restoreObject } from './restore-object.ts'
import { uploadPart } from './upload-part.ts'

/** What is built of Amazon S3. */
export const operations = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketAnalyticsConfiguration: deleteBucketAnalyticsConfiguration,
  DeleteBucketCors: deleteBucketCors,
  DeleteBucketEncryption: deleteBucketEncryption,
  DeleteBucketIntelligentTieringConfiguration: deleteBucketIntelligentTieringConfiguration,
  DeleteBucketInventoryConfiguration: deleteBucketInventoryConfiguration,
  DeleteBucketMetricsConfiguration: deleteBucketMetricsConfiguration,
  DeleteBucketOwnershipControls: deleteBucketOwnershipControls,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteBucketReplication: deleteBucketReplication,
  DeleteBucketTagging: deleteBucketTagging,
  DeleteBucketWebsite: deleteBucketWebsite,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  DeleteObjectTagging: deleteObjectTagging,
  DeletePublicAccessBlock: deletePublicAccessBlock,
  GetBucketAbac: getBucketAbac,
  GetBucketAccelerateConfiguration: getBucketAccelerateConfiguration,
  GetBucketAcl: getBucketAcl,
  GetBucketAnalyticsConfiguration: getBucketAnalyticsConfiguration,
  GetBucketCors: getBucketCors,
  GetBucketEncryption: getBucketEncryption,
  GetBucketIntelligentTieringConfiguration: getBucketIntelligentTieringConfiguration,
  GetBucketInventoryConfiguration: getBucketInventoryConfiguration,
  GetBucketLocation: getBucketLocation,
  GetBucketLogging: getBucketLogging,
  GetBucketMetricsConfiguration: getBucketMetricsConfiguration,
  GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
  GetBucketOwnershipControls: getBucketOwnershipControls,
  GetBucketPolicy: getBucketPolicy,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  GetBucketReplication: getBucketReplication,
  GetBucketRequestPayment: getBucketRequestPayment,
  GetBucketTagging: getBucketTagging,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  GetBucketVersioning: getBucketVersioning,
  GetBucketWebsite: getBucketWebsite,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectAttributes: getObjectAttributes,
  GetObjectLegalHold: getObjectLegalHold,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  GetObjectRetention: getObjectRetention,
  GetObjectTagging: getObjectTagging,
  GetPublicAccessBlock: getPublicAccessBlock,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBucketAnalyticsConfigurations: listBucketAnalyticsConfigurations,
  ListBucketIntelligentTieringConfigurations: listBucketIntelligentTieringConfigurations,
  ListBucketInventoryConfigurations: listBucketInventoryConfigurations,
  ListBucketMetricsConfigurations: listBucketMetricsConfigurations,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketAbac: putBucketAbac,
  PutBucketAccelerateConfiguration: putBucketAccelerateConfiguration,
  PutBucketAcl: putBucketAcl,
  PutBucketAnalyticsConfiguration: putBucketAnalyticsConfiguration,
  PutBucketCors: putBucketCors,
  PutBucketEncryption: putBucketEncryption,
  PutBucketIntelligentTieringConfiguration: putBucketIntelligentTieringConfiguration,
  PutBucketInventoryConfiguration: putBucketInventoryConfiguration,
  PutBucketLogging: putBucketLogging,
  PutBucketMetricsConfiguration: putBucketMetricsConfiguration,
  PutBucketNotificationConfiguration: putBucketNotificationConfiguration,
  PutBucketOwnershipControls: putBucketOwnershipControls,
  PutBucketPolicy: putBucketPolicy,
  PutBucketReplication: putBucketReplication,
  PutBucketRequestPayment: putBucketRequestPayment,
  PutBucketTagging: putBucketTagging,
  PutBucketWebsite: putBucketWebsite,
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
  PutBucketVersioning: putBucketVersioning,
  PutObjectLegalHold: putObjectLegalHold,
  PutObjectLockConfiguration: putObjectLockConfiguration,
  PutObjectRetention: putObjectRetention,
  PutObjectTagging: putObjectTagging,
  PutPublicAccessBlock: putPublicAccessBlock,
  RestoreObject: restoreObject,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
}
