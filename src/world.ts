import type { Logger } from 'pino'
import type { Door } from './door/door.ts'
import type { Objects } from './objects/objects.ts'
import type { Network } from './network/types.ts'
import type { Store } from './store/store.ts'
import type { Decisions } from './store/decisions.ts'
import type { Vault } from './store/vault.ts'

export interface Config {
  host: string
  port: number
  /** Folder of the state: database, object bytes, credentials, job workspaces. */
  dataDir: string
  region: string
  account: string
  runner: string
  /**
   * Whether jobs must run in a real VPC (`required`), or may in the machine's own network where none can be made (`auto`);
   * `proxy`: no VPC is made, neither for jobs nor for `exec`, and programs are placed by a proxy, with lower fidelity.
   */
  fabric?: 'auto' | 'required' | 'off' | 'proxy'
  /** What of the real internet VPCs may lead to, as parseEgress reads it; absent or empty: nothing. */
  egressAllow?: string[]
  /** `s3://bucket/prefix` of another S3 store that holds the objects' bytes; absent: they are files of the data folder. */
  objects?: string
  objectsEndpoint?: string
  /** File of the master key, where the operator keeps it elsewhere than in the data folder. */
  masterKeyFile?: string
  /** Folder of the compiler that compilation jobs run, where the operator has another than ours (jobs/compiler.ts). */
  compilerImage?: string
  decisionsMax: number
  decisionsDays: number
}

/** Everything a server instance has; handed to operations by the permit, never imported. */
export interface World {
  readonly config: Config
  readonly store: Store
  readonly objects: Objects
  /** Seals what must not lie readable: key material, data keys. */
  readonly vault: Vault
  readonly decisions: Decisions
  readonly door: Door
  readonly log: Logger
  /** Epoch milliseconds. */
  now(): number
  /** Random bytes as lower-case hex, `length` characters long. */
  hex(length: number): string
  /** The VPC model of one account and region, rebuilt when its documents change. */
  network(account: string, region: string): Network
}
