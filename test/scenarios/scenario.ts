/** What a file of corpus/scenarios consists of. */
import type { Blocker, Verdict } from '../../src/network/types.ts'

/** `${name}` anywhere in a text stands for what a call before has kept under that name. */
export interface Scenario {
  /** Which row of which page it shows. */
  row: string
  name: string
  /** The page that says so. */
  source: string
  /** What the page says, in a sentence. */
  says: string
  /** us-east-1 where it says nothing. */
  region?: string
  /** Names for objects that `corpus/scenarios/parts` sets up, before all else. */
  parts?: string[]
  /** Where programs run, by name. `outside` is always there: the machine's own network, "the internet". */
  places?: Record<string, PlaceWanted>
  steps: (Step | Look)[]
}

export interface Look {
  see: Observation[]
  /** Meanwhile a program listens at this place, on this port. */
  while?: { at: string; listens: number }
}

/** A call as the AWS CLI names it (`ec2 create-vpc`), sent as `admin`; what it answers is kept by paths: `{ "vpc": "Vpc.VpcId" }`. */
export interface Step {
  do: string
  with?: object
  keep?: Record<string, string>
  /** What it answers there; null for nothing. */
  answers?: Record<string, unknown>
  /** Asked again and again until it answers this there. */
  until?: Record<string, unknown>
  /** It is refused, with this code and sentence. */
  refused?: Refusal
}

/** `sallyport exec`. Without a role the program has no credentials. */
export interface PlaceWanted {
  subnet?: string
  /** On premises instead: `vpn-…:IP`, `vgw-…:IP`. */
  from?: string
  groups?: string[]
  role?: string
}

export interface Refusal {
  error: string
  /** The sentence, of which this is a part. */
  says?: string
}

/** How a client tells what became of its call; what it cannot tell apart is one word. */
export type Seen =
  | 'answer'
  | 'timeout'
  | 'refused'
  | 'no such name'
  | 'no answer to its question'
  | 'could not connect'
  | 'reset'
  | { status: number }
  | { output: string }
  /** The client itself gives up, with these words among others. */
  | { failure: string }
  | (Refusal & { status?: number })

/** One program at one place. All of one `see` run at the same time. */
export interface Observation {
  at?: string
  /** An AWS CLI command, as typed. */
  aws?: string
  /** A command of ours, as typed. */
  sallyport?: string
  /** Service, method and input of a call by boto3, or by the AWS SDK for JavaScript. */
  boto3?: [service: string, method: string, input?: object, endpointUrl?: string]
  sdk?: [service: string, operation: string, input?: object]
  /**
   * A command of skopeo's, as typed, after a login with the token that the AWS CLI gets. It runs in a folder that has an OCI image
   * `layout:v1`.
   */
  skopeo?: string
  /** A URL. */
  curl?: string
  fetch?: string
  /** A name, by the C library: its IPv4 addresses, sorted. */
  lookup?: string
  /** `host:port`, by a bare TCP connection. */
  tcp?: string
  /** `host:port`, which is only asked of the network model; for what no program can show. */
  trace?: string
  /** Nothing is run: `exec` is refused a place. */
  unplaced?: true
  from?: { gateway: string; ip: string }
  /** A TCP connection over which nothing passes for so long, and then a request. */
  idle?: { to: string; seconds: number }
  sees: Seen | Verdict
  /** Of the recorded decision. */
  explain?: {
    decision?: 'allowed' | 'denied'
    blockers?: Partial<Blocker>[]
    /** Context keys that are there, with their values. */
    context?: Record<string, string>
    without?: string[]
  }
  /** What the network model says of the same connection: layer and code of each blocker. */
  blockers?: { to: string; are: [layer: string, code: string][] }
}
