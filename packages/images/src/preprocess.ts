/** How the picture is brought to the network's size. Width and height are pixels; absent, they are the model's own. */
export type Resize =
  /** Both sides are stretched to the size; the aspect ratio is lost, nothing is cut off. */
  | { readonly mode: 'squash'; readonly width?: number; readonly height?: number }
  /** The short side is resized to size / fraction, then the centre is cut out. */
  | { readonly mode: 'crop'; readonly fraction: number; readonly width?: number; readonly height?: number }

/** Which channels the network takes, in its own order. `gray` is ITU-R 601 luma: .299 R + .587 G + .114 B. */
export type Channels = 'rgb' | 'bgr' | 'gray'

/** From a picture's bytes to a network's numbers: `(byte / scale - mean[c]) / std[c]`, c in the order of `channels`. */
export interface Preprocess {
  readonly name?: string
  readonly resize: Resize
  readonly channels: Channels
  readonly scale: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

const crop: Resize = { mode: 'crop', fraction: 0.875 }
const squash: Resize = { mode: 'squash' }
const zero = [0, 0, 0]
const one = [1, 1, 1]

const all: readonly (Preprocess & { readonly name: string })[] = [
  // Classifiers of torchvision: https://pytorch.org/vision/stable/models.html
  {
    name: 'torchvision',
    resize: crop,
    channels: 'rgb',
    scale: 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225]
  },
  // TensorFlow's Inception and MobileNet: x / 127.5 - 1
  { name: 'tf', resize: crop, channels: 'rgb', scale: 127.5, mean: one, std: one },
  // Caffe's ImageNet networks: BGR, minus the training set's mean pixel
  { name: 'caffe', resize: squash, channels: 'bgr', scale: 1, mean: [103.939, 116.779, 123.68], std: one },
  { name: 'unit', resize: crop, channels: 'rgb', scale: 255, mean: zero, std: one },
  { name: 'gray-unit', resize: squash, channels: 'gray', scale: 255, mean: [0], std: [1] },
  { name: 'raw', resize: squash, channels: 'rgb', scale: 1, mean: zero, std: one }
]

/** The usual conventions, by name. */
export const presets: ReadonlyMap<string, Preprocess> = new Map(all.map((preset) => [preset.name, preset]))

/** How many channels the network takes. */
export function channelCount(channels: Channels): number {
  return channels === 'gray' ? 1 : 3
}
