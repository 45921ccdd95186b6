import type { CompilationJobDescription } from '../../services/sagemaker/compilation/compilation-job.ts'
import { targetName } from '../../services/sagemaker/compilation/compilation-job.ts'

/** For what a model is compiled: a target and a CPU as Zig names them. */
export interface CompilationTarget {
  /** As the job names it: `ml_c5`, `LINUX_ARM64`. */
  name: string
  triple: string
  cpu: string
}

/** What AWS compiles for there and this compiler has no back end of: GPU, NPU, DSP, or a format of its own. */
interface Unsupported {
  name: string
  accelerator: string
}

// An old glibc, so that libraries load on every Linux that the devices run.
const x86 = 'x86_64-linux-gnu.2.17'
const arm64 = 'aarch64-linux-gnu.2.17'
const armhf = 'arm-linux-gnueabihf.2.17'

/**
 * x86-64-v3 (AVX2) instead of what only AWS's own instances have (AVX-512): the library runs on them, and on the machine
 * that plays them here.
 */
const cloud = { triple: x86, cpu: 'x86_64_v3' }
const graviton2 = { triple: arm64, cpu: 'neoverse_n1' }

/** Every TargetDevice ("Supported Devices, Chip Architectures, and Systems", "Supported Instance Types"). */
const devices: Readonly<Record<string, { triple: string; cpu: string } | { accelerator: string }>> = {
  lambda: cloud,
  ml_m4: cloud,
  ml_m5: cloud,
  ml_c4: cloud,
  ml_c5: cloud,
  ml_m6g: graviton2,
  ml_c6g: graviton2,
  imx8qm: { triple: arm64, cpu: 'cortex_a53' },
  rasp3b: { triple: armhf, cpu: 'cortex_a53' },
  rasp4b: { triple: arm64, cpu: 'cortex_a72' },
  sbe_c: { triple: x86, cpu: 'baseline' },
  x86_win32: { triple: 'x86-windows-gnu', cpu: 'baseline' },
  x86_win64: { triple: 'x86_64-windows-gnu', cpu: 'baseline' },
  aisage: { accelerator: 'MALI' },
  amba_cv2: { accelerator: 'cvflow' },
  amba_cv22: { accelerator: 'cvflow' },
  amba_cv25: { accelerator: 'cvflow' },
  coreml: { accelerator: 'Core ML' },
  deeplens: { accelerator: 'INTEL_GRAPHICS' },
  imx8mplus: { accelerator: 'NPU' },
  jacinto_tda4vm: { accelerator: 'TDA4VM' },
  jetson_nano: { accelerator: 'NVIDIA' },
  jetson_tx1: { accelerator: 'NVIDIA' },
  jetson_tx2: { accelerator: 'NVIDIA' },
  jetson_xavier: { accelerator: 'NVIDIA' },
  ml_eia2: { accelerator: 'Elastic Inference' },
  ml_g4dn: { accelerator: 'NVIDIA' },
  ml_inf1: { accelerator: 'Inferentia' },
  ml_inf2: { accelerator: 'Inferentia' },
  ml_p2: { accelerator: 'NVIDIA' },
  ml_p3: { accelerator: 'NVIDIA' },
  ml_trn1: { accelerator: 'Trainium' },
  qcs603: { accelerator: 'MALI' },
  qcs605: { accelerator: 'MALI' },
  rk3288: { accelerator: 'MALI' },
  rk3399: { accelerator: 'MALI' },
  sitara_am57x: { accelerator: 'C66x' },
}

const architectures: Readonly<Record<string, { triple: string; cpu: string }>> = {
  X86_64: { triple: x86, cpu: 'baseline' },
  X86: { triple: 'x86-linux-gnu.2.17', cpu: 'baseline' },
  ARM64: { triple: arm64, cpu: 'baseline' },
  ARM_EABI: { triple: 'arm-linux-gnueabi.2.17', cpu: 'baseline' },
  ARM_EABIHF: { triple: armhf, cpu: 'baseline' },
}

/** A target that a CPU is, or what it has instead. */
export function targetOf(output: CompilationJobDescription['OutputConfig']): CompilationTarget | Unsupported {
  const name = targetName(output)
  const { TargetDevice: device, TargetPlatform: platform } = output
  if (platform?.Accelerator) return { name, accelerator: platform.Accelerator }
  // Its C library comes with the NDK only, whose licence lets nobody pass it on.
  if (platform?.Os === 'ANDROID') return { name, accelerator: 'ANDROID' }
  return { name, ...(device ? devices[device]! : architectures[platform!.Arch]!) }
}
