import type { Readable } from 'node:stream'

/** The part of an OCI image configuration that a runner needs. */
export interface ImageConfig {
  Entrypoint?: readonly string[]
  Cmd?: readonly string[]
  /** `NAME=value` */
  Env?: readonly string[]
  WorkingDir?: string
  User?: string
  Labels?: Readonly<Record<string, string>>
}

/** An image as a registry gives it: its configuration document and its layers, lowest first. */
export interface Image {
  config: { config?: ImageConfig; rootfs?: { diff_ids?: readonly string[] } }
  layers: readonly ImageLayer[]
}

export interface ImageLayer {
  /** `sha256:…` of the bytes that `open` gives; checked while they are unpacked. */
  digest: string
  /** How many bytes, as the image's manifest has it. */
  size?: number
  open(): Readable | AsyncIterable<Uint8Array>
}

/** Label of images that bring no operating system: their program runs on the host's root file system, read-only. */
export const HOST_ROOTFS_LABEL = 'dev.sallyport.rootfs'

/** An image unpacked on this machine; plain data, so it may be kept. */
export interface PreparedImage {
  config: ImageConfig
  /** Folder that holds the unpacked layers. */
  directory: string
  /** `host`: only /opt/program comes from the image. */
  rootfs: 'host' | 'image'
  /** Its name in the container engine that it was loaded into. */
  engineImage?: string
}

export interface RunSpec {
  /** Unique among what runs; names the record that `reap` reads. */
  name: string
  image: PreparedImage
  /** Appended to the image's entrypoint: `['train']`, `['serve']`. */
  arguments: readonly string[]
  /** Replaces the image's entrypoint (AlgorithmSpecification.ContainerEntrypoint). */
  entrypoint?: readonly string[]
  /** Folder of this job that the program sees as /opt/ml. */
  ml: string
  /** All that the program finds in its environment beside PATH, HOME and HOSTNAME and the image's own Env. */
  env: Readonly<Record<string, string>>
  hostname?: string
  /** `host`: the server's own network. `none`: a loopback interface that leads nowhere. */
  network: 'host' | 'none'
  /** A command in front of the sandbox that enters a network namespace and keeps its user, e.g. `['ip','netns','exec','E']`. */
  enter?: readonly string[]
  /** More files or folders that the program sees: certificates, resolv.conf. */
  mounts?: readonly Mount[]
  /** Folders that it must not see, beside home folders and run-time sockets: the server's data folder. */
  hide: readonly string[]
  limits?: Limits
  /** Folder of the records that `reap` reads after a crash of the server. */
  records: string
}

export interface Mount {
  from: string
  to: string
  writable?: boolean
}

/** Of a program and all that it starts. */
export interface Limits {
  /** What goes beyond is killed. */
  memoryBytes?: number
  /** Processors, of whose time it gets no more. */
  cpus?: number
  /** Processes and threads. */
  processes?: number
  /** Of each process. */
  openFiles?: number
}

export interface OutputLine {
  /** Epoch milliseconds at which it was read. */
  time: number
  /** Without its line end; longer lines come in pieces of at most 256 KiB. */
  text: string
}

export interface Exit {
  /** As Docker counts: the program's own exit code, or 128 + n when signal n killed it. */
  code: number
  signal?: NodeJS.Signals
}

export interface Running {
  /** Process id of the sandbox on this machine. */
  pid: number
  /** Standard output and error in the order in which they were written. Must be read, or the program waits. */
  output: AsyncIterable<OutputLine>
  /** Settles when the program and everything that it started are gone. */
  exit: Promise<Exit>
  /** SIGTERM to the program; after `graceSeconds`, SIGKILL to all that it started. */
  stop(graceSeconds: number): Promise<Exit>
}

/** What a way of running keeps apart, said plainly. */
export interface Isolation {
  tool: 'bubblewrap' | 'unshare' | 'none' | 'docker' | 'podman'
  isolates: {
    /** Sees the host read-only, and not the folders of others. */
    filesystem: boolean
    /** Sees and signals only its own processes; all of them end with it. */
    processes: boolean
    /** Can be cut off from the network. */
    network: boolean
    /** Runs as a user that owns nothing else on this machine. */
    user: boolean
  }
  /** One sentence for each thing that cannot be isolated here, and why. */
  missing: string[]
}

export interface Runner {
  isolation(): Promise<Isolation>
  /** Unpacks an image into a folder of its own, checking digests. Throws on paths that lead out of it. */
  prepare(image: Image, directory: string): Promise<PreparedImage>
  start(spec: RunSpec): Promise<Running>
  /** Ends what a server that crashed has left running. Returns how many programs. */
  reap(records: string): Promise<number>
}

/** The machine cannot do what a job asks of it. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
}
