import type {
  AnalyticsConfiguration,
  IntelligentTieringConfiguration,
  InventoryConfiguration,
  LoggingEnabled,
  MetricsConfiguration,
  Payer,
  ReplicationConfiguration,
  WebsiteConfiguration,
} from '@aws-sdk/client-s3'
import type { Shape } from '../../wire/shape.ts'

/** What is set on a bucket and given back as it was set. */
export interface BucketSettings {
  /** Absent: Disabled; the bucket's tags are no condition keys. */
  abac?: 'Enabled' | 'Disabled'
  website?: Shape<WebsiteConfiguration>
  logging?: Shape<LoggingEnabled>
  /** Absent: BucketOwner. */
  requestPayment?: Payer
  acceleration?: 'Enabled' | 'Suspended'
  replication?: Shape<ReplicationConfiguration>
  /** Configurations by their ids. */
  inventory?: Readonly<Record<string, Shape<InventoryConfiguration>>>
  analytics?: Readonly<Record<string, Shape<AnalyticsConfiguration>>>
  metrics?: Readonly<Record<string, Shape<MetricsConfiguration>>>
  intelligentTiering?: Readonly<Record<string, Shape<IntelligentTieringConfiguration>>>
}
