/** What every way of running programs has to do that runs images with an operating system of their own (own-root.ts), as cases. */
import type { ImageConfig, RunSpec } from '../../src/runners/runner.ts'
import type { Way } from './conformance.ts'

export interface ImageCase {
  title: string
  needs?: (way: Way) => boolean
  config: ImageConfig
  spec: Partial<RunSpec>
  lines: readonly string[]
}

/** Images with an operating system of their own (own-root.ts). */
export const images: readonly ImageCase[] = [
  {
    title: 'an image’s own root is the program’s, of all its layers, and its own environment, folder and entrypoint',
    config: {
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: ['echo not this'],
      Env: ['PATH=/bin:/usr/bin', 'OWN=of the image', 'BOTH=of the image'],
      WorkingDir: '/srv',
    },
    spec: {
      arguments: [
        'ls; cat below above; echo; echo $OWN; echo $BOTH; echo $GIVEN; pwd; touch here 2>/dev/null || : > here; ls',
      ],
      env: { GIVEN: 'given', BOTH: 'given' },
      network: 'none',
    },
    lines: [
      'above',
      'below',
      'of the lower layerof the upper layer',
      'of the image',
      'given',
      'given',
      '/srv',
      'above',
      'below',
      'here',
    ],
  },
  {
    title: 'a request’s entrypoint takes the place of the image’s, and /opt/ml is there to write',
    config: { Entrypoint: ['/bin/nothing'], Env: ['PATH=/bin:/usr/bin'] },
    spec: { entrypoint: ['sh', '-c'], arguments: ['echo x > /opt/ml/model/x; cat /opt/ml/model/x; ls /opt/ml'] },
    lines: ['x', 'input', 'model'],
  },
  {
    title: 'it is the user that the image says, who may write to /opt/ml',
    config: { Entrypoint: ['/bin/sh', '-c'], Env: ['PATH=/bin:/usr/bin'], User: '1234' },
    spec: { arguments: ['id -u; echo x > /opt/ml/model/x; cat /opt/ml/model/x'] },
    lines: ['1234', 'x'],
  },
  {
    title: 'it is the user that the image names, who may write to /opt/ml',
    needs: (way) => way.names,
    config: { Entrypoint: ['/bin/sh', '-c'], Env: ['PATH=/bin:/usr/bin'], User: 'trainer' },
    spec: { arguments: ['id -u; echo $HOME; echo x > /opt/ml/model/x; cat /opt/ml/model/x'] },
    lines: ['1234', '/home/trainer', 'x'],
  },
]
