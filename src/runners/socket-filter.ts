import { endianness } from 'node:os'

/**
 * Which sockets a program may make (seccomp(2), as bubblewrap's --seccomp takes it). Network namespaces hold IP, netlink
 * and packet sockets and abstract unix ones, but not all: AF_VSOCK leads past every namespace to the machine's own host.
 * So only those families are left that a namespace or the file system bounds. io_uring makes sockets past such filters,
 * and other instruction sets count their calls differently: neither is there (ENOSYS).
 */

/** Of linux/audit.h, and the numbers of socket(2) and io_uring_setup(2) there. */
const MACHINES: Readonly<Record<string, { audit: number; socket: number; ioUring: number }>> = {
  x64: { audit: 0xc000003e, socket: 41, ioUring: 425 },
  arm64: { audit: 0xc00000b7, socket: 198, ioUring: 425 },
}

/** Unix, IPv4, IPv6, netlink, packets: the last needs a right that no program has. */
const FAMILIES = [1, 2, 10, 16, 17]

const [ENOSYS, EAFNOSUPPORT] = [38, 97]
const ALLOW = 0x7fff0000
const refuse = (errno: number) => 0x00050000 | errno

/** Offsets in struct seccomp_data (linux/seccomp.h); of the argument the low half, where the lower byte comes first. */
const [NUMBER, MACHINE, ARGUMENT] = [0, 4, 16]

/** Calls of the x32 kind have this bit. */
const X32 = 0x40000000

/** Classic BPF (linux/bpf_common.h): load a word, compare, return. */
const [LOAD, EQUAL, AT_LEAST, RETURN] = [0x20, 0x15, 0x35, 0x06]

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/** Undefined on machines whose calls we do not know. */
export function socketFilter(arch: string = process.arch): Uint8Array | undefined {
  const machine = MACHINES[arch]
  if (!machine || endianness() !== 'LE') return undefined
  const families = FAMILIES.map(
    (family, index): Instruction => [EQUAL, FAMILIES.length - index, 0, family], // over the rest, and the refusal
  )
  const program: Instruction[] = [
    [LOAD, 0, 0, MACHINE],
    [EQUAL, 1, 0, machine.audit],
    [RETURN, 0, 0, refuse(ENOSYS)],
    [LOAD, 0, 0, NUMBER],
    [AT_LEAST, 1, 0, X32],
    [EQUAL, 0, 1, machine.ioUring],
    [RETURN, 0, 0, refuse(ENOSYS)],
    [EQUAL, 0, families.length + 2, machine.socket],
    [LOAD, 0, 0, ARGUMENT],
    ...families,
    [RETURN, 0, 0, refuse(EAFNOSUPPORT)],
    [RETURN, 0, 0, ALLOW],
  ]
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const at = index * 8
    bytes.writeUInt16LE(code, at)
    bytes.writeUInt8(ifTrue, at + 2)
    bytes.writeUInt8(ifFalse, at + 3)
    bytes.writeUInt32LE(value >>> 0, at + 4)
  }
  return bytes
}
